import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createSchema } from "@latchkey/test-support/postgres-schema";
import pg from "pg";

/** The database of a test's servers, with direct access. */
export interface Storage {
  /** Environment variables of its servers. */
  readonly environment: Readonly<Record<string, string>>;
  /** Reads rows directly. */
  read(statement: string): Promise<Record<string, never>[]>;
  /** Writes rows directly, while no server runs. */
  write(statements: readonly string[]): Promise<void>;
  remove(): Promise<void>;
}

export async function createStorage(engine: "sqlite" | "postgres"): Promise<Storage> {
  const directory = mkdtempSync(join(tmpdir(), "latchkey-crash-"));
  const removeDirectory = (): void => rmSync(directory, { recursive: true, force: true });
  if (engine === "sqlite") {
    return {
      environment: { LATCHKEY_DATA_DIR: directory },
      async read(statement) {
        const database = new DatabaseSync(join(directory, "latchkey.db"), { readOnly: true });
        const rows = database.prepare(statement).all() as Record<string, never>[];
        database.close();
        return rows;
      },
      async write(statements) {
        const database = new DatabaseSync(join(directory, "latchkey.db"));
        database.exec(`begin; ${statements.join(";")}; commit`);
        database.close();
      },
      remove: async () => removeDirectory(),
    };
  }
  const schema = await createSchema();
  const url = new URL(schema.url);
  const options = `-c search_path=${url.searchParams.get("schema")}`;
  url.search = "";
  return {
    environment: { LATCHKEY_DATA_DIR: directory, DATABASE_URL: schema.url },
    async read(statement) {
      const client = new pg.Client({ connectionString: url.href, options });
      await client.connect();
      const { rows } = await client.query(statement);
      await client.end();
      return rows;
    },
    async write(statements) {
      const client = new pg.Client({ connectionString: url.href, options });
      await client.connect();
      await client.query(`begin; ${statements.join(";")}; commit`);
      await client.end();
    },
    async remove() {
      await schema.drop();
      removeDirectory();
    },
  };
}
