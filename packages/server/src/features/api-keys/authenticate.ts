import { createHash, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../infrastructure/clock/index.ts";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { ApiKeysTable, Database } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { readAuthorization } from "../../infrastructure/http/index.ts";
import type { Authenticate, Principal } from "../../infrastructure/management/index.ts";
import type { ApiKeyUsage } from "./api-key-usage.ts";
import { prepareFindApiKey } from "./api-keys.queries.ts";

/** Returns a function that authenticates `Authorization: Bearer <key>`. Every failure is the same `UNAUTHENTICATED`. */
export function createAuthenticate(deps: {
  database: Database;
  clock: Clock;
  vault: Vault;
  /** The key with all scopes. Only its hash is stored. */
  adminKey: string;
  keyUsage: ApiKeyUsage;
}): Authenticate {
  const { clock, keyUsage, vault } = deps;
  const findApiKey = prepareFindApiKey(deps.database, vault.digests("").length);
  const adminHash = sha256(deps.adminKey);
  return async (request) => {
    const authorization = readAuthorization(request.headers);
    if (authorization?.scheme !== "bearer") throw unauthenticated();
    if (timingSafeEqual(sha256(authorization.value), adminHash)) return admin;
    const now = clock.now();
    const digests = vault.digests(authorization.value);
    const key = await findApiKey(digests);
    const [newest] = digests;
    if (key === undefined || newest === undefined || hasExpired(key, now)) throw unauthenticated();
    keyUsage.used({ keyId: key.key_id, at: now, digest: newest === key.digest ? undefined : newest });
    return {
      name: `key:${key.key_id}`,
      scopes: new Set(JSON.parse(key.scopes)),
      ...(key.app_id === null ? {} : { appId: key.app_id }),
      ...(key.resource === null ? {} : { resource: key.resource }),
      expiresAt: key.expires_at,
    };
  };
}

const admin: Principal = { name: "admin", scopes: "all", expiresAt: null };

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function hasExpired({ expires_at }: ApiKeysTable, now: number): boolean {
  return expires_at !== null && expires_at <= now;
}

function unauthenticated(): ApiError {
  return new ApiError("UNAUTHENTICATED", {
    message: "A valid API key is required, as Authorization: Bearer <key>.",
    headers: { "www-authenticate": "Bearer" },
  });
}
