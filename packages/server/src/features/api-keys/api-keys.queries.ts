import {
  type ApiKeysTable,
  type Database,
  lastUse,
  listParameter,
  prepareQuery,
  type Queries,
  type Write,
} from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { type Page, pageAfter } from "../../infrastructure/management/index.ts";

export async function insertApiKey(trx: Write, key: ApiKeysTable): Promise<void> {
  await trx.insertInto("api_keys").values(key).execute();
}

/** A key, and when the app that it is bound to was deleted. */
export interface StoredApiKey extends ApiKeysTable {
  readonly app_deleted_at: number | null;
}

/**
 * Prepares a query that finds the key with one of `digests`, also when it is deleted or has expired.
 *
 * @param digestCount number of digests of a presented key: one for each master key
 */
export function prepareFindApiKey(
  database: Database,
  digestCount: number,
): (digests: readonly string[]) => Promise<StoredApiKey | undefined> {
  const digest = listParameter("digest", digestCount);
  const find = prepareQuery<StoredApiKey, string>(
    database,
    (db, parameter) =>
      db
        .selectFrom("api_keys as k")
        .leftJoin("apps as a", "a.app_id", "k.app_id")
        .selectAll("k")
        .select("a.deleted_at as app_deleted_at")
        .where("k.digest", "in", digest.names.map(parameter<string>)),
    { isCached: () => true },
  );
  return async (digests) => (await find(digest.values(digests)))[0];
}

export interface ListedApiKey extends ApiKeysTable {
  readonly last_used_at: number | null;
}

/** Returns keys that are not deleted and whose app is not deleted. */
export async function listApiKeys(db: Queries, page: Page): Promise<ListedApiKey[]> {
  const keys = db
    .selectFrom("api_keys as k")
    .leftJoin("apps as a", "a.app_id", "k.app_id")
    .selectAll("k")
    .select(lastUse("k.key_id").as("last_used_at"))
    .where("k.deleted_at", "is", null)
    .where("a.deleted_at", "is", null);
  return await pageAfter(keys, "k.key_id", page).execute();
}

/** Returns false for a key that does not exist or is deleted already. */
export async function markApiKeyDeleted(trx: Write, keyId: string, now: number): Promise<boolean> {
  const result = await trx
    .updateTable("api_keys")
    .set({ deleted_at: now })
    .where("key_id", "=", keyId)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Whether there is or was such a key. */
export async function isApiKey(db: Queries, keyId: string): Promise<boolean> {
  const key = await db.selectFrom("api_keys").select("key_id").where("key_id", "=", keyId).executeTakeFirst();
  return key !== undefined;
}

/**
 * Marks the keys that the given keys created as deleted. The given keys may be deleted themselves. Returns all created
 * keys, and those that this call deleted.
 */
export async function markCreatedKeysDeleted(
  trx: Write,
  creators: readonly string[],
  now: number,
): Promise<{ created: string[]; deleted: string[] }> {
  const createdBy = creators.map((keyId) => `key:${keyId}`);
  const created = await trx
    .selectFrom("api_keys")
    .select("key_id")
    .where("created_by", "in", createdBy)
    .execute();
  const deleted = await trx
    .updateTable("api_keys")
    .set({ deleted_at: now })
    .where("created_by", "in", createdBy)
    .where("deleted_at", "is", null)
    .returning("key_id")
    .execute();
  return { created: created.map((row) => row.key_id), deleted: deleted.map((row) => row.key_id) };
}

export async function updateApiKeyDigest(trx: Write, keyId: string, digest: string): Promise<void> {
  await trx.updateTable("api_keys").set({ digest }).where("key_id", "=", keyId).execute();
}

/** Throws `APP_NOT_FOUND`. */
export async function requireApp(db: Queries, appId: string): Promise<void> {
  await db
    .selectFrom("apps")
    .select("app_id")
    .where("app_id", "=", appId)
    .where("deleted_at", "is", null)
    .executeTakeFirstOrThrow(() => new ApiError("APP_NOT_FOUND"));
}

/** Throws `RESOURCE_NOT_FOUND`. */
export async function requireResource(db: Queries, identifier: string): Promise<void> {
  await db
    .selectFrom("resources")
    .select("identifier")
    .where("identifier", "=", identifier)
    .executeTakeFirstOrThrow(() => new ApiError("RESOURCE_NOT_FOUND"));
}
