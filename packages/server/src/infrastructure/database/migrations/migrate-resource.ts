import type { Clock } from "../../clock/index.ts";
import { OperatorError } from "../../errors/index.ts";
import type { Database } from "../database.ts";
import {
  applyMigration,
  isPending,
  type Migration,
  type MigrationOptions,
  readApplied,
  withMigrationLock,
} from "./apply-migration.ts";
import { changedTables, readCatalog } from "./catalog.ts";

/** The tables of a resource, and the migrations that create them. */
export interface ResourceSchema {
  readonly name: string;
  readonly tables: readonly string[];
  readonly migrations: readonly Migration[];
}

/**
 * Applies the migrations of a resource, each in its own transaction. When one fails, earlier ones stay applied. Applied
 * migrations that this version of the resource does not have are ignored.
 *
 * Throws `migration_changed`; `migration_failed` when a statement fails or changes a table that is not declared;
 * `resource_invalid` when a declared table is created by no migration.
 *
 * @returns the names of the applied migrations
 */
export async function migrateResource(
  database: Database,
  clock: Clock,
  { name: owner, tables, migrations, ...options }: ResourceSchema & MigrationOptions,
): Promise<string[]> {
  const { engine } = database;
  const applied: string[] = [];
  for (const migration of migrations) {
    const label = `Resource ${owner}, migration ${migration.name}`;
    await withMigrationLock(
      database,
      async (trx) => {
        if (!isPending(migration, await readApplied(trx, engine, owner), label)) return;
        const before = await readCatalog(trx, engine);
        await applyMigration(trx, migration, { engine, owner, label, now: clock.now() });
        const foreign = changedTables(before, await readCatalog(trx, engine)).filter(
          (table) => !tables.includes(table),
        );
        if (foreign.length > 0) {
          const what = `${label} changes ${foreign.join(", ")}, which its tables do not declare.`;
          throw new OperatorError("migration_failed", what);
        }
        applied.push(migration.name);
      },
      options,
    );
  }
  await requireTables(database, { owner, tables });
  return applied;
}

async function requireTables(
  database: Database,
  { owner, tables }: { owner: string; tables: readonly string[] },
): Promise<void> {
  const catalog = await database.write((trx) => readCatalog(trx, database.engine));
  const missing = tables.filter((table) => !catalog.has(table));
  if (missing.length === 0) return;
  const what = `Resource ${owner} declares ${missing.join(", ")}, which none of its migrations creates.`;
  throw new OperatorError("resource_invalid", what);
}
