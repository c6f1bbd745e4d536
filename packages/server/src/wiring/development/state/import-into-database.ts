import { randomBytes } from "node:crypto";
import type { Resource } from "../../../features/resources/index.ts";
import type { Clock } from "../../../infrastructure/clock/index.ts";
import { type MasterKeys, Vault } from "../../../infrastructure/crypto/index.ts";
import { openDatabase } from "../../../infrastructure/database/index.ts";
import { migrateAll, requireEncryptionKey } from "../../bootstrap.ts";
import { importState } from "./state.ts";

/** A database that no server uses, and what the server that will use it has. */
export interface StateTarget {
  readonly clock: Clock;
  readonly databaseUrl: string;
  readonly masterKeys: MasterKeys;
  readonly resources: readonly Resource[];
}

/**
 * Migrates a database without rows, and stores a state in it. Throws `invalid_state`, `database_not_empty`,
 * `wrong_encryption_key`, and then stores nothing.
 */
export async function importIntoDatabase(
  { clock, databaseUrl, masterKeys, resources }: StateTarget,
  state: unknown,
): Promise<void> {
  const database = openDatabase(databaseUrl, () => {});
  try {
    await migrateAll({ clock, database }, resources);
    await importState(database, state, (trx) =>
      requireEncryptionKey(trx, new Vault(masterKeys, randomBytes)),
    );
  } finally {
    await database.close();
  }
}
