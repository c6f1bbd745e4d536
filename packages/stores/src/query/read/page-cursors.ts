import { ApiError, type Cursors } from "@latchkey/server";
import { violation } from "../violation.ts";
import type { Position } from "./cursor-page.queries.ts";

/** Where a list goes on, with the filter and the sort that it was begun with, as they were sent. */
export interface Bookmark {
  readonly filter: unknown;
  readonly sort: unknown;
  readonly from: Position;
}

/** Turns bookmarks into cursors and back. */
export interface Bookmarks {
  /** Throws a violation when the filter makes the cursor longer than clients take. */
  write(bookmark: Bookmark): string;
  /** Throws `INVALID_CURSOR` for whatever `write` did not make for this list. */
  read(cursor: string): Bookmark;
}

/** The length that the wire gives a cursor. */
const maxLength = 16_000;

/** @param list what the cursors open: which documents, of which site */
export function createBookmarks(cursors: Cursors, list: string): Bookmarks {
  return {
    write(bookmark) {
      const cursor = cursors.write(list, JSON.stringify(bookmark));
      if (cursor.length <= maxLength) return cursor;
      throw violation(
        "query.filter",
        { violatedRule: "MAX_LENGTH" },
        "is too long for a cursor; use paging, or ask for less",
      );
    },
    read(cursor) {
      if (cursor.length > maxLength) throw new ApiError("INVALID_CURSOR");
      return JSON.parse(cursors.read(list, cursor));
    },
  };
}
