import { DatabaseSync } from "node:sqlite";
import { sql } from "kysely";
import type { Database } from "../../infrastructure/database/index.ts";

/** Runs work and returns the steps of the query plans of its SELECT statements. SQLite has no statistics here. */
export async function sqlitePlans(
  database: Database,
  work: (database: Database) => Promise<unknown>,
): Promise<string[]> {
  const statements: string[] = [];
  const { prepare } = DatabaseSync.prototype;
  DatabaseSync.prototype.prepare = function (this: DatabaseSync, text: string) {
    statements.push(text);
    return prepare.call(this, text);
  };
  try {
    await work(database);
  } finally {
    DatabaseSync.prototype.prepare = prepare;
  }
  const plans: string[] = [];
  for (const text of statements.filter((one) => one.startsWith("select"))) {
    const explained = sql<{ detail: string }>`explain query plan ${sql.raw(text)}`;
    plans.push(...(await explained.execute(database.read)).rows.map(({ detail }) => detail));
  }
  return plans;
}
