import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { CompiledQuery, DatabaseConnection, QueryResult } from "kysely";
import { createCache } from "../../cache/index.ts";

const maxStatements = 500;

/** Opens a SQLite file in WAL mode. Every commit is on disk before it is acknowledged. */
export function openConnection(file: string, { readOnly }: { readOnly: boolean }): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly, timeout: 5_000 });
  database.exec("PRAGMA cache_size = -16384; PRAGMA mmap_size = 268435456; PRAGMA temp_store = MEMORY;");
  if (!readOnly) database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
  return database;
}

type Parameter = string | number | null;
interface Prepared {
  readonly statement: StatementSync;
  readonly returnsRows: boolean;
}

/** Runs queries on a connection, with a cache of prepared statements. */
export class SqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync;
  readonly #prepared = createCache<string, Prepared>({ maxEntries: maxStatements });

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  async executeQuery<R>(query: Pick<CompiledQuery, "sql" | "parameters">): Promise<QueryResult<R>> {
    const { statement, returnsRows } = this.#prepare(query.sql);
    const parameters = query.parameters as readonly Parameter[];
    if (returnsRows) return { rows: statement.all(...parameters) as R[] };
    const { changes } = statement.run(...parameters);
    return { rows: [], numAffectedRows: BigInt(changes) };
  }

  // biome-ignore lint/correctness/useYield: the interface requires a generator.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("Streaming is not used; page through results.");
  }

  #prepare(sql: string): Prepared {
    return this.#prepared.getOrCreate(sql, () => {
      const statement = this.#database.prepare(sql);
      return { statement, returnsRows: statement.columns().length > 0 };
    });
  }
}
