import { maxListBytes } from "@latchkey/server";
import { type RawBuilder, sql } from "kysely";
import type { Queries } from "../../tables.ts";
import type { Entity } from "../fields.ts";
import { isEmpty } from "../filter.ts";
import type { Paging } from "../parse/parse-paging.ts";
import { violation } from "../violation.ts";
import { fitting, isTooLarge, matching, pageRows, type RowsQuery, rowSizes } from "./page-rows.queries.ts";

/** A query for the page at an offset. */
export interface PageQuery extends RowsQuery {
  readonly paging: Paging;
}

/** A page at an offset. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  /** How many rows match, on all pages. */
  readonly total: number;
}

/**
 * Reads the page at an offset, and counts the rows that match. Throws a violation that names the largest limit if the
 * rows do not fit into a response, `ITEM_TOO_LARGE`.
 */
export async function readPage<Row extends object>(
  db: Queries,
  entity: Entity,
  query: PageQuery,
): Promise<Page<Row>> {
  const { limit, offset } = query.paging;
  const { rows } = limit === 0 ? { rows: [] } : await pageQuery<Row>(entity, query).execute(db);
  if (isTooLarge(rows, query)) await refuseLimit(db, entity, query);
  // A page that is not full is the last one, so its offset counts the rows before it.
  const isLast = rows.length > 0 ? rows.length < limit : offset === 0 && limit > 0;
  if (isLast) return { rows, total: offset + rows.length };
  const counted = await countQuery(entity, query).execute(db);
  return { rows, total: counted.rows[0]?.total ?? 0 };
}

async function refuseLimit(db: Queries, entity: Entity, query: PageQuery): Promise<never> {
  const sizes = await rowSizes(entity, query, { ...query.paging, where: matching(query) }).execute(db);
  const threshold = fitting(sizes.rows);
  throw violation(
    "query.paging.limit",
    ["MAX", threshold],
    `must be at most ${threshold} at this offset, because a response has at most ${maxListBytes} bytes of items`,
  );
}

export function pageQuery<Row>(entity: Entity, query: PageQuery): RawBuilder<Row> {
  return pageRows(entity, query, { ...query.paging, where: matching(query), keys: false });
}

export function countQuery(entity: Entity, query: RowsQuery): RawBuilder<{ total: number }> {
  if (query.total !== undefined && isEmpty(query.filter)) return query.total;
  return sql`select count(*) as total from ${sql.table(entity.table)} where ${matching(query)}`;
}
