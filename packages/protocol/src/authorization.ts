/** A scheme and its credentials. The scheme is `none` when the header holds only a token. */
export interface Authorization {
  readonly scheme: "bearer" | "basic" | "none";
  readonly value: string;
}

/**
 * Parses an `Authorization` header: `Bearer <token>`, `Basic <credentials>`, or a token without a scheme. Schemes are
 * case-insensitive.
 *
 * @returns undefined when the header is missing or has another scheme
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

/**
 * Parses the token in an `Authorization` header: `Bearer <token>`, or a token without a scheme.
 *
 * @returns undefined when the header is missing or has another scheme
 */
export function parseBearerToken(header: string | null | undefined): string | undefined {
  const authorization = parseAuthorization(header);
  return authorization?.scheme === "basic" ? undefined : authorization?.value;
}
