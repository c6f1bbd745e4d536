import type { Vault } from "../../infrastructure/crypto/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";

/** The token of a form, which is valid for one session and one purpose, such as `consent <requestId>`. */
export function formToken(vault: Vault, sessionId: string, purpose: string): string {
  return vault.digest(signed(sessionId, purpose));
}

/** Throws `FORM_EXPIRED` for a token of another session or purpose. */
export function requireFormToken(
  vault: Vault,
  given: string,
  { purpose, sessionId }: { sessionId: string; purpose: string },
): void {
  if (!vault.isDigest(given, signed(sessionId, purpose))) throw new ApiError("FORM_EXPIRED");
}

function signed(sessionId: string, purpose: string): string {
  return JSON.stringify(["form", sessionId, purpose]);
}
