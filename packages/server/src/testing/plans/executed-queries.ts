import pg from "pg";

/** An executed query with the plan that PostgreSQL chose for its parameters. */
export interface ExecutedQuery {
  readonly sql: string;
  readonly scans: readonly Scan[];
}

/** A scan of a table or an index in a plan. */
export interface Scan {
  readonly table: string;
  /** Undefined for a sequential scan. */
  readonly index: string | undefined;
  /** Rows or index entries that were read, including those that a filter removed. */
  readonly rows: number;
}

type Query = (
  this: pg.Client,
  ...values: unknown[]
) => Promise<{ rows: { "QUERY PLAN": [{ Plan: PlanNode }] }[] }>;

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Rows Removed by Index Recheck"?: number;
  readonly Plans?: readonly PlanNode[];
}

/**
 * Runs work and returns its queries on all connections to PostgreSQL. Each query runs with `EXPLAIN ANALYZE` first, on
 * the same connection and with the same parameters; these changes are rolled back.
 */
export async function executedQueries(work: () => Promise<unknown>): Promise<ExecutedQuery[]> {
  const executed: ExecutedQuery[] = [];
  const prototype = pg.Client.prototype as unknown as { query: Query };
  const { query } = prototype;
  const inTransaction = new WeakSet<pg.Client>();
  prototype.query = async function (first, ...rest) {
    const { text, values = rest[0] } =
      typeof first === "string" ? { text: first } : (first as { text: string; values?: unknown });
    if (text.startsWith("begin") || text.startsWith("start transaction")) inTransaction.add(this);
    if (/^(commit|rollback)$/.test(text)) inTransaction.delete(this);
    if (/^(select|insert|update|delete|with)\b/.test(text)) {
      const isolated = inTransaction.has(this);
      if (isolated) await query.call(this, "savepoint explained");
      const { rows } = await query.call(this, `explain (analyze, timing off, format json) ${text}`, values);
      if (isolated) await query.call(this, "rollback to savepoint explained");
      for (const row of rows) executed.push({ sql: text, scans: scansOf(row["QUERY PLAN"][0].Plan) });
    }
    return await query.call(this, first, ...rest);
  };
  try {
    await work();
  } finally {
    prototype.query = query;
  }
  return executed;
}

function scansOf(node: PlanNode): Scan[] {
  const below = (node.Plans ?? []).flatMap(scansOf);
  const type = node["Node Type"];
  const table = node["Relation Name"];
  if (table === undefined || !type.endsWith("Scan")) return below;
  const bitmaps = bitmapsOf(node);
  if (bitmaps.length === 0) return [{ table, index: node["Index Name"], rows: rowsOf(node) }, ...below];
  return [...bitmaps.map((one) => ({ table, index: one["Index Name"], rows: rowsOf(one) })), ...below];
}

/** The index scans below a bitmap scan of a table. */
function bitmapsOf(node: PlanNode): PlanNode[] {
  const below = (node.Plans ?? []).filter((one) => one["Node Type"].startsWith("Bitmap"));
  return below.flatMap((one) => (one["Index Name"] === undefined ? bitmapsOf(one) : [one]));
}

function rowsOf(node: PlanNode): number {
  const removed = (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0);
  return Math.round((node["Actual Rows"] + removed) * node["Actual Loops"]);
}
