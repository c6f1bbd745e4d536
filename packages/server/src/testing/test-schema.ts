import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { Resource } from "../features/resources/index.ts";
import { systemClock } from "../infrastructure/clock/index.ts";
import { openDatabase } from "../infrastructure/database/index.ts";
import { migrateAll } from "../wiring/bootstrap.ts";

/** A schema in the PostgreSQL database of the tests. */
export interface TestSchema {
  readonly directory: string;
  readonly databaseUrl: string;
  remove(): Promise<void>;
}

/** Schemas that were used before, without rows, by their database and migrations. */
const unused = new Map<string, MigratedSchema[]>();
/** Emptying more takes longer than a new schema. */
const maxKeptBytes = 8_000_000;

/**
 * Creates a schema at `TEST_DATABASE_URL`. Throws when the variable is not set, so that no test is skipped silently.
 *
 * With `TEST_DATABASE_KEEP_SCHEMAS=1` and `resources`, the schema is migrated. `remove` keeps it without its rows for the next call with
 * the same resources, because PostgreSQL needs a third of a second to create the tables. Kept schemas are not dropped.
 */
export async function openTestSchema(resources?: readonly Resource[]): Promise<TestSchema> {
  const url = process.env.TEST_DATABASE_URL;
  if (url === undefined) {
    throw new Error("Set TEST_DATABASE_URL to a PostgreSQL database in which the tests may create schemas.");
  }
  const directory = mkdtempSync(join(tmpdir(), "latchkey-test-"));
  const keeps = process.env.TEST_DATABASE_KEEP_SCHEMAS === "1";
  const migrated = keeps && resources !== undefined ? await openMigrated(url, resources) : undefined;
  const schema = migrated?.schema ?? (await createSchema(url));
  return {
    directory,
    databaseUrl: urlOf(url, schema),
    async remove() {
      rmSync(directory, { recursive: true, force: true });
      if (migrated !== undefined && (await emptySchema(url, migrated))) {
        unused.set(migrated.kind, [...(unused.get(migrated.kind) ?? []), migrated]);
      } else {
        await dropSchema(url, schema);
      }
    },
  };
}

interface MigratedSchema {
  readonly schema: string;
  /** Its database, role and migrations. */
  readonly kind: string;
  /** Its tables after the migrations. */
  readonly shape: string;
}

/** Returns nothing when a migration fails, because the platform then reports it. */
async function openMigrated(
  url: string,
  resources: readonly Resource[],
): Promise<MigratedSchema | undefined> {
  const kind = JSON.stringify([url, ...resources.map(({ migrations, name }) => [name, migrations])]);
  const kept = unused.get(kind)?.pop();
  if (kept !== undefined) return kept;
  const schema = await createSchema(url);
  const database = openDatabase(urlOf(url, schema), () => {});
  try {
    await migrateAll({ clock: systemClock, database }, resources);
  } catch {
    await dropSchema(url, schema);
    return undefined;
  } finally {
    await database.close();
  }
  const [found] = await query(url, shapeOf(schema));
  return { schema, kind, shape: String(found?.shape) };
}

async function createSchema(url: string): Promise<string> {
  const schema = `test_${randomUUID().replaceAll("-", "")}`;
  await query(url, `CREATE SCHEMA ${schema}`);
  return schema;
}

async function dropSchema(url: string, schema: string): Promise<void> {
  await query(url, `DROP SCHEMA ${schema} CASCADE`);
}

/**
 * Deletes all rows but those of `migrations`. Returns false when a test has changed tables, when there are too many rows, and when the role
 * may not delete them.
 */
async function emptySchema(url: string, { schema, shape }: MigratedSchema): Promise<boolean> {
  const [found] = await query(url, shapeOf(schema));
  if (found?.shape !== shape || Number(found?.bytes) > maxKeptBytes) return false;
  const tables = await query(url, `SELECT tablename FROM pg_tables WHERE schemaname = '${schema}'`);
  const deletions = tables
    .filter(({ tablename }) => tablename !== "migrations")
    .map(({ tablename }) => `DELETE FROM ${schema}.${tablename}`);
  try {
    // Without checks of foreign keys, the order does not matter. Only a superuser may omit them.
    await query(url, `SET session_replication_role = replica; ${deletions.join("; ")}`);
    return true;
  } catch {
    return false;
  }
}

/** A query for the columns, constraints, indexes and triggers of a schema as one text, and for its size. */
function shapeOf(schema: string): string {
  const parts = [
    "SELECT c.relname || ' ' || a.attname || ' ' || a.atttypid || ' ' || a.attnotnull FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = n.oid AND a.attnum > 0",
    "SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k WHERE k.connamespace = n.oid",
    "SELECT t.tgname::text || t.tgenabled::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = n.oid AND NOT t.tgisinternal",
  ];
  const bytes =
    "SELECT sum(pg_table_size(c.oid)) FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind = 'r'";
  return `SELECT (${bytes}) AS bytes, (SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (${parts.join(" UNION ALL ")}) AS parts (part)) AS shape FROM pg_namespace n WHERE n.nspname = '${schema}'`;
}

function urlOf(url: string, schema: string): string {
  const databaseUrl = new URL(url);
  databaseUrl.searchParams.set("schema", schema);
  return databaseUrl.href;
}

async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows = [] } = await client.query<Record<string, unknown>>(statement);
    return rows;
  } finally {
    await client.end();
  }
}
