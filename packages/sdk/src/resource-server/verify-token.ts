import { maxTokenLifetime, type ParsedToken, parseAccessToken } from "@latchkey/protocol";
import { createBoundedCache } from "../bounded-cache.ts";
import type { Clock } from "../clock.ts";
import { isSameIssuer } from "../http/issuer.ts";
import type { KeySet } from "../keys/key-set.ts";
import { hasSignature, type SignatureAlgorithm } from "../keys/signature.ts";
import type { Access } from "./access.ts";
import { unauthenticated, unavailable } from "./access-refused.ts";

/**
 * Checks a token and returns its caller.
 *
 * @throws {AccessRefused} 401 when the token is not valid, 503 when it cannot be checked
 */
export type TokenCheck = (token: string) => Promise<Access>;

/** The algorithm of access tokens. */
export const es256: SignatureAlgorithm = {
  alg: "ES256",
  name: "ECDSA",
  hash: "SHA-256",
  namedCurve: "P-256",
};

/** The dependencies of {@link createTokenVerifier}. */
export interface VerifierDependencies {
  readonly issuer: string;
  readonly audience: string;
  readonly clock: Clock;
  readonly keySet: KeySet;
  /** The maximum number of cached tokens with a verified signature. */
  readonly cacheSize: number;
  /** The time for which a token is accepted after `exp`, in milliseconds. */
  readonly expiryToleranceMs: number;
}

interface VerifiedToken {
  readonly parsed: ParsedToken;
  /** The key that verified the signature. */
  readonly key: CryptoKey;
}

/** The allowed clock difference for `iat` and `nbf`, in milliseconds. */
export const toleranceMs = 60_000;

/**
 * Verifies tokens by signature, issuer, audience and times. The signature is verified once; the times and the key are
 * checked for each request.
 *
 * @returns a function that throws {@link AccessRefused}
 */
export function createTokenVerifier(
  dependencies: VerifierDependencies,
): (token: string) => Promise<ParsedToken["claims"]> {
  const verified = createBoundedCache<VerifiedToken>(dependencies.cacheSize);
  return async (token) => {
    const known = verified.get(token);
    const parsed = known?.parsed ?? parse(token, dependencies);
    checkTimes(parsed.claims, dependencies);
    const key = await dependencies.keySet.find(parsed.kid).catch((error) => {
      throw unavailable(error);
    });
    if (key === undefined) throw unauthenticated("unknown_key");
    if (known?.key !== key) {
      if (!(await hasSignature(es256, key, parsed))) throw unauthenticated("bad_signature");
      verified.set(token, { parsed, key });
    }
    return parsed.claims;
  };
}

function parse(token: string, { audience, issuer }: VerifierDependencies): ParsedToken {
  const parsed = parseAccessToken(token);
  if (parsed === undefined) throw unauthenticated("malformed");
  if (!isSameIssuer(issuer, parsed.claims.iss)) throw unauthenticated("wrong_issuer");
  if (parsed.claims.aud !== audience) throw unauthenticated("wrong_audience");
  return parsed;
}

function checkTimes(
  { exp, iat, iss, nbf = 0 }: ParsedToken["claims"],
  { clock, expiryToleranceMs }: VerifierDependencies,
): void {
  const now = clock.now();
  if (exp - iat > maxTokenLifetime) throw unauthenticated("lives_too_long");
  // In development the platform is on loopback, and its clock can be ahead.
  const validFrom = iss.startsWith("http:") ? nbf : Math.max(nbf, iat);
  if (validFrom * 1_000 > now + toleranceMs) throw unauthenticated("from_future");
  if (exp * 1_000 + expiryToleranceMs <= now) throw unauthenticated("expired");
}
