import { type AccessTokenClaims, maxTokenLifetime, type ParsedToken } from "@latchkey/protocol";
import { createBoundedCache } from "../bounded-cache.ts";
import type { Clock } from "../clock.ts";
import type { KeySet } from "../keys/key-set.ts";
import { hasSignature, type SignatureAlgorithm } from "../keys/signature.ts";
import type { Access } from "./access.ts";
import { type AccessRefusedReason, unauthenticated, unavailable } from "./access-refused.ts";
import { type Expected, parseExpected, type TokenCheck } from "./token-check.ts";

/** The dependencies of an offline check. */
export interface OfflineCheckDependencies extends Expected {
  readonly clock: Clock;
  readonly keySet: KeySet;
  /** The maximum number of cached tokens with a verified signature. */
  readonly cacheSize: number;
}

/** The algorithm of access tokens. */
export const es256: SignatureAlgorithm = {
  alg: "ES256",
  name: "ECDSA",
  hash: "SHA-256",
  namedCurve: "P-256",
};

/** The allowed clock difference for `iat` and `nbf`. A token is not accepted after `exp`. */
const toleranceMs = 60_000;

interface VerifiedToken {
  readonly parsed: ParsedToken;
  /** The key that verified the signature. */
  readonly key: CryptoKey;
}

/**
 * Checks tokens by signature, audience and expiry, without asking the platform. A token of a removed instance stays
 * valid until it expires. The signature is verified once; the expiry and the key are checked for each request.
 */
export function createOfflineCheck(dependencies: OfflineCheckDependencies): TokenCheck {
  const { clock, keySet } = dependencies;
  const verified = createBoundedCache<VerifiedToken>(dependencies.cacheSize);
  return async (token) => {
    const known = verified.get(token);
    const parsed = known?.parsed ?? parseExpected(token, dependencies);
    const timeError = checkTimes(parsed.claims, clock.now());
    if (timeError !== undefined) throw unauthenticated(timeError);
    const key = await find(keySet, parsed.kid);
    if (key === undefined) throw unauthenticated("unknown_key");
    if (known?.key !== key) {
      if (!(await hasSignature(es256, key, parsed))) throw unauthenticated("bad_signature");
      verified.set(token, { parsed, key });
    }
    return accessOfClaims(parsed.claims);
  };
}

function checkTimes(claims: AccessTokenClaims, now: number): AccessRefusedReason | undefined {
  const { exp, iat, iss, nbf = 0 } = claims;
  if (exp - iat > maxTokenLifetime) return "lives_too_long";
  // In development the platform is on loopback, and its clock can be ahead.
  const validFrom = iss.startsWith("http:") ? nbf : Math.max(nbf, iat);
  if (validFrom * 1_000 > now + toleranceMs) return "from_future";
  return exp * 1_000 <= now ? "expired" : undefined;
}

async function find(keySet: KeySet, kid: string): Promise<CryptoKey | undefined> {
  try {
    return await keySet.find(kid);
  } catch (error) {
    throw unavailable(error);
  }
}

function accessOfClaims(claims: AccessTokenClaims): Access {
  return {
    appId: claims.client_id,
    instanceId: claims.instance_id,
    siteId: claims.site_id,
    scopes: claims.scope === "" ? [] : claims.scope.split(" "),
    permissions: claims.permissions ?? [],
  };
}
