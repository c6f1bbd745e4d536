import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import pg from "pg";
import { startPostgres } from "../../tools/postgres/start-postgres.ts";
import { pin } from "../processes/cores.ts";
import { familyCpuUs, parentOf } from "../processes/family-cpu.ts";

/** A database with its own processes. */
export interface DatabaseServer {
  /** CPU time of its processes so far, in microseconds; undefined where it cannot be read. */
  cpuUs(): number | undefined;
}

/** A database for a benchmark's platform; {@link Storage.close} deletes it. */
export interface Storage {
  readonly engine: "sqlite" | "postgres";
  /** The data directory of the platform. */
  readonly directory: string;
  /** The value of `DATABASE_URL`. */
  readonly url: string;
  /** Runs SQL that both engines support. On SQLite only while no platform uses the directory. */
  run(statements: Iterable<string>): Promise<void>;
  /** The database server, on the core of the load; undefined on SQLite. */
  readonly server: DatabaseServer | undefined;
  close(): Promise<void>;
}

/** SQLite in a new directory under the system's temporary folder. */
export function openSqliteStorage(): Storage {
  const { directory, remove } = scratchDirectory();
  return {
    engine: "sqlite",
    directory,
    url: `sqlite:${directory}`,
    server: undefined,
    async run(statements) {
      const database = new DatabaseSync(join(directory, "latchkey.db"), {
        enableForeignKeyConstraints: false,
      });
      database.exec("PRAGMA cache_size = -262144; BEGIN");
      for (const statement of statements) database.exec(statement);
      database.exec("COMMIT; ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)");
      database.close();
    },
    async close() {
      remove();
    },
  };
}

/** A PostgreSQL for benchmarks. */
export interface PostgresServer {
  /** Creates a schema. */
  openStorage(): Promise<Storage>;
  close(): Promise<void>;
}

/** Uses the server of `TEST_DATABASE_URL`, or starts one on the core of the load. */
export async function startPostgresServer(): Promise<PostgresServer> {
  const given = process.env.TEST_DATABASE_URL;
  const own = given === undefined ? await startPostgres({ durable: true }) : undefined;
  const client = new pg.Client({ connectionString: given ?? own?.url ?? "" });
  await client.connect();
  const backend = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const postmaster = parentOf(backend.rows[0]?.pid ?? 0, "postgres");
  if (own !== undefined && postmaster !== undefined) pin(postmaster, "load");
  return {
    openStorage: () => openSchema(new URL(given ?? own?.url ?? ""), postmaster),
    async close() {
      await client.end();
      await own?.close();
    },
  };
}

async function openSchema(url: URL, postmaster: number | undefined): Promise<Storage> {
  const { directory, remove } = scratchDirectory();
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  const schema = `bench_${randomBytes(4).toString("hex")}`;
  await client.query(`CREATE SCHEMA ${schema}; SET search_path = ${schema}`);
  url.searchParams.set("schema", schema);
  return {
    engine: "postgres",
    directory,
    url: url.href,
    server: { cpuUs: () => (postmaster === undefined ? undefined : familyCpuUs(postmaster)) },
    async run(statements) {
      await client.query("BEGIN");
      for (const statement of statements) await client.query(statement);
      await client.query("COMMIT");
      await client.query("VACUUM ANALYZE");
      await client.query("CHECKPOINT");
    },
    async close() {
      await client.query(`DROP SCHEMA ${schema} CASCADE`);
      await client.end();
      remove();
    },
  };
}

const scratch = new Set<() => void>();
process.once("exit", () => {
  for (const remove of scratch) remove();
});

function scratchDirectory(): { directory: string; remove(): void } {
  const directory = mkdtempSync(join(tmpdir(), "latchkey-bench-"));
  const remove = (): void => {
    rmSync(directory, { recursive: true, force: true });
    scratch.delete(remove);
  };
  scratch.add(remove);
  return { directory, remove };
}
