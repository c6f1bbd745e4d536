import { ApiError, type Cursors } from "@latchkey/server";
import { violation } from "../violation.ts";
import type { Position } from "./cursor-page.queries.ts";

/** The content of a cursor: a position, and the filter and sort of the first request, as sent. */
export interface PageCursor {
  readonly filter: unknown;
  readonly sort: unknown;
  readonly from: Position;
}

/** Encodes and decodes the cursors of one list. */
export interface PageCursors {
  /** Throws a violation when the filter makes the cursor too long. */
  write(cursor: PageCursor): string;
  /** Throws `INVALID_CURSOR` for any text that `write` did not make for this list. */
  read(cursor: string): PageCursor;
}

/** The longest cursor that the wire allows. */
const maxLength = 16_000;

/** @param list names the documents and the site that the cursors are valid for */
export function createPageCursors(cursors: Cursors, list: string): PageCursors {
  return {
    write(position) {
      const cursor = cursors.write(list, JSON.stringify(position));
      if (cursor.length <= maxLength) return cursor;
      throw violation(
        "query.filter",
        "MAX_LENGTH",
        "is too long for a cursor; use paging or a shorter filter",
      );
    },
    read(cursor) {
      if (cursor.length > maxLength) throw new ApiError("INVALID_CURSOR");
      return JSON.parse(cursors.read(list, cursor));
    },
  };
}
