import { createHash, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../infrastructure/clock/index.ts";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { Database } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { readAuthorization } from "../../infrastructure/http/index.ts";
import type { Authenticate, Principal } from "../../infrastructure/management/index.ts";
import type { ApiKeyUsage } from "./api-key-usage.ts";
import { prepareFindApiKey } from "./api-keys.queries.ts";

/**
 * Returns a function that authenticates an API key. Every failure is the same `UNAUTHENTICATED`; the token log has the
 * reason when a key of an app is deleted or has expired. A key that is bound to an app ends with the app.
 */
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
  return async ({ exchange, request }, presented = readKey(request.headers)) => {
    if (presented === undefined) throw unauthenticated("no_key");
    if (timingSafeEqual(sha256(presented), adminHash)) return admin;
    const now = clock.now();
    const digests = vault.digests(presented);
    const key = await findApiKey(digests);
    const [newest] = digests;
    if (key === undefined || newest === undefined) throw unauthenticated("unknown_key");
    if (key.app_id !== null) exchange.caller = { appId: key.app_id };
    if (key.deleted_at !== null) throw unauthenticated("key_deleted");
    if (key.expires_at !== null && key.expires_at <= now) throw unauthenticated("key_expired");
    if (key.app_deleted_at !== null) throw unauthenticated("app_deleted");
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

function readKey(headers: Headers): string | undefined {
  const authorization = readAuthorization(headers);
  return authorization?.scheme === "bearer" ? authorization.value : undefined;
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function unauthenticated(reason: string): ApiError {
  return new ApiError("UNAUTHENTICATED", {
    message: "A valid API key is required, as Authorization: Bearer <key>.",
    headers: { "www-authenticate": "Bearer" },
    reason,
  });
}
