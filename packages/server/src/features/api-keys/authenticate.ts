import { createHash, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../infrastructure/clock/index.ts";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { Database } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { readAuthorization } from "../../infrastructure/http/index.ts";
import type { Authenticate, Principal } from "../../infrastructure/management/index.ts";
import { prepareFindApiKey } from "./api-keys.queries.ts";
import type { KeyUsage } from "./key-usage.ts";

/** What recognising callers needs. */
export interface AuthenticationDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly vault: Vault;
  /** The key that may do everything; only its hash is kept. */
  readonly adminKey: string;
  /** Told of each use of any other key. */
  readonly keyUsage: Pick<KeyUsage, "used">;
}

/** Recognises callers by `Authorization: Bearer <key>`; every refusal is the same `UNAUTHENTICATED`. */
export function createAuthenticate(deps: AuthenticationDependencies): Authenticate {
  const { clock, keyUsage, vault } = deps;
  const findApiKey = prepareFindApiKey(deps.database, deps.vault.digests("").length);
  const adminHash = sha256(deps.adminKey);
  return async (request) => {
    const authorization = readAuthorization(request.headers);
    if (authorization?.scheme !== "bearer") throw refused();
    if (timingSafeEqual(sha256(authorization.value), adminHash)) return admin;
    const now = clock.now();
    const digests = vault.digests(authorization.value);
    const key = await findApiKey(digests, now);
    const [newest] = digests;
    if (key === undefined || newest === undefined) throw refused();
    keyUsage.used({ keyId: key.keyId, digest: newest, at: now });
    return {
      name: `key:${key.keyId}`,
      scopes: new Set(key.scopes),
      ...(key.appId === null ? {} : { appId: key.appId }),
      ...(key.resource === null ? {} : { resource: key.resource }),
      expiresAt: key.expiresAt,
    };
  };
}

const admin: Principal = { name: "admin", scopes: "all", expiresAt: null };

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function refused(): ApiError {
  return new ApiError("UNAUTHENTICATED", {
    message: "A valid API key is required, as Authorization: Bearer <key>.",
    headers: { "www-authenticate": "Bearer" },
  });
}
