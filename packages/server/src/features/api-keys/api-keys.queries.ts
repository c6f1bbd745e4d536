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

/**
 * Prepares a query that finds the key with one of `digests`, unless it is deleted.
 *
 * @param digestCount number of digests of a presented key: one for each master key
 */
export function prepareFindApiKey(
  database: Database,
  digestCount: number,
): (digests: readonly string[]) => Promise<ApiKeysTable | undefined> {
  const digest = listParameter("digest", digestCount);
  const find = prepareQuery<ApiKeysTable, string>(
    database,
    (db, parameter) =>
      db
        .selectFrom("api_keys")
        .selectAll()
        .where("digest", "in", digest.names.map(parameter<string>))
        .where("deleted_at", "is", null),
    { isCached: () => true },
  );
  return async (digests) => (await find(digest.values(digests)))[0];
}

export interface ListedApiKey extends ApiKeysTable {
  readonly last_used_at: number | null;
}

export async function listApiKeys(db: Queries, page: Page): Promise<ListedApiKey[]> {
  const keys = db
    .selectFrom("api_keys")
    .selectAll()
    .select(lastUse("api_keys.key_id").as("last_used_at"))
    .where("deleted_at", "is", null);
  return await pageAfter(keys, "key_id", page).execute();
}

/** Throws `KEY_NOT_FOUND`. */
export async function markApiKeyDeleted(trx: Write, keyId: string, now: number): Promise<void> {
  const result = await trx
    .updateTable("api_keys")
    .set({ deleted_at: now })
    .where("key_id", "=", keyId)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  if (result.numUpdatedRows === 0n) throw new ApiError("KEY_NOT_FOUND");
}

export async function updateApiKeyDigest(trx: Write, keyId: string, digest: string): Promise<void> {
  await trx.updateTable("api_keys").set({ digest }).where("key_id", "=", keyId).execute();
}

/** Throws `APP_NOT_FOUND`. */
export async function requireApp(db: Queries, appId: string): Promise<void> {
  const row = await db
    .selectFrom("apps")
    .select("app_id")
    .where("app_id", "=", appId)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  if (row === undefined) throw new ApiError("APP_NOT_FOUND");
}

/** Throws `RESOURCE_NOT_FOUND`. */
export async function requireResource(db: Queries, identifier: string): Promise<void> {
  const row = await db
    .selectFrom("resources")
    .select("identifier")
    .where("identifier", "=", identifier)
    .executeTakeFirst();
  if (row === undefined) throw new ApiError("RESOURCE_NOT_FOUND");
}
