import { ApiError } from "@latchkey/server";
import type { Entity } from "../entity.ts";
import type { Filter } from "../filter.ts";
import type { Bookmarks } from "../read/page-cursors.ts";
import type { Position } from "../read/cursor-page.queries.ts";
import { isObject, type Members, violation } from "../violation.ts";
import { parseFilter } from "./parse-filter.ts";
import { type PageSizes, type Paging, parseLimit, parsePaging } from "./parse-paging.ts";
import { parseSort, type SortKey } from "./parse-sort.ts";

/** What a query asks for, in any form. */
export interface AskedRows {
  readonly filter: Filter | undefined;
  /** Ends with a unique column. */
  readonly sort: readonly SortKey[];
}

/** What the platformized form asks for. */
export interface PlatformQuery extends AskedRows {
  readonly paging: Paging;
  /** In the place of `paging`, when it was asked for. */
  readonly cursorPaging?: CursorPaging;
}

interface CursorPaging {
  readonly limit: number;
  /** Undefined on the first page. */
  readonly from: Position | undefined;
  /** The filter and sort that the cursors of the answer carry. */
  readonly again: { readonly filter: unknown; readonly sort: unknown };
}

/** *wire §8.3*: the page size is 100 when none is given. */
const restSizes: PageSizes = { usual: 100, least: 1 };
/** *wire §8.2*: that of the client, which also takes a page of nothing for a count. */
const platformSizes: PageSizes = { usual: 50, least: 0 };
const cursorSizes: PageSizes = { usual: 50, least: 1 };

/** Reads the REST form of a query (*wire §8.3*). Throws a violation for each field that breaks a rule. */
export function parseRestQuery(input: Members, entity: Entity): AskedRows & { readonly paging: Paging } {
  const query = membersOf(input.query, "query");
  return { ...parseRows(query, entity), paging: parseRestPaging(query.paging, "query.paging") };
}

/** Reads the paging of a REST form, which stands at `path`. */
export function parseRestPaging(input: unknown, path: string): Paging {
  return parsePaging(input, path, restSizes);
}

/**
 * Reads the platformized form of a query (*wire §8.2*).
 *
 * Throws a violation for each field that breaks a rule, `INVALID_CURSOR`.
 */
export function parsePlatformQuery(input: Members, entity: Entity, bookmarks: Bookmarks): PlatformQuery {
  const query = membersOf(input.query, "query");
  const paging = parsePaging(query.paging, "query.paging", platformSizes);
  if (isNone(query.cursorPaging)) return { ...parseRows(query, entity), paging };
  const asked = membersOf(query.cursorPaging, "query.cursorPaging");
  if (!isNone(query.paging)) {
    throw violation("query", { violatedRule: "ONE_OF_ALIGNMENT" }, "has both paging and cursorPaging");
  }
  const limit = parseLimit(asked.limit, "query.cursorPaging.limit", cursorSizes);
  if (isNone(asked.cursor)) {
    const again = { filter: query.filter, sort: query.sort };
    return { ...parseRows(query, entity), paging, cursorPaging: { limit, from: undefined, again } };
  }
  const { from, ...again } = bookmarks.read(readCursorText(query, asked.cursor));
  const rows = parseRows(again, entity);
  // The order of a list may have changed since with the server.
  if (from.values.length !== rows.sort.length) throw new ApiError("INVALID_CURSOR");
  return { ...rows, paging, cursorPaging: { limit, from, again } };
}

/** Absent and null are an object without members. */
function membersOf(value: unknown, path: string): Members {
  if (isNone(value)) return {};
  if (isObject(value)) return value;
  throw violation(path, { violatedRule: "FORMAT" }, "must be an object");
}

function parseRows(query: Members, entity: Entity): AskedRows {
  return { filter: parseFilter(query.filter, entity.fields), sort: parseSort(query.sort, entity) };
}

function readCursorText(query: Members, cursor: unknown): string {
  for (const name of ["filter", "sort"]) {
    if (isEmpty(query[name])) continue;
    throw violation(
      `query.${name}`,
      { violatedRule: "FIELD_NOT_ALLOWED" },
      "cannot stand beside a cursor, which carries the one that the list was begun with",
    );
  }
  if (typeof cursor === "string") return cursor;
  throw violation("query.cursorPaging.cursor", { violatedRule: "FORMAT" }, "must be text");
}

function isNone(value: unknown): boolean {
  return value === undefined || value === null;
}

/** Asks nothing: the clients of this wire send `{}` and `[]` for none. */
function isEmpty(value: unknown): boolean {
  return (
    isNone(value) || value === "" || (typeof value === "object" && Object.keys(value ?? {}).length === 0)
  );
}
