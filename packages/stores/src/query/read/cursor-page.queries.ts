import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Queries } from "../../tables.ts";
import type { Entity } from "../fields.ts";
import type { SortKey } from "../parse/parse-sort.ts";
import type { Scalar } from "../value-kinds.ts";
import { fitting, isTooLarge, matching, pageRows, type RowsQuery, rowSizes } from "./page-rows.queries.ts";

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

/**
 * Reads the page next to a position. It has fewer rows than requested if they do not fit into a response. The cost does
 * not depend on how far into the list the position is. Throws `ITEM_TOO_LARGE`.
 */
export async function readCursorPage<Row extends object>(
  db: Queries,
  entity: Entity,
  query: CursorPageQuery,
): Promise<CursorPage<Row>> {
  const { from, limit } = query;
  // One row more than the page has shows whether there is another page.
  let { rows: found } = await cursorPageQuery<Row>(entity, query, limit + 1).execute(db);
  let hasMore = found.length > limit;
  while (isTooLarge(found, query)) {
    const sizes = await rowSizes(entity, ...cursorPage(query, found.length)).execute(db);
    const count = Math.max(1, Math.min(fitting(sizes.rows), found.length - 1));
    found = (await cursorPageQuery<Row>(entity, query, count).execute(db)).rows;
    hasMore = true;
  }
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

/** Selects up to `limit` rows next to the position. */
export function cursorPageQuery<Row>(
  entity: Entity,
  query: CursorPageQuery,
  limit: number,
): RawBuilder<Row & SortValues> {
  const [rows, page] = cursorPage(query, limit);
  return pageRows(entity, rows, { ...page, keys: true });
}

function cursorPage(query: CursorPageQuery, limit: number) {
  const { from } = query;
  const sort = from?.backwards ? query.sort.map(opposite) : query.sort;
  const all = matching(query);
  const where = from === undefined ? all : sql<SqlBool>`${all} and ${after(sort, from.values)}`;
  return [
    { ...query, sort },
    { where, limit, offset: 0 },
  ] as const;
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
