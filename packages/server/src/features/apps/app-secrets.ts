import { appSecretPrefix, formatSecret } from "@latchkey/protocol";
import type { SelectQueryBuilder } from "kysely";
import type { Clock } from "../../infrastructure/clock/index.ts";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type {
  AppSecretsTable,
  Ids,
  Queries,
  RandomBytes,
  Schema,
  Write,
} from "../../infrastructure/database/index.ts";
import { ApiError, ValidationError } from "../../infrastructure/errors/index.ts";

/** What anybody but the creator ever sees of a secret. */
export interface AppSecret {
  readonly secretId: string;
  readonly name: string;
  /** Whether it signs the instance parameter. */
  readonly primary: boolean;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  readonly expiresAt: number | null;
  readonly compromisedAt: number | null;
}

/** A secret in the one answer that shows it. */
export interface CreatedSecret {
  readonly secretId: string;
  readonly value: string;
}

export interface SecretDependencies {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: RandomBytes;
  readonly vault: Vault;
}

/** Secrets of one app that may work at the same time. */
const maxLiveSecrets = 10;

/** Throws `TOO_MANY_SECRETS`, and a violation for an `expiresAt` that has passed. */
export async function createSecret(
  trx: Write,
  deps: SecretDependencies,
  secret: { appId: string; name: string; expiresAt?: number | undefined; primary: boolean },
): Promise<CreatedSecret> {
  const now = deps.clock.now();
  if (secret.expiresAt !== undefined && secret.expiresAt <= now) {
    throw new ValidationError([
      { field: "expiresAt", description: "must lie in the future", violatedRule: "MIN" },
    ]);
  }
  const live = (await listSecrets(trx, secret.appId)).filter((one) => isLive(one, now));
  if (live.length >= maxLiveSecrets) throw new ApiError("TOO_MANY_SECRETS");
  const value = formatSecret(deps.random(32), appSecretPrefix);
  const secretId = deps.ids.guid();
  await trx
    .insertInto("app_secrets")
    .values({
      secret_id: secretId,
      app_id: secret.appId,
      name: secret.name,
      digest: deps.vault.digest(value),
      sealed: deps.vault.seal(value, appSecretContext(secret.appId, secretId)),
      is_primary: secret.primary ? 1 : 0,
      created_at: now,
      last_used_at: null,
      expires_at: secret.expiresAt ?? null,
      compromised_at: null,
      deleted_at: null,
    })
    .execute();
  return { secretId, value };
}

/** Secrets that were not deleted, oldest first. */
export async function listSecrets(db: Queries, appId: string): Promise<AppSecret[]> {
  const rows = await selectSecrets(db, appId).where("deleted_at", "is", null).execute();
  return rows.map(toAppSecret);
}

/** A secret as it is sealed, opened. */
export interface OpenSecret {
  readonly secretId: string;
  readonly value: string;
}

/** The one that signs the instance parameter. */
export async function readPrimarySecret(db: Queries, vault: Vault, appId: string): Promise<OpenSecret> {
  const row = await selectSecrets(db, appId).where("is_primary", "=", 1).executeTakeFirstOrThrow();
  return open(vault, row);
}

/** Those that an instance parameter may have been signed with, the primary one among them. */
export async function readLiveSecrets(
  db: Queries,
  vault: Vault,
  { appId, now }: { appId: string; now: number },
): Promise<OpenSecret[]> {
  const rows = await selectSecrets(db, appId).where("deleted_at", "is", null).execute();
  return rows.filter((row) => isLive(toAppSecret(row), now)).map((row) => open(vault, row));
}

function open(vault: Vault, row: AppSecretsTable): OpenSecret {
  const value = vault.unseal(row.sealed, appSecretContext(row.app_id, row.secret_id));
  return { secretId: row.secret_id, value };
}

/** Throws `SECRET_NOT_FOUND`, `SECRET_IS_PRIMARY`. */
export async function deleteSecret(trx: Write, key: SecretKey, now: number): Promise<void> {
  if ((await findSecret(trx, key)).primary) throw new ApiError("SECRET_IS_PRIMARY");
  await change(trx, key, { deleted_at: now });
}

/** Makes this the one that signs the instance parameter. Throws `SECRET_NOT_FOUND`, `SECRET_NOT_LIVE`. */
export async function promoteSecret(trx: Write, key: SecretKey, now: number): Promise<void> {
  const secret = await findSecret(trx, key);
  if (!isLive(secret, now)) throw new ApiError("SECRET_NOT_LIVE");
  if (secret.expiresAt !== null) {
    throw new ApiError("SECRET_NOT_LIVE", {
      message: "A secret that expires cannot become primary; create one without expiresAt and promote that.",
    });
  }
  await trx.updateTable("app_secrets").set({ is_primary: 0 }).where("app_id", "=", key.appId).execute();
  await change(trx, key, { is_primary: 1 });
}

/**
 * Ends a secret together with every token minted with it; of one that was deleted, the tokens that are still out.
 * Throws `SECRET_NOT_FOUND`, `SECRET_IS_PRIMARY`.
 */
export async function compromiseSecret(trx: Write, key: SecretKey, now: number): Promise<void> {
  const secret = named((await selectSecrets(trx, key.appId).execute()).map(toAppSecret), key);
  if (secret.primary) throw new ApiError("SECRET_IS_PRIMARY");
  await change(trx, key, { compromised_at: secret.compromisedAt ?? now });
}

/** Binds a sealed secret to its app, its row and its purpose. */
export function appSecretContext(appId: string, secretId: string): string {
  return `app-secret ${appId} ${secretId}`;
}

interface SecretKey {
  readonly appId: string;
  readonly secretId: string;
}

function isLive(secret: AppSecret, now: number): boolean {
  return secret.compromisedAt === null && (secret.expiresAt === null || secret.expiresAt > now);
}

async function findSecret(db: Queries, key: SecretKey): Promise<AppSecret> {
  return named(await listSecrets(db, key.appId), key);
}

function selectSecrets(
  db: Queries,
  appId: string,
): SelectQueryBuilder<Schema, "app_secrets", AppSecretsTable> {
  return db
    .selectFrom("app_secrets")
    .selectAll()
    .where("app_id", "=", appId)
    .orderBy("created_at")
    .orderBy("secret_id");
}

function named(secrets: readonly AppSecret[], key: SecretKey): AppSecret {
  const secret = secrets.find((one) => one.secretId === key.secretId);
  if (secret === undefined) throw new ApiError("SECRET_NOT_FOUND");
  return secret;
}

async function change(trx: Write, key: SecretKey, set: Partial<AppSecretsTable>): Promise<void> {
  await trx
    .updateTable("app_secrets")
    .set(set)
    .where("app_id", "=", key.appId)
    .where("secret_id", "=", key.secretId)
    .execute();
}

function toAppSecret(row: AppSecretsTable): AppSecret {
  return {
    secretId: row.secret_id,
    name: row.name,
    primary: row.is_primary === 1,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    compromisedAt: row.compromised_at,
  };
}
