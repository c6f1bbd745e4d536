import { hash } from "node:crypto";
import { markSecurityChange, type Write } from "../../../infrastructure/database/index.ts";
import type { TokenDependencies } from "../token-dependencies.ts";
import {
  deleteRefreshToken,
  findCode,
  markCodeUsed,
  setProducedToken,
  takeProducedToken,
} from "./legacy.queries.ts";
import {
  appActor,
  type CurrentState,
  createRefreshToken,
  type RefreshTokenError,
  refreshTokenError,
} from "./refresh-tokens.ts";

/** A code that an authenticated app presents, and the state of its instance. */
export interface CodeUse {
  readonly code: string;
  readonly appId: string;
  readonly redirectUri: string | undefined;
  readonly codeVerifier: string | undefined;
  readonly current: CurrentState;
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Why a code is refused: the reason in the token log, and the text for the app. */
export interface GrantError {
  readonly reason: string;
  readonly text: string;
}

export type Redemption = { readonly refreshTokenId: string; readonly refreshToken: string } | GrantError;

type StoredCode = NonNullable<Awaited<ReturnType<typeof findCode>>>;

/**
 * Exchanges a code for a refresh token. The first use marks the code as used, even if it fails. A second use by the
 * same app revokes the tokens of the first one, because one of the two may be an attacker's.
 */
export async function redeemCode(trx: Write, deps: TokenDependencies, use: CodeUse): Promise<Redemption> {
  const code = await findCode(trx, deps.vault.digests(use.code));
  if (code === undefined) return unknownCode;
  const { digest } = code;
  if (!(await markCodeUsed(trx, { digest, now: use.now }))) {
    if (code.app_id !== use.appId) return unknownCode;
    await revokeProduced(trx, deps, use);
    return codeUsed;
  }
  markSecurityChange(trx, "skip");
  const error = errorOf(code, use);
  if (error !== undefined) return error;
  const { app_gen: appGen } = use.current;
  if (appGen === null) return unknownCode;
  const { refreshTokenId, value } = await createRefreshToken(trx, deps, {
    appId: code.app_id,
    appGen,
    instanceId: code.instance_id,
    instanceGen: code.instance_gen,
    now: use.now,
  });
  await setProducedToken(trx, { digest, refreshTokenId });
  return { refreshTokenId, refreshToken: value };
}

/** The checks of a code, in this order. */
function errorOf(code: StoredCode, use: CodeUse): GrantError | undefined {
  if (code.app_id !== use.appId) return unknownCode;
  if (code.expires_at <= use.now) return codeExpired;
  const { current } = use;
  const instance = refreshTokenError({ app_gen: current.app_gen, instance_gen: code.instance_gen }, current);
  if (instance !== undefined) return instanceErrors[instance];
  if (use.redirectUri !== undefined && use.redirectUri !== code.redirect_url) return otherRedirect;
  return isVerified(code.code_challenge, use.codeVerifier) ? undefined : wrongVerifier;
}

/** Checks PKCE with the method S256 (RFC 7636 §4.6). A verifier without a challenge is refused (RFC 9700 §2.1.1). */
function isVerified(challenge: string | null, verifier: string | undefined): boolean {
  if (challenge === null || verifier === undefined) return challenge === null && verifier === undefined;
  return /^[\w.~-]{43,128}$/.test(verifier) && hash("sha256", verifier, "base64url") === challenge;
}

/** Deletes the refresh token that a reused code produced, and raises the number of the instance. Once for each code. */
async function revokeProduced(
  trx: Write,
  { instances, vault }: TokenDependencies,
  { appId, code, requestId }: CodeUse,
): Promise<void> {
  // Read again: the transaction that used the code may have ended after the first read.
  const used = await findCode(trx, vault.digests(code));
  const refreshTokenId = used?.refresh_token_id ?? null;
  if (used === undefined || refreshTokenId === null) return;
  if (!(await takeProducedToken(trx, { digest: used.digest, refreshTokenId }))) return;
  await deleteRefreshToken(trx, refreshTokenId);
  await instances.revokeTokens(trx, appActor(appId, requestId), used.instance_id);
}

const unknownCode: GrantError = {
  reason: "unknown_code",
  text: "The code is unknown, or was issued to another app.",
};
const codeUsed: GrantError = {
  reason: "code_used",
  text: "The code was used before, so the tokens that it produced are revoked. Send the owner to /installer/install again.",
};
const codeExpired: GrantError = {
  reason: "code_expired",
  text: "The code has expired; it is valid for 10 minutes. Send the owner to /installer/install again.",
};
const otherRedirect: GrantError = {
  reason: "redirect_uri_differs",
  text: "redirect_uri is not the address that the code was sent to. Send the owner to /installer/install again.",
};
const wrongVerifier: GrantError = {
  reason: "wrong_code_verifier",
  text: "code_verifier does not match the code_challenge of the code. Send the owner to /installer/install again.",
};

/** Why codes and refresh tokens of the app itself are refused. */
export const instanceErrors: Readonly<Record<RefreshTokenError, GrantError>> = {
  instance_removed: {
    reason: "instance_removed",
    text: "The app was removed from the site. The owner of the site can install it again.",
  },
  instance_suspended: {
    reason: "instance_suspended",
    text: "The instance is suspended, and its tokens are revoked. When it is resumed, request tokens with client_credentials and instance_id.",
  },
  tokens_revoked: {
    reason: "tokens_revoked",
    text: "The tokens of the instance were revoked. Request tokens with client_credentials and instance_id, or send the owner to /installer/install again.",
  },
};
