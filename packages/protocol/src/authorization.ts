/** A scheme and its credentials, or the bare value that this wire sends without a scheme. */
export interface Authorization {
  readonly scheme: "bearer" | "basic" | "none";
  readonly value: string;
}

/**
 * Reads an `Authorization` header: `Bearer <token>`, `Basic <…>` (schemes in any case, one blank), or the raw token.
 *
 * @returns its parts, or undefined when there is none or its scheme is another one
 * @example
 * parseAuthorization("bearer abc"); // { scheme: "bearer", value: "abc" }
 */
export function parseAuthorization(header: string | null | undefined): Authorization | undefined {
  if (header === null || header === undefined || header === "") return undefined;
  const blank = header.indexOf(" ");
  if (blank === -1) return { scheme: "none", value: header };
  const scheme = header.slice(0, blank).toLowerCase();
  if (scheme !== "bearer" && scheme !== "basic") return undefined;
  return { scheme, value: header.slice(blank + 1) };
}
