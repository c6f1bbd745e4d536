import { hash } from "node:crypto";
import {
  CompiledQuery,
  type DatabaseConnection,
  PostgresDialect,
  PostgresDriver,
  type TransactionSettings,
} from "kysely";
import pg from "pg";
import { OperatorError } from "../../errors/index.ts";
import { type Engine, type PoolUsage, relaxedMode } from "../database.ts";
import { searchLimitMs } from "../search.ts";
import { connectionClass } from "./connection.ts";
import { parsePostgresUrl } from "./database-url.ts";
import { openPipeline } from "./pipeline.ts";
import { sessionMarker } from "./session-probe.queries.ts";

export interface PostgresOptions {
  /** `postgres://…`. The parameter `schema` names the schema; default `public`. */
  readonly url: string;
  /** Contains the URL. Each new connection reads user and password from it. */
  readonly urlFile?: string | undefined;
  /** Default 10. */
  readonly maxConnections?: number;
  /** Called when an idle connection breaks. */
  readonly onConnectionError: (error: Error) => void;
}

const int8 = 20;

/**
 * The cost of a random page for the planner. With the default for spinning disks, 4, PostgreSQL would sort a whole table
 * instead of reading the first rows of an index.
 */
const randomPageCost = "-c random_page_cost=1.1";

/** Longer than any prepared read takes. */
const preparedReadTimeouts = { connectionTimeoutMillis: 3_000, query_timeout: 3_000 };

const searchTimeouts = { statement_timeout: searchLimitMs, query_timeout: searchLimitMs + 2_000 };
const searchSlots = 4;

/** A search uses one process of the database, and changes nothing. */
const searchSettings = "-c max_parallel_workers_per_gather=0 -c default_transaction_read_only=on";

/** Opens PostgreSQL 15 or later through pools. Several server processes may share the database. */
export function openPostgres(options: PostgresOptions): Engine {
  const parsed = parsePostgresUrl(options.url);
  if ("problem" in parsed) throw new OperatorError("invalid_configuration", `DATABASE_URL ${parsed.problem}`);
  const { url } = parsed;
  const schema = url.searchParams.get("schema");
  // Options in the URL would replace these settings.
  const given = url.searchParams.get("options");
  for (const name of ["schema", "options"]) url.searchParams.delete(name);
  const settings = [
    randomPageCost,
    sessionMarker,
    ...(given === null ? [] : [given]),
    ...(schema === null ? [] : [`-c search_path=${schema}`]),
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
  const Client = connectionClass(options.urlFile);
  const openPool = (own: pg.PoolConfig): pg.Pool => {
    // With pipelining, the driver closes a connection whose query timed out. Without pipelining, it would reuse the
    // connection.
    const pool = new pg.Pool({ Client, ...config, ...own, pipeline: true });
    pool.on("error", options.onConnectionError);
    return pool;
  };
  const pool = openPool({ max: options.maxConnections ?? 10 });
  const searchPool = openPool({
    ...searchTimeouts,
    max: searchSlots,
    options: `${settings} ${searchSettings}`,
  });
  const openPipelined = () => new Client({ ...config, ...preparedReadTimeouts, pipeline: true });
  const preparedReads = openPipeline(openPipelined, options.onConnectionError);
  // Kysely ends the pools.
  return {
    name: "postgres",
    reader: Object.assign(new PostgresDialect({ pool }), {
      createDriver: () => new RelaxingDriver({ pool }),
    }),
    searcher: { dialect: new PostgresDialect({ pool: searchPool }), slots: searchSlots },
    withoutTimeouts: () => new PostgresDialect({ pool: openPool({ ...withoutTimeouts(url), max: 1 }) }),
    prepare(text) {
      const name = hash("sha256", text, "base64url");
      return (values) => preparedReads.run({ name, text, values: [...values] });
    },
    pools: () => [poolUsage("main", pool), poolUsage("search", searchPool)],
    release: () => preparedReads.end(),
  };
}

function poolUsage(name: string, pool: pg.Pool): PoolUsage {
  const { idleCount, options, totalCount, waitingCount } = pool;
  return { pool: name, open: totalCount, idle: idleCount, max: options.max, waiting: waitingCount };
}

/** Begins relaxed transactions, which commit without waiting for the disk, in one round trip. */
class RelaxingDriver extends PostgresDriver {
  override async beginTransaction(
    connection: DatabaseConnection,
    settings: TransactionSettings,
  ): Promise<void> {
    if (settings.accessMode !== relaxedMode) return await super.beginTransaction(connection, settings);
    await connection.executeQuery(CompiledQuery.raw("begin; set local synchronous_commit = off"));
  }
}

/** Also removes the timeouts in the URL, which override other settings. */
function withoutTimeouts(url: URL): pg.PoolConfig {
  const withoutLimits = new URL(url);
  for (const name of ["query_timeout", "statement_timeout"]) withoutLimits.searchParams.delete(name);
  return { connectionString: withoutLimits.href, query_timeout: 0, statement_timeout: 0 };
}
