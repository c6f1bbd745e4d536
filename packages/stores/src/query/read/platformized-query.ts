import type { Cursors } from "@latchkey/server";
import type { Queries } from "../../tables.ts";
import type { Entity } from "../entity.ts";
import { parsePlatformQuery } from "../parse/parse-query.ts";
import type { Members } from "../violation.ts";
import { createBookmarks } from "./page-cursors.ts";
import { readPage } from "./offset-page.queries.ts";
import type { RowsQuery } from "./page-rows.queries.ts";
import { readSlice } from "./cursor-page.queries.ts";

/** The platformized paging of an answer (*wire §8.2*). */
export type PlatformMetadata = OffsetMetadata | CursorMetadata;

export interface OffsetMetadata {
  readonly count: number;
  readonly offset: number;
  readonly total: number;
}

export interface CursorMetadata {
  readonly count: number;
  readonly cursors: { readonly next?: string; readonly prev?: string };
}

/** Where a platformized query runs. */
export interface PlatformQueryDependencies {
  readonly db: Queries;
  readonly cursors: Cursors;
}

/**
 * Answers a platformized query (*wire §8.2*) of any kind of documents, by offset or by cursor.
 *
 * Throws violations, and `INVALID_CURSOR`.
 *
 * @param input the request as it was sent, with its `query`
 */
export async function runPlatformQuery<Document>(
  { cursors, db }: PlatformQueryDependencies,
  entity: Entity,
  { input, ...where }: Pick<RowsQuery, "siteId" | "only"> & { readonly input: Members },
): Promise<{ documents: readonly Document[]; metadata: PlatformMetadata }> {
  const bookmarks = createBookmarks(cursors, `${entity.table} of ${where.siteId}`);
  const { cursorPaging, paging, ...asked } = parsePlatformQuery(input, entity, bookmarks);
  if (cursorPaging === undefined) {
    const { documents, total } = await readPage<Document>(db, entity, { ...asked, ...where, paging });
    return { documents, metadata: { count: documents.length, offset: paging.offset, total } };
  }
  const { limit, from, again } = cursorPaging;
  const slice = await readSlice<Document>(db, entity, { ...asked, ...where, limit, from });
  const { before, behind, documents } = slice;
  const pages = {
    ...(behind === undefined ? {} : { next: bookmarks.write({ ...again, from: behind }) }),
    ...(before === undefined ? {} : { prev: bookmarks.write({ ...again, from: before }) }),
  };
  return { documents, metadata: { count: documents.length, cursors: pages } };
}
