import { appSecretPrefix, formatSecret } from "@latchkey/protocol";
import type { Clock } from "../../infrastructure/clock/index.ts";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type {
  AppSecretsTable,
  Ids,
  Queries,
  RandomBytes,
  Write,
} from "../../infrastructure/database/index.ts";
import { ApiError, invalidField } from "../../infrastructure/errors/index.ts";
import {
  findSecret,
  insertSecret,
  listSecrets,
  type SecretKey,
  setPrimarySecret,
  updateSecret,
} from "./app-secrets.queries.ts";

/** A secret with its value. */
export interface SecretValue {
  readonly secretId: string;
  readonly value: string;
}

export interface SecretDependencies {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: RandomBytes;
  readonly vault: Vault;
}

/** Characters of a secret that are stored readably, by which people find it. */
export const secretPrefixLength = 12;

/** How many valid secrets an app may have. */
const maxLiveSecrets = 10;

/**
 * Throws `TOO_MANY_SECRETS`, and a violation for an `expiresAt` in the past.
 *
 * @param secret.value default: 256 random bits
 */
export async function createSecret(
  trx: Write,
  { clock, ids, random, vault }: SecretDependencies,
  secret: {
    appId: string;
    name: string;
    expiresAt?: number | undefined;
    primary: boolean;
    value?: string | undefined;
  },
): Promise<SecretValue> {
  const now = clock.now();
  if (secret.expiresAt !== undefined && secret.expiresAt <= now) {
    throw invalidField("expiresAt", "must be in the future", "MIN");
  }
  const live = (await listSecrets(trx, secret.appId)).filter((one) => isLive(one, now));
  if (live.length >= maxLiveSecrets) throw new ApiError("TOO_MANY_SECRETS");
  const value = secret.value ?? formatSecret(random(32), appSecretPrefix);
  const secretId = ids.guid();
  await insertSecret(trx, {
    secret_id: secretId,
    app_id: secret.appId,
    name: secret.name,
    digest: vault.digest(value),
    prefix: value.slice(0, secretPrefixLength),
    sealed: vault.seal(value, appSecretContext(secret.appId, secretId)),
    is_primary: secret.primary ? 1 : 0,
    created_at: now,
    expires_at: secret.expiresAt ?? null,
    compromised_at: null,
    deleted_at: null,
  });
  return { secretId, value };
}

/** The secret that signs the instance parameter. */
export async function readPrimarySecret(db: Queries, vault: Vault, appId: string): Promise<SecretValue> {
  const primary = (await listSecrets(db, appId)).find((secret) => secret.is_primary === 1);
  if (primary === undefined) throw new Error(`The app ${appId} has no primary secret.`);
  return open(vault, primary);
}

/** Every valid secret. Each may have signed an instance parameter that is still valid. */
export async function readLiveSecrets(
  db: Queries,
  vault: Vault,
  { appId, now }: { appId: string; now: number },
): Promise<SecretValue[]> {
  const secrets = await listSecrets(db, appId);
  return secrets.filter((secret) => isLive(secret, now)).map((secret) => open(vault, secret));
}

function open(vault: Vault, { app_id, sealed, secret_id }: AppSecretsTable): SecretValue {
  return { secretId: secret_id, value: vault.unseal(sealed, appSecretContext(app_id, secret_id)) };
}

/** Throws `SECRET_NOT_FOUND`, `SECRET_IS_PRIMARY`. */
export async function deleteSecret(trx: Write, key: SecretKey, now: number): Promise<void> {
  const secret = await readSecret(trx, key);
  if (secret.is_primary === 1) throw new ApiError("SECRET_IS_PRIMARY");
  await updateSecret(trx, key.secretId, { deleted_at: now });
}

/** Makes this secret sign the instance parameter. Throws `SECRET_NOT_FOUND`, `SECRET_NOT_LIVE`. */
export async function promoteSecret(trx: Write, key: SecretKey, now: number): Promise<void> {
  const secret = await readSecret(trx, key);
  if (!isLive(secret, now)) throw new ApiError("SECRET_NOT_LIVE");
  if (secret.expires_at !== null) {
    throw new ApiError("SECRET_NOT_LIVE", {
      message: "A secret that expires cannot become primary; create one without expiresAt and promote that.",
    });
  }
  await setPrimarySecret(trx, key);
}

/**
 * Invalidates a secret and every token that was requested with it; also one that is deleted, because its tokens may
 * still be valid. Throws `SECRET_NOT_FOUND`, `SECRET_IS_PRIMARY`.
 */
export async function compromiseSecret(trx: Write, key: SecretKey, now: number): Promise<void> {
  const secret = await findSecret(trx, key);
  if (secret === undefined) throw new ApiError("SECRET_NOT_FOUND");
  if (secret.is_primary === 1) throw new ApiError("SECRET_IS_PRIMARY");
  await updateSecret(trx, key.secretId, { compromised_at: secret.compromised_at ?? now });
}

/** Binds an encrypted secret to its app, its row and its purpose. */
export function appSecretContext(appId: string, secretId: string): string {
  return `app-secret ${appId} ${secretId}`;
}

async function readSecret(db: Queries, key: SecretKey): Promise<AppSecretsTable> {
  const secret = await findSecret(db, key);
  if (secret === undefined || secret.deleted_at !== null) throw new ApiError("SECRET_NOT_FOUND");
  return secret;
}

function isLive({ compromised_at, expires_at }: AppSecretsTable, now: number): boolean {
  return compromised_at === null && (expires_at === null || expires_at > now);
}
