import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Entity } from "../entity.ts";
import type { Filter } from "../filter.ts";
import type { Paging } from "../parse/parse-paging.ts";
import type { SortKey } from "../parse/parse-sort.ts";
import { compileFilter } from "./filter-conditions.queries.ts";

/** Which documents of a site to read, in which order. */
export interface RowsQuery {
  readonly siteId: string;
  /** What must hold besides the filter, such as that visitors see the row. */
  readonly only?: RawBuilder<SqlBool>;
  readonly filter: Filter | undefined;
  /** Ends with a unique column. */
  readonly sort: readonly SortKey[];
}

/** The rows of a site that a query asks for. */
export function matching({ filter, only, siteId }: RowsQuery): RawBuilder<SqlBool> {
  const conditions = [sql<SqlBool>`site_id = ${siteId}`];
  if (only !== undefined) conditions.push(only);
  if (filter !== undefined) conditions.push(compileFilter(filter, siteId));
  return sql`${sql.join(conditions, sql` and `)}`;
}

/**
 * Some rows with their documents, which are fetched for these rows only: no other row drags its document through a
 * sort.
 *
 * @param rows what they match besides, and which of them; `keys` selects the sort keys too, as `key0` and on
 */
export function documentRows<Row>(
  { key, table }: Entity,
  query: Pick<RowsQuery, "siteId" | "sort">,
  rows: Paging & { readonly where: RawBuilder<SqlBool>; readonly keys: boolean },
): RawBuilder<Row> {
  const keys = query.sort.map((one, index) => ({ ...one, name: `key${index}` }));
  const columns = keys.map(({ column, name }) => sql`${sql.ref(column)} as ${sql.ref(name)}`);
  const order = keys.map(({ column, direction }) => ordered(column, direction));
  const orderOfPage = keys.map(({ direction, name }) => ordered(`page.${name}`, direction));
  const selected = [`${table}.document`, ...(rows.keys ? keys.map(({ name }) => `page.${name}`) : [])];
  return sql`with page as (
      select ${sql.ref(key)} as id, ${sql.join(columns)} from ${sql.table(table)} where ${rows.where}
      order by ${sql.join(order)} limit ${rows.limit} offset ${rows.offset}
    )
    select ${sql.join(selected.map((name) => sql.ref(name)))} from page cross join ${sql.table(table)}
    where ${sql.ref(`${table}.site_id`)} = ${query.siteId} and ${sql.ref(`${table}.${key}`)} = page.id
    order by ${sql.join(orderOfPage)}`;
}

function ordered(column: string, direction: SortKey["direction"]): RawBuilder<unknown> {
  return direction === "asc" ? sql`${sql.ref(column)} asc` : sql`${sql.ref(column)} desc`;
}
