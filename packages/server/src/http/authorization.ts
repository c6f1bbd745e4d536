/** A scheme and its credentials, or the bare value that this wire sends without a scheme. */
export interface Authorization {
  readonly scheme: "bearer" | "basic" | "none";
  readonly value: string;
}

/** Reads `Authorization`: `Bearer <token>`, `Basic <…>` (schemes in any case, one blank), or the raw token. */
export function readAuthorization(headers: Headers): Authorization | undefined {
  const header = headers.get("authorization");
  if (header === null || header === "") return undefined;
  const blank = header.indexOf(" ");
  if (blank === -1) return { scheme: "none", value: header };
  const scheme = header.slice(0, blank).toLowerCase();
  if (scheme !== "bearer" && scheme !== "basic") return undefined;
  return { scheme, value: header.slice(blank + 1) };
}
