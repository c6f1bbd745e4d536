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

/** Whether the text of a column of `listed` contains `part`. SQLite ignores the case of the letters A to Z, PostgreSQL of all. */
export function containing(name: string, part: string): RawBuilder<SqlBool> {
  const pattern = (text: string) => `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`;
  const text = sql.ref(name);
  return sql`(${text} like ${pattern(part)} escape '\\'
    or lower(${text}) like ${pattern(part.toLowerCase())} escape '\\')`;
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

interface Found<DB, TB extends keyof DB, Row> {
  readonly rows: SelectQueryBuilder<DB, TB, Row>;
  readonly list: NewestFirst;
  readonly filters: ListFilters;
  /** Conditions on columns of `listed`, besides those of the filters. */
  readonly where?: readonly Expression<SqlBool>[] | undefined;
}

/**
 * Finds a page. Reads up to 5,000 rows in the order of an index and applies to them the filters that the index lacks, so a
 * page may have few rows or none, although others follow.
 */
export async function findNewest<DB, TB extends keyof DB, Row>(
  db: Queries,
  rows: SelectQueryBuilder<DB, TB, Row>,
  { page, ...found }: Omit<Found<DB, TB, Row>, "rows"> & { page: Page },
): Promise<FoundPage<Row>> {
  return await findInOrder(db, { ...found, rows }, { ...page, direction: "desc" });
}

/** Finds a page as {@link findNewest} does, with the lowest id first. Returns rows with an id lower than `before`; default: all. */
export async function findOldest<DB, TB extends keyof DB, Row>(
  db: Queries,
  found: Found<DB, TB, Row>,
  { before, ...page }: Page & { before?: string },
): Promise<FoundPage<Row>> {
  const rows = before === undefined ? found.rows : found.rows.where(column(found.list.id), "<", before);
  return await findInOrder(db, { ...found, rows }, { ...page, direction: "asc" });
}

/** Counts rows with an id lower than `before`. Reads up to `max` rows; `more` is true when it did not read all. */
export async function countRows<DB, TB extends keyof DB, Row>(
  db: Queries,
  found: Found<DB, TB, Row>,
  { before, max }: { before: string; max: number },
): Promise<{ count: number; more: boolean }> {
  const { others, read } = select(found, "asc");
  const bounded = read.where(column(found.list.id), "<", before);
  let counted = db
    .selectFrom(bounded.limit(max).as("listed"))
    .select((eb) => eb.fn.countAll<number>().as("count"));
  for (const condition of others) counted = counted.where(condition);
  const { count } = await counted.executeTakeFirstOrThrow();
  const next = await bounded.limit(1).offset(max).execute();
  return { count, more: next.length > 0 };
}

async function findInOrder<DB, TB extends keyof DB, Row>(
  db: Queries,
  found: Found<DB, TB, Row>,
  { after, direction, limit }: Page & { direction: "asc" | "desc" },
): Promise<FoundPage<Row>> {
  const id = column(found.list.id);
  const { others, read: all } = select(found, direction);
  const read = after === "" ? all : all.where(id, direction === "asc" ? ">" : "<", after);
  if (others.length === 0) return { rows: await read.limit(limit).execute() };
  let page = db.selectFrom(read.limit(maxRowsRead).as("listed")).selectAll().orderBy(id, direction);
  for (const condition of others) page = page.where(condition);
  const rows = (await page.limit(limit).execute()) as Row[];
  if (rows.length === limit) return { rows };
  const last = read.limit(1).offset(maxRowsRead - 1);
  const position = db.selectFrom(last.as("listed")).select(id.as("id"));
  return { rows, continueAfter: (await position.executeTakeFirst())?.id };
}

/** Selects rows by an index, in the order of ids, and returns the conditions that the index lacks. */
function select<DB, TB extends keyof DB, Row>(
  { filters, list, rows, where = [] }: Found<DB, TB, Row>,
  direction: "asc" | "desc",
): { read: SelectQueryBuilder<DB, TB, Row>; others: readonly Expression<SqlBool>[] } {
  const conditions = new Map<string, Expression<SqlBool>>();
  for (const [name, of] of Object.entries(list.filters)) {
    const value = filters[name];
    if (value !== undefined) conditions.set(name, sql`${column(of)} = ${value}`);
  }
  const indexed = list.indexes.find((names) => names.every((name) => conditions.has(name))) ?? [];
  const id = column(list.id);
  let read = rows.orderBy(id, direction);
  if (filters.since !== undefined) read = read.where(id, ">=", lowestIdAt(filters.since));
  if (filters.until !== undefined) read = read.where(id, "<", lowestIdAt(filters.until));
  const others = [...where];
  for (const [name, condition] of conditions) {
    if (indexed.includes(name)) read = read.where(condition);
    else others.push(condition);
  }
  return { read, others };
}

function column(of: NewestFirst["id"]): RawBuilder<string> {
  return typeof of === "string" ? sql.ref(of) : sql`${of}`;
}
