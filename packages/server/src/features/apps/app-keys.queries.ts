import type { AppKeysTable, Queries, Write } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";

export async function insertAppKey(trx: Write, row: AppKeysTable): Promise<void> {
  await trx.insertInto("app_keys").values(row).execute();
}

/** The public keys of an app, oldest first. Throws `APP_NOT_FOUND`. */
export async function listAppPublicKeys(
  db: Queries,
  appId: string,
): Promise<Pick<AppKeysTable, "kid" | "public_key">[]> {
  const rows = await db
    .selectFrom("app_keys")
    .innerJoin("apps", "apps.app_id", "app_keys.app_id")
    .select(["app_keys.kid", "app_keys.public_key"])
    .where("app_keys.app_id", "=", appId)
    .where("apps.deleted_at", "is", null)
    .orderBy("app_keys.created_at")
    .execute();
  if (rows.length === 0) throw new ApiError("APP_NOT_FOUND");
  return rows;
}

/** A private key as it is stored. */
export type StoredAppKey = Pick<AppKeysTable, "app_id" | "kid" | "sealed_private_key">;

/** The private keys of several apps, oldest first. */
export async function listAppPrivateKeys(db: Queries, appIds: readonly string[]): Promise<StoredAppKey[]> {
  return await db
    .selectFrom("app_keys")
    .select(["app_id", "kid", "sealed_private_key"])
    .where("app_id", "in", appIds)
    .orderBy("created_at")
    .execute();
}
