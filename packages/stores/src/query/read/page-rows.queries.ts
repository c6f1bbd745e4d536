import { itemTooLarge, maxListBytes } from "@latchkey/server";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Entity } from "../fields.ts";
import type { Filter } from "../filter.ts";
import type { Paging } from "../parse/parse-paging.ts";
import type { SortKey } from "../parse/parse-sort.ts";
import { filterCondition } from "./filter-conditions.queries.ts";

/** The rows of a site that callers may read. */
export interface SiteRows {
  readonly siteId: string;
  /** A condition besides the filter, such as visibility. */
  readonly only?: RawBuilder<SqlBool>;
  /** Reads how many rows there are without a filter. Default: they are counted. */
  readonly total?: RawBuilder<{ total: number }>;
}

/** The rows that match a query, and their order. */
export interface RowsQuery extends SiteRows {
  readonly filter: Filter | undefined;
  /** Ends with a unique column. */
  readonly sort: readonly SortKey[];
  /** Columns to return. Default: `document`. */
  readonly columns?: readonly string[];
}

/** The condition that a row matches a query. */
export function matching({ filter, only, siteId }: RowsQuery): RawBuilder<SqlBool> {
  const conditions = [sql<SqlBool>`site_id = ${siteId}`];
  if (only !== undefined) conditions.push(only);
  if (filter !== undefined) conditions.push(filterCondition(filter, siteId));
  return sql`${sql.join(conditions, sql` and `)}`;
}

/** A row with the size of its columns in bytes. The columns are null if those of the page do not fit into a response. */
export type Sized<Row> = Row & { readonly size: number };

/**
 * The rows of one page. Documents are read for these rows only, so that a sort does not move the documents of other rows;
 * and only if a response can contain them. Databases know the size of a text without reading it.
 *
 * @param page `keys` selects the sort keys too, as `key0`, `key1` and so on
 */
export function pageRows<Row>(
  { key, table }: Entity,
  query: Pick<RowsQuery, "columns" | "siteId" | "sort">,
  page: Paging & { readonly where: RawBuilder<SqlBool>; readonly keys: boolean },
): RawBuilder<Sized<Row>> {
  const keys = query.sort.map((one, index) => ({ ...one, name: `key${index}` }));
  const keyColumns = keys.map(({ column, name }) => sql`${sql.ref(column)} as ${sql.ref(name)}`);
  const order = keys.map(({ column, direction }) => ordered(column, direction));
  const orderOfPage = keys.map(({ direction, name }) => ordered(`page.${name}`, direction));
  const columns = (query.columns ?? ["document"]).map((name) => sql.ref(`${table}.${name}`));
  const sizes = columns.map((column) => sql`octet_length(${column})`);
  const selectedKeys = page.keys ? keys.map(({ name }) => sql.ref(`page.${name}`)) : [];
  const isRow = (of: string) => sql`${sql.ref(`${table}.site_id`)} = ${query.siteId}
      and ${sql.ref(`${table}.${key}`)} = ${sql.ref(`${of}.id`)}`;
  return sql`with found as (
      select ${sql.ref(key)} as id, ${sql.join(keyColumns)} from ${sql.table(table)} where ${page.where}
      order by ${sql.join(order)} limit ${page.limit} offset ${page.offset}
    ), page as (
      select found.*, ${sql.join(sizes, sql` + `)} as size
      from found cross join ${sql.table(table)} where ${isRow("found")}
    )
    select page.size, ${sql.join([...selectedKeys, ...columns])} from page left join ${sql.table(table)}
    on ${isRow("page")} and (select sum(size) from page) <= ${maxListBytes}
    order by ${sql.join(orderOfPage)}`;
}

/** Returns how many rows fit into a response. Throws `ITEM_TOO_LARGE` if the first does not fit. */
export function fitting(rows: readonly { readonly size: number }[]): number {
  let bytes = 0;
  const count = rows.findIndex(({ size }) => {
    bytes += size;
    return bytes > maxListBytes;
  });
  if (count === 0) throw itemTooLarge(bytes);
  return count < 0 ? rows.length : count;
}

function ordered(column: string, direction: SortKey["direction"]): RawBuilder<unknown> {
  return direction === "asc" ? sql`${sql.ref(column)} asc` : sql`${sql.ref(column)} desc`;
}
