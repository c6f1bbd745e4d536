import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
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
  /** Makes a backup, also while a server runs. It replaces the one before. */
  backUp(): Promise<void>;
  /** Replaces the database by the backup. SQLite: while no server runs. */
  restore(): Promise<void>;
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
      async backUp() {
        const database = new DatabaseSync(join(directory, "latchkey.db"), { readOnly: true });
        rmSync(join(directory, "backup.db"), { force: true });
        database.exec(`VACUUM INTO '${join(directory, "backup.db")}'`);
        database.close();
      },
      async restore() {
        for (const end of ["", "-wal", "-shm"]) rmSync(join(directory, `latchkey.db${end}`), { force: true });
        copyFileSync(join(directory, "backup.db"), join(directory, "latchkey.db"));
      },
      remove: async () => removeDirectory(),
    };
  }
  const schema = await createSchema();
  const url = new URL(schema.url);
  const options = `-c search_path=${url.searchParams.get("schema")}`;
  const name = url.searchParams.get("schema");
  url.search = "";
  const run = async (statement: string): Promise<Record<string, never>[]> => {
    const client = new pg.Client({ connectionString: url.href, options });
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  };
  const tables = async (): Promise<string[]> =>
    (await run(`select tablename from pg_tables where schemaname = '${name}'`)).map(
      (row) => `${row.tablename}`,
    );
  return {
    environment: { LATCHKEY_DATA_DIR: directory, DATABASE_URL: schema.url },
    async backUp() {
      const copies = (await tables()).map((one) => `create table ${name}_backup.${one} as table ${one}`);
      await run(`drop schema if exists ${name}_backup cascade`);
      await run([`begin; create schema ${name}_backup`, ...copies, "commit"].join(";"));
    },
    async restore() {
      const all = await tables();
      // Foreign keys are not checked, so the order of the tables does not matter.
      const copies = all.map((one) => `insert into ${one} table ${name}_backup.${one}`);
      const empty = `truncate ${all.join()}`;
      await run(
        ["begin; set local session_replication_role = replica", empty, ...copies, "commit"].join(";"),
      );
    },
    read: run,
    async write(statements) {
      await run(`begin; ${statements.join(";")}; commit`);
    },
    async remove() {
      await run(`drop schema if exists ${name}_backup cascade`);
      await schema.drop();
      removeDirectory();
    },
  };
}
