import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Queries } from "../../tables.ts";
import type { Entity } from "../fields.ts";
import type { SortKey } from "../parse/parse-sort.ts";
import type { Scalar } from "../value-kinds.ts";
import { matching, pageRows, type RowsQuery } from "./page-rows.queries.ts";

/** A row, named by the values of its sort keys, and the direction in which to read from it. */
export interface Position {
  readonly values: readonly Scalar[];
  readonly backwards: boolean;
}

/** A query for the page next to a position. */
export interface CursorPageQuery extends RowsQuery {
  readonly limit: number;
  /** Undefined for the first page. */
  readonly from: Position | undefined;
}

/** A page next to a position. */
export interface CursorPage<Row> {
  readonly rows: readonly Row[];
  /** Where the previous page starts; undefined on the first page. */
  readonly previous: Position | undefined;
  /** Where the next page starts; undefined on the last page. */
  readonly next: Position | undefined;
}

type SortValues = Readonly<Record<`key${number}`, Scalar>>;

/** Reads the page next to a position. The cost does not depend on how far into the list the position is. */
export async function readCursorPage<Row extends object>(
  db: Queries,
  entity: Entity,
  query: CursorPageQuery,
): Promise<CursorPage<Row>> {
  const { from, limit } = query;
  const found = (await cursorPageQuery<Row>(entity, query).execute(db)).rows;
  const hasMore = found.length > limit;
  const backwards = from?.backwards ?? false;
  const rows = backwards ? found.slice(0, limit).reverse() : found.slice(0, limit);
  const position = (row: SortValues | undefined, back: boolean): Position | undefined =>
    row && { values: query.sort.map((_, index) => row[`key${index}`] ?? ""), backwards: back };
  return {
    rows,
    previous: (backwards ? hasMore : from !== undefined) ? position(rows[0], true) : undefined,
    next: backwards || hasMore ? position(rows.at(-1), false) : undefined,
  };
}

/** Selects one row more than the page has, which shows whether there is another page. */
export function cursorPageQuery<Row>(entity: Entity, query: CursorPageQuery): RawBuilder<Row & SortValues> {
  const { from, limit } = query;
  const sort = from?.backwards ? query.sort.map(opposite) : query.sort;
  const all = matching(query);
  const where = from === undefined ? all : sql<SqlBool>`${all} and ${after(sort, from.values)}`;
  return pageRows(entity, { ...query, sort }, { where, limit: limit + 1, offset: 0, keys: true });
}

/** The condition that a row comes after another: after it by the first key, or equal by that and after it by the rest. */
function after([key, ...rest]: readonly SortKey[], values: readonly Scalar[]): RawBuilder<SqlBool> {
  const [value, ...others] = values;
  if (key === undefined) return sql`1 = 0`;
  const column = sql.ref(key.column);
  const beyond = key.direction === "asc" ? sql`>` : sql`<`;
  if (rest.length === 0) return sql`${column} ${beyond} ${value}`;
  // The first condition is redundant, but an index can start with it.
  return sql`(${column} ${beyond}= ${value} and (${column} ${beyond} ${value} or ${after(rest, others)}))`;
}

function opposite({ column, direction }: SortKey): SortKey {
  return { column, direction: direction === "asc" ? "desc" : "asc" };
}
