import { hash } from "node:crypto";
import { PostgresDialect } from "kysely";
import pg from "pg";
import type { Engine } from "../database.ts";
import { searchLimitMs } from "../search.ts";
import { openPipeline } from "./pipeline.ts";

/** How to reach PostgreSQL. */
export interface PostgresOptions {
  /** `postgres://…`; a `schema` parameter names the schema to use, `public` when absent. */
  readonly url: string;
  /** Connections of this process; default 10. */
  readonly maxConnections?: number;
  /** Told of connections that break while idle. */
  readonly onConnectionError: (error: Error) => void;
}

const int8 = 20;

/**
 * What a random page costs, compared with the next one. The default, 4, is that of spinning disks: for the first rows in
 * the order of an index, PostgreSQL would read and sort all of them.
 */
const randomPageCost = "-c random_page_cost=1.1";

/** Milliseconds that a read by key may take: one that takes longer was lost on the way. */
const patience = { connectionTimeoutMillis: 3_000, query_timeout: 3_000 };

/** Milliseconds that a query may take which a caller has shaped. */
const searchPatience = { statement_timeout: searchLimitMs, query_timeout: searchLimitMs + 2_000 };
const searchSlots = 4;

/** PostgreSQL 15 or later through a pool; several server processes may share it. */
export function openPostgres(options: PostgresOptions): Engine {
  const url = new URL(options.url);
  const schema = url.searchParams.get("schema");
  // Those of the URL would replace ours.
  const given = url.searchParams.get("options");
  for (const name of ["schema", "options"]) url.searchParams.delete(name);
  const settings = [
    randomPageCost,
    ...(given === null ? [] : [given]),
    ...(schema === null ? [] : [`-c search_path=${quoteIdentifier(schema)}`]),
  ].join(" ");
  const config: pg.ClientConfig = {
    connectionString: url.href,
    connectionTimeoutMillis: 5_000,
    query_timeout: 20_000,
    statement_timeout: 15_000,
    idle_in_transaction_session_timeout: 15_000,
    keepAlive: true,
    application_name: "latchkey",
    options: settings,
    // BIGINT holds epoch milliseconds and counters, all far below 2^53.
    types: { getTypeParser: (oid, format) => (oid === int8 ? Number : pg.types.getTypeParser(oid, format)) },
  };
  const openPool = (own: pg.PoolConfig): pg.Pool => {
    // In this mode the driver closes a connection whose query timed out; in the other it uses a lost one again.
    const pool = new pg.Pool({ Client: QuietClient, ...config, ...own, pipeline: true });
    pool.on("error", options.onConnectionError);
    return pool;
  };
  const pool = openPool({ max: options.maxConnections ?? 10 });
  const searchPool = openPool({
    ...searchPatience,
    max: searchSlots,
    options: `${settings} -c default_transaction_read_only=on`,
  });
  const preparedReads = openPipeline({ ...config, ...patience }, options.onConnectionError);
  // The pools are ended by Kysely, which was handed them.
  return {
    name: "postgres",
    relax: "set local synchronous_commit = off",
    reader: new PostgresDialect({ pool }),
    searcher: { dialect: new PostgresDialect({ pool: searchPool }), slots: searchSlots },
    unhurried: () => new PostgresDialect({ pool: openPool({ ...noLimits(url), max: 1 }) }),
    prepare(text) {
      const name = hash("sha256", text, "base64url");
      return (values) => preparedReads.run({ name, text, values: [...values] });
    },
    release: () => preparedReads.end(),
  };
}

/** The pool listens to idle connections only; without a listener the loss of one in use would end the process. */
class QuietClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on("error", () => {});
  }
}

/** Without those of the URL too, which the driver puts above all others. */
function noLimits(url: URL): pg.PoolConfig {
  const limitless = new URL(url);
  for (const name of ["query_timeout", "statement_timeout"]) limitless.searchParams.delete(name);
  return { connectionString: limitless.href, query_timeout: 0, statement_timeout: 0 };
}

function quoteIdentifier(name: string): string {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(name)) throw new TypeError("A schema name has only a-z, 0-9 and _.");
  return name;
}
