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

/**
 * The rows of one page. Documents are read for these rows only, so that a sort does not move the documents of other rows.
 *
 * @param page `keys` selects the sort keys too, as `key0`, `key1` and so on
 */
export function pageRows<Row>(
  { key, table }: Entity,
  query: Pick<RowsQuery, "columns" | "siteId" | "sort">,
  page: Paging & { readonly where: RawBuilder<SqlBool>; readonly keys: boolean },
): RawBuilder<Row> {
  const keys = query.sort.map((one, index) => ({ ...one, name: `key${index}` }));
  const columns = keys.map(({ column, name }) => sql`${sql.ref(column)} as ${sql.ref(name)}`);
  const order = keys.map(({ column, direction }) => ordered(column, direction));
  const orderOfPage = keys.map(({ direction, name }) => ordered(`page.${name}`, direction));
  const selected = (query.columns ?? ["document"]).map((name) => `${table}.${name}`);
  if (page.keys) selected.push(...keys.map(({ name }) => `page.${name}`));
  return sql`with page as (
      select ${sql.ref(key)} as id, ${sql.join(columns)} from ${sql.table(table)} where ${page.where}
      order by ${sql.join(order)} limit ${page.limit} offset ${page.offset}
    )
    select ${sql.join(selected.map((name) => sql.ref(name)))} from page cross join ${sql.table(table)}
    where ${sql.ref(`${table}.site_id`)} = ${query.siteId} and ${sql.ref(`${table}.${key}`)} = page.id
    order by ${sql.join(orderOfPage)}`;
}

function ordered(column: string, direction: SortKey["direction"]): RawBuilder<unknown> {
  return direction === "asc" ? sql`${sql.ref(column)} asc` : sql`${sql.ref(column)} desc`;
}
