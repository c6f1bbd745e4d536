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

/** Returns the SQL condition that is true for the rows that match a query. */
export function matching({ filter, only, siteId }: RowsQuery): RawBuilder<SqlBool> {
  const conditions = [sql<SqlBool>`site_id = ${siteId}`];
  if (only !== undefined) conditions.push(only);
  if (filter !== undefined) conditions.push(filterCondition(filter, siteId));
  return sql`${sql.join(conditions, sql` and `)}`;
}

/** One page of the rows that match a condition. */
type PageWhere = Paging & { readonly where: RawBuilder<SqlBool> };

type PageColumns = Pick<RowsQuery, "columns" | "siteId" | "sort">;

/**
 * The rows of one page. Documents are read for these rows only, so that a sort does not move the documents of other rows;
 * and only if a response can contain them, else the columns are null. Databases know the size of a text without reading it.
 *
 * @param page `keys` selects the sort keys too, as `key0`, `key1` and so on
 */
export function pageRows<Row>(
  entity: Entity,
  query: PageColumns,
  page: PageWhere & { readonly keys: boolean },
): RawBuilder<Row> {
  const { isRow, pageTable, size, table } = partsOf(entity, query, page);
  const selected = columnsOf(query).map((name) => `${entity.table}.${name}`);
  if (page.keys) selected.push(...query.sort.map((_, index) => `page.key${index}`));
  return sql`${pageTable} select ${sql.join(selected.map((name) => sql.ref(name)))}
    from page left join ${table} on ${isRow(entity.table)}
      and (select sum(${size}) from page cross join ${table} as sized where ${isRow("sized")}) <= ${maxListBytes}
    order by ${orderOfPage(query.sort)}`;
}

/** The size of each row of a page in bytes. */
export function rowSizes(
  entity: Entity,
  query: PageColumns,
  page: PageWhere,
): RawBuilder<{ readonly size: number }> {
  const { isRow, pageTable, size, table } = partsOf(entity, query, page);
  return sql`${pageTable} select ${size} as size from page cross join ${table} as sized
    where ${isRow("sized")} order by ${orderOfPage(query.sort)}`;
}

/** Whether the columns of a page were not read, because a response cannot contain them. Stored columns are never NULL. */
export function isTooLarge(rows: readonly object[], query: PageColumns): boolean {
  const [name = ""] = columnsOf(query);
  const [first] = rows as readonly Readonly<Record<string, unknown>>[];
  return first !== undefined && first[name] === null;
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

function partsOf({ key, table }: Entity, query: PageColumns, page: PageWhere) {
  const keys = query.sort.map(({ column }, index) => sql`${sql.ref(column)} as ${sql.ref(`key${index}`)}`);
  const order = query.sort.map(({ column, direction }) => ordered(column, direction));
  const sizes = columnsOf(query).map((name) => sql`octet_length(${sql.ref(`sized.${name}`)})`);
  return {
    table: sql.table(table),
    pageTable: sql`with page as (
      select ${sql.ref(key)} as id, ${sql.join(keys)} from ${sql.table(table)} where ${page.where}
      order by ${sql.join(order)} limit ${page.limit} offset ${page.offset}
    )`,
    size: sql.join(sizes, sql` + `),
    isRow: (alias: string) => sql`${sql.ref(`${alias}.site_id`)} = ${query.siteId}
      and ${sql.ref(`${alias}.${key}`)} = page.id`,
  };
}

function columnsOf({ columns }: PageColumns): readonly string[] {
  return columns ?? ["document"];
}

function orderOfPage(sort: readonly SortKey[]): RawBuilder<unknown> {
  return sql.join(sort.map(({ direction }, index) => ordered(`page.key${index}`, direction)));
}

function ordered(column: string, direction: SortKey["direction"]): RawBuilder<unknown> {
  return direction === "asc" ? sql`${sql.ref(column)} asc` : sql`${sql.ref(column)} desc`;
}
