import { randomUUID } from "node:crypto";
import pg from "pg";

/** A new schema in the PostgreSQL of the tests. */
export interface PostgresSchema {
  /** The value of `DATABASE_URL`. */
  readonly url: string;
  drop(): Promise<void>;
}

export async function createSchema(): Promise<PostgresSchema> {
  const schema = `test_${randomUUID().replaceAll("-", "")}`;
  await run(`CREATE SCHEMA ${schema}`);
  const url = new URL(process.env.TEST_DATABASE_URL ?? "");
  url.searchParams.set("schema", schema);
  return { url: url.href, drop: () => run(`DROP SCHEMA ${schema} CASCADE`) };
}

async function run(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: process.env.TEST_DATABASE_URL });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
