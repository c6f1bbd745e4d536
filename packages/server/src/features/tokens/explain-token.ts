import type { AccessTokenClaims } from "@latchkey/protocol";
import { anyAudience, checkParsed, type InvalidReason, parseVerified } from "./check-token.ts";
import type { TokenDependencies } from "./token-dependencies.ts";

/** What a token is, for people who search for the cause of an error. */
export interface ExplainedToken {
  /** Absent when the signature is not valid: then nothing in the token can be relied on. */
  readonly claims?: AccessTokenClaims;
  /** The scopes of the token that are still granted; empty for a token that is not valid. */
  readonly scopes: readonly string[];
  /** Why the token is not valid, and what to do; absent for a valid token. */
  readonly invalid?: { readonly reason: InvalidReason; readonly text: string };
}

/** Explains a token of any API. It is not counted as a check. */
export async function explainToken(deps: TokenDependencies, text: string): Promise<ExplainedToken> {
  const parsed = await parseVerified(deps, text);
  if ("reason" in parsed) return { scopes: [], invalid: explained(parsed.reason) };
  const { claims } = parsed;
  const check = await checkParsed(deps, parsed, { audience: anyAudience });
  if ("reason" in check) return { claims, scopes: [], invalid: explained(check.reason) };
  return { claims, scopes: check.token.scopes };
}

function explained(reason: InvalidReason): { reason: InvalidReason; text: string } {
  return { reason, text: explanations[reason] };
}

const explanations: Readonly<Record<InvalidReason, string>> = {
  malformed: "This is not an access token of this platform. Copy the whole token.",
  unknown_key: "This platform has no such signing key. Another platform signed the token.",
  bad_signature:
    "The signature is not valid: the token was changed, or is not complete. Copy the whole token.",
  key_removed: "The signing key of the token was removed. Request a new token.",
  wrong_issuer: "The token has another public URL as its issuer. Check LATCHKEY_PUBLIC_URL.",
  wrong_audience: "The token is for another API. Request one with the resource of this API.",
  lives_too_long: "The token is valid for longer than the platform allows. Request a new token.",
  expired: "The token has expired. Request a new one.",
  app_gone: "The app was deleted.",
  app_disabled: "The app is disabled. An operator can enable it.",
  instance_gone: "The app has no such instance.",
  instance_not_installed:
    "The instance is removed or suspended. Install it again, or resume it; then request a new token.",
  generation_raised:
    "The tokens of the app, of the instance or of the whole platform were revoked after this one was issued. Request a new token.",
  member_gone: "The user is no longer a member of the site.",
  secret_compromised:
    "The App secret that requested the token is marked compromised. Request a token with another secret.",
  revoked:
    "The token, or the token that it was exchanged from, was revoked at /oauth2/revoke. Request a new one.",
};
