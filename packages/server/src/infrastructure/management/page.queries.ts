import {
  type Expression,
  type RawBuilder,
  type SelectQueryBuilder,
  type SqlBool,
  type StringReference,
  sql,
} from "kysely";
import { lowestIdAt, type Queries } from "../database/index.ts";
import type { FoundPage, Page } from "./read.ts";

/** Selects one page in ascending order of a unique column. */
export function pageAfter<DB, TB extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, TB, Row>,
  column: StringReference<DB, TB>,
  { after, limit }: Page,
): SelectQueryBuilder<DB, TB, Row> {
  const position = sql.ref<string>(column);
  return query.where(position, ">", after).orderBy(position).limit(limit);
}

/** A list of rows, the newest first. */
export interface NewestFirst {
  /** A column, or an expression of one. It is unique, and its values begin with a time. */
  readonly id: string | Expression<unknown>;
  /** What each filter compares with its value: a column of `listed`, or an expression of one. */
  readonly filters: Readonly<Record<string, string | Expression<unknown>>>;
  /** Filters that an index has together, followed by the id. The first ones that are all given select the rows to read. */
  readonly indexes: readonly (readonly string[])[];
}

/** Values of filters, and a time from `since` to before `until`, in epoch milliseconds. Absent ones match all. */
export interface ListFilters {
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly [filter: string]: string | number | undefined;
}

/** Rows that are read for a page. Without this limit, a rare combination of filters would read a whole table. */
const maxRowsRead = 5_000;

/**
 * Finds a page. Reads up to 5,000 rows in the order of an index and applies to them the filters that the index lacks, so a
 * page may have few rows or none, although others follow.
 */
export async function findNewest<DB, TB extends keyof DB, Row>(
  db: Queries,
  rows: SelectQueryBuilder<DB, TB, Row>,
  { filters, list, page }: { list: NewestFirst; filters: ListFilters; page: Page },
): Promise<FoundPage<Row>> {
  const conditions = new Map<string, Expression<SqlBool>>();
  for (const [name, of] of Object.entries(list.filters)) {
    const value = filters[name];
    if (value !== undefined) conditions.set(name, sql`${column(of)} = ${value}`);
  }
  const indexed = list.indexes.find((names) => names.every((name) => conditions.has(name))) ?? [];
  const id = column(list.id);
  let read = rows.orderBy(id, "desc");
  if (filters.since !== undefined) read = read.where(id, ">=", lowestIdAt(filters.since));
  if (filters.until !== undefined) read = read.where(id, "<", lowestIdAt(filters.until));
  if (page.after !== "") read = read.where(id, "<", page.after);
  const others: Expression<SqlBool>[] = [];
  for (const [name, condition] of conditions) {
    if (indexed.includes(name)) read = read.where(condition);
    else others.push(condition);
  }
  if (others.length === 0) return { rows: await read.limit(page.limit).execute() };
  let select = db.selectFrom(read.limit(maxRowsRead).as("listed")).selectAll().orderBy(id, "desc");
  for (const condition of others) select = select.where(condition);
  const found = (await select.limit(page.limit).execute()) as Row[];
  if (found.length === page.limit) return { rows: found };
  const last = read.limit(1).offset(maxRowsRead - 1);
  const position = db.selectFrom(last.as("listed")).select(id.as("id"));
  return { rows: found, continueAfter: (await position.executeTakeFirst())?.id };
}

function column(of: NewestFirst["id"]): RawBuilder<string> {
  return typeof of === "string" ? sql.ref(of) : sql`${of}`;
}
