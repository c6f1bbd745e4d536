import type { SelectQueryBuilder } from "kysely";
import type { Queries, Schema, SigningKeysTable, Write } from "../../infrastructure/database/index.ts";

/** Every signing key, oldest first. */
export async function listSigningKeys(db: Queries): Promise<SigningKeysTable[]> {
  return await selectSigningKeys(db).execute();
}

/** Locks every signing key, so that two transactions cannot retire each other's last active key. */
export async function lockSigningKeys(trx: Write): Promise<SigningKeysTable[]> {
  return await selectSigningKeys(trx).forUpdate().execute();
}

export async function findSigningKey(db: Queries, kid: string): Promise<SigningKeysTable | undefined> {
  return await selectSigningKeys(db).where("kid", "=", kid).executeTakeFirst();
}

export async function insertSigningKeyRow(trx: Write, row: SigningKeysTable): Promise<void> {
  await trx.insertInto("signing_keys").values(row).execute();
}

export async function updateSigningKey(
  trx: Write,
  kid: string,
  change: Partial<SigningKeysTable>,
): Promise<void> {
  await trx.updateTable("signing_keys").set(change).where("kid", "=", kid).execute();
}

function selectSigningKeys(db: Queries): SelectQueryBuilder<Schema, "signing_keys", SigningKeysTable> {
  return db.selectFrom("signing_keys").selectAll().orderBy("active_at").orderBy("kid");
}
