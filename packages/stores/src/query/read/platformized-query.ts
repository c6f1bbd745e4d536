import type { Cursors } from "@latchkey/server";
import type { Queries } from "../../tables.ts";
import type { Entity } from "../fields.ts";
import { parsePlatformQuery } from "../parse/parse-query.ts";
import type { JsonObject } from "../violation.ts";
import { readCursorPage } from "./cursor-page.queries.ts";
import { readPage } from "./offset-page.queries.ts";
import { createPageCursors } from "./page-cursors.ts";
import type { RowsQuery } from "./page-rows.queries.ts";

/** The paging of a platformized response (*wire §8.2*). */
export type PlatformMetadata = OffsetMetadata | CursorMetadata;

export interface OffsetMetadata {
  readonly count: number;
  readonly offset: number;
  readonly total: number;
}

export interface CursorMetadata {
  readonly count: number;
  readonly cursors: { readonly next?: string | undefined; readonly prev?: string | undefined };
}

/**
 * Runs a platformized query (*wire §8.2*) of any entity, by offset or by cursor.
 *
 * Throws violations, and `INVALID_CURSOR`.
 *
 * @param query.input the request as it was sent, with its `query`
 */
export async function runPlatformQuery<Row extends object>(
  { cursors, db }: { readonly db: Queries; readonly cursors: Cursors },
  entity: Entity,
  query: Pick<RowsQuery, "siteId" | "only" | "columns"> & { readonly input: JsonObject },
): Promise<{ rows: readonly Row[]; metadata: PlatformMetadata }> {
  const { input, ...rowsOf } = query;
  const pageCursors = createPageCursors(cursors, `${entity.table} of ${rowsOf.siteId}`);
  const { cursorPaging, paging, ...parsed } = parsePlatformQuery(input, entity, pageCursors);
  if (cursorPaging === undefined) {
    const { rows, total } = await readPage<Row>(db, entity, { ...parsed, ...rowsOf, paging });
    return { rows, metadata: { count: rows.length, offset: paging.offset, total } };
  }
  const { limit, from, sent } = cursorPaging;
  const { next, previous, rows } = await readCursorPage<Row>(db, entity, {
    ...parsed,
    ...rowsOf,
    limit,
    from,
  });
  const cursorOf = (position: typeof next) => position && pageCursors.write({ ...sent, from: position });
  return {
    rows,
    metadata: {
      count: rows.length,
      cursors: { next: cursorOf(next), prev: cursorOf(previous) },
    },
  };
}
