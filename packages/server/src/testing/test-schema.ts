import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";

/** A schema in the PostgreSQL database of the tests. */
export interface TestSchema {
  readonly directory: string;
  readonly databaseUrl: string;
  remove(): Promise<void>;
}

/** Creates a schema at `TEST_DATABASE_URL`. Throws when the variable is not set, so that no test is skipped silently. */
export async function openTestSchema(): Promise<TestSchema> {
  const url = process.env.TEST_DATABASE_URL;
  if (url === undefined) {
    throw new Error("Set TEST_DATABASE_URL to a PostgreSQL database in which the tests may create schemas.");
  }
  const directory = mkdtempSync(join(tmpdir(), "latchkey-test-"));
  const schema = `test_${randomUUID().replaceAll("-", "")}`;
  await run(url, `CREATE SCHEMA ${schema}`);
  const databaseUrl = new URL(url);
  databaseUrl.searchParams.set("schema", schema);
  return {
    directory,
    databaseUrl: databaseUrl.href,
    async remove() {
      rmSync(directory, { recursive: true, force: true });
      await run(url, `DROP SCHEMA ${schema} CASCADE`);
    },
  };
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
