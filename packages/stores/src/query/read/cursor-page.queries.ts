import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Queries } from "../../tables.ts";
import type { Entity } from "../entity.ts";
import type { SortKey } from "../parse/parse-sort.ts";
import type { Scalar } from "../value-kinds.ts";
import { documentRows, matching, type RowsQuery } from "./page-rows.queries.ts";

/** A row, by the values of its sort keys, and in which direction to go on from it. */
export interface Position {
  readonly values: readonly Scalar[];
  readonly backwards: boolean;
}

/** Which documents to read by the row that they lie next to. */
export interface SliceQuery extends RowsQuery {
  readonly limit: number;
  /** Undefined at the beginning. */
  readonly from: Position | undefined;
}

/** Documents found by the row that they lie next to. */
export interface Slice<Document> {
  readonly documents: readonly Document[];
  /** Where to go back from, when there is something. */
  readonly before: Position | undefined;
  /** Where to go on from, when there is something. */
  readonly behind: Position | undefined;
}

interface SliceRow extends Readonly<Record<`key${number}`, Scalar>> {
  readonly document: string;
}

/** The documents next to a position: however far into the list it lies, nothing before it is walked past. */
export async function readSlice<Document>(
  db: Queries,
  entity: Entity,
  query: SliceQuery,
): Promise<Slice<Document>> {
  const { from, limit } = query;
  const found = (await sliceQuery(entity, query).execute(db)).rows;
  const goesOn = found.length > limit;
  const backwards = from?.backwards ?? false;
  const rows = backwards ? found.slice(0, limit).reverse() : found.slice(0, limit);
  const position = (row: SliceRow | undefined, back: boolean): Position | undefined =>
    row && { values: query.sort.map((_, index) => row[`key${index}`] ?? ""), backwards: back };
  return {
    documents: rows.map((row): Document => JSON.parse(row.document)),
    before: (backwards ? goesOn : from !== undefined) ? position(rows[0], true) : undefined,
    behind: backwards || goesOn ? position(rows.at(-1), false) : undefined,
  };
}

/** One row more than the slice has tells whether there are more. */
export function sliceQuery(entity: Entity, query: SliceQuery): RawBuilder<SliceRow> {
  const { from, limit, siteId } = query;
  const sort = from?.backwards ? query.sort.map(opposite) : query.sort;
  const all = matching(query);
  const where = from === undefined ? all : sql<SqlBool>`${all} and ${behind(sort, from.values)}`;
  return documentRows(entity, { siteId, sort }, { where, limit: limit + 1, offset: 0, keys: true });
}

/** What lies behind a row: behind it by the first key, or equal there and behind it by the rest. */
function behind([key, ...rest]: readonly SortKey[], values: readonly Scalar[]): RawBuilder<SqlBool> {
  const [value, ...others] = values;
  if (key === undefined) return sql`1 = 0`;
  const column = sql.ref(key.column);
  const beyond = key.direction === "asc" ? sql`>` : sql`<`;
  if (rest.length === 0) return sql`${column} ${beyond} ${value}`;
  // The first condition says nothing new; an index can begin with it.
  return sql`(${column} ${beyond}= ${value} and (${column} ${beyond} ${value} or ${behind(rest, others)}))`;
}

function opposite({ column, direction }: SortKey): SortKey {
  return { column, direction: direction === "asc" ? "desc" : "asc" };
}
