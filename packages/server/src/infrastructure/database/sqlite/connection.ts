import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { CompiledQuery, DatabaseConnection, QueryResult } from "kysely";
import { createCache } from "../../cache/index.ts";
import { sqlite } from "./node-sqlite.ts";
import { reportChangedTables, stopReporting, unknownTables } from "./statement-tables.ts";

const maxStatements = 500;

/** Opens a SQLite file in WAL mode. Every commit is on disk before it is acknowledged. */
export function openConnection(file: string, { readOnly }: { readOnly: boolean }): DatabaseSync {
  const database = new sqlite.DatabaseSync(file, { readOnly, timeout: 5_000 });
  database.exec("PRAGMA cache_size = -16384; PRAGMA mmap_size = 268435456; PRAGMA temp_store = MEMORY;");
  if (!readOnly) database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
  return database;
}

type Parameter = string | number | null;
interface Prepared {
  readonly statement: StatementSync;
  readonly returnsRows: boolean;
  readonly changedTables: Set<string>;
}

/** Runs queries on a connection, with a cache of prepared statements. */
export class SqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync;
  readonly #prepared = createCache<string, Prepared>({ maxEntries: maxStatements });
  readonly #onCommit: ((changedTables: ReadonlySet<string>) => void) | undefined;
  readonly #reportsTables: boolean;
  /** Receives the tables of the statement that SQLite compiles. */
  #compiled: Set<string> | undefined;
  /** The tables that the transaction has changed. */
  #changed = new Set<string>();
  #dataVersion: unknown;

  /** @param onCommit called in the turn of the event loop in which a change is committed */
  constructor(database: DatabaseSync, onCommit?: (changedTables: ReadonlySet<string>) => void) {
    this.#database = database;
    this.#onCommit = onCommit;
    this.#reportsTables =
      onCommit !== undefined && reportChangedTables(database, (table) => this.#compiled?.add(table));
  }

  async executeQuery<R>(query: Pick<CompiledQuery, "sql" | "parameters">): Promise<QueryResult<R>> {
    const prepared = this.#prepare(query.sql);
    if (this.#onCommit === undefined) return run(prepared, query.parameters);
    // SQLite compiles a statement again after a change of the schema.
    this.#compiled = prepared.changedTables;
    try {
      return run(prepared, query.parameters);
    } finally {
      this.#compiled = undefined;
      for (const table of prepared.changedTables) this.#changed.add(table);
      if (!this.#database.isTransaction) this.committed();
    }
  }

  /** Reports unknown changes when another connection has written, such as a connection of the `sqlite3` program. */
  began(): void {
    const version = this.#database.prepare("PRAGMA data_version").get()?.data_version;
    if (version !== this.#dataVersion) this.#onCommit?.(new Set([unknownTables]));
    this.#dataVersion = version;
  }

  /** Reports the changed tables of the transaction that was committed, or that may have been. */
  committed(): void {
    this.#onCommit?.(this.#changed);
    this.#changed = new Set();
  }

  /** Forgets the changed tables of the transaction that was rolled back. */
  rolledBack(): void {
    this.#changed = new Set();
  }

  /** Closes the database. */
  close(): void {
    stopReporting(this.#database);
    this.#database.close();
  }

  // biome-ignore lint/correctness/useYield: the interface requires a generator.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("Streaming is not used; page through results.");
  }

  #prepare(sql: string): Prepared {
    return this.#prepared.getOrCreate(sql, () => {
      const changedTables = new Set(this.#reportsTables ? [] : [unknownTables]);
      this.#compiled = changedTables;
      const statement = this.#database.prepare(sql);
      return { statement, returnsRows: statement.columns().length > 0, changedTables };
    });
  }
}

function run<R>({ returnsRows, statement }: Prepared, values: readonly unknown[]): QueryResult<R> {
  const parameters = values as readonly Parameter[];
  if (returnsRows) return { rows: statement.all(...parameters) as R[] };
  const { changes } = statement.run(...parameters);
  return { rows: [], numAffectedRows: BigInt(changes) };
}
