import { type AccessTokenClaims, maxTokenLifetime, type ParsedToken } from "@latchkey/protocol";
import { createBoundedCache } from "../bounded-cache.ts";
import type { Clock } from "../clock.ts";
import type { KeySet } from "../keys/key-set.ts";
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

const ecdsa: EcdsaParams = { name: "ECDSA", hash: "SHA-256" };

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
    const timeError = checkTime(parsed.claims, clock.now());
    if (timeError !== undefined) throw unauthenticated(timeError);
    const key = await find(keySet, parsed.kid);
    if (key === undefined) throw unauthenticated("unknown_key");
    if (known?.key !== key) {
      if (!(await hasSignature(parsed, key))) throw unauthenticated("bad_signature");
      verified.set(token, { parsed, key });
    }
    return accessOfClaims(parsed.claims);
  };
}

function checkTime({ exp, iat }: AccessTokenClaims, now: number): AccessRefusedReason | undefined {
  if (exp - iat > maxTokenLifetime) return "lives_too_long";
  return exp * 1_000 <= now ? "expired" : undefined;
}

async function find(keySet: KeySet, kid: string): Promise<CryptoKey | undefined> {
  try {
    return await keySet.find(kid);
  } catch (error) {
    throw unavailable(error);
  }
}

function hasSignature({ signature, signed }: ParsedToken, key: CryptoKey): Promise<boolean> {
  return crypto.subtle.verify(ecdsa, key, signature, new TextEncoder().encode(signed));
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
