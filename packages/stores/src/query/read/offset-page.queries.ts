import { type RawBuilder, sql } from "kysely";
import type { Queries } from "../../tables.ts";
import type { Entity } from "../entity.ts";
import type { Paging } from "../parse/parse-paging.ts";
import { documentRows, matching, type RowsQuery } from "./page-rows.queries.ts";

/** Which documents to read by their offset. */
export interface PageQuery extends RowsQuery {
  readonly paging: Paging;
}

/** Documents found by their offset. */
export interface Page<Document> {
  readonly documents: readonly Document[];
  /** How many match, on all pages. */
  readonly total: number;
}

/** The documents at an offset, and how many match. */
export async function readPage<Document>(
  db: Queries,
  entity: Entity,
  query: PageQuery,
): Promise<Page<Document>> {
  const { limit, offset } = query.paging;
  const rows = limit === 0 ? [] : (await pageQuery(entity, query).execute(db)).rows;
  const documents = rows.map((row): Document => JSON.parse(row.document));
  // A page that is not full is the last one: what lies before it has been counted by skipping it.
  const isLast = rows.length > 0 ? rows.length < limit : offset === 0 && limit > 0;
  if (isLast) return { documents, total: offset + rows.length };
  const counted = await countQuery(entity, query).execute(db);
  return { documents, total: counted.rows[0]?.total ?? 0 };
}

export function pageQuery(entity: Entity, query: PageQuery): RawBuilder<{ document: string }> {
  return documentRows(entity, query, { ...query.paging, where: matching(query), keys: false });
}

export function countQuery(entity: Entity, query: RowsQuery): RawBuilder<{ total: number }> {
  return sql`select count(*) as total from ${sql.table(entity.table)} where ${matching(query)}`;
}
