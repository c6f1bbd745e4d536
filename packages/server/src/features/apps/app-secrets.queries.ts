import {
  type AppSecretsTable,
  lastUse,
  type Queries,
  type Write,
} from "../../infrastructure/database/index.ts";

export interface SecretKey {
  readonly appId: string;
  readonly secretId: string;
}

export interface ListedSecret extends AppSecretsTable {
  readonly last_used_at: number | null;
}

/** The secrets of an app that are not deleted, oldest first. */
export async function listSecrets(db: Queries, appId: string): Promise<ListedSecret[]> {
  return await db
    .selectFrom("app_secrets")
    .selectAll()
    .select(lastUse("app_secrets.secret_id").as("last_used_at"))
    .where("app_id", "=", appId)
    .where("deleted_at", "is", null)
    .orderBy("created_at")
    .orderBy("secret_id")
    .execute();
}

/** Finds a secret, also a deleted one. */
export async function findSecret(db: Queries, key: SecretKey): Promise<AppSecretsTable | undefined> {
  return await db
    .selectFrom("app_secrets")
    .selectAll()
    .where("app_id", "=", key.appId)
    .where("secret_id", "=", key.secretId)
    .executeTakeFirst();
}

export async function insertSecret(trx: Write, row: AppSecretsTable): Promise<void> {
  await trx.insertInto("app_secrets").values(row).execute();
}

export async function updateSecret(
  trx: Write,
  secretId: string,
  change: Partial<AppSecretsTable>,
): Promise<void> {
  await trx.updateTable("app_secrets").set(change).where("secret_id", "=", secretId).execute();
}

/** Makes one secret of an app its only primary one. */
export async function setPrimarySecret(trx: Write, { appId, secretId }: SecretKey): Promise<void> {
  await trx.updateTable("app_secrets").set({ is_primary: 0 }).where("app_id", "=", appId).execute();
  await updateSecret(trx, secretId, { is_primary: 1 });
}
