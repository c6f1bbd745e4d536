import { ApiError } from "@latchkey/server";
import type { Entity } from "../fields.ts";
import type { Filter } from "../filter.ts";
import type { Position } from "../read/cursor-page.queries.ts";
import type { PageCursors } from "../read/page-cursors.ts";
import { isObject, type JsonObject, violation } from "../violation.ts";
import { parseFilter } from "./parse-filter.ts";
import { type PageSizes, type Paging, parseLimit, parsePaging } from "./parse-paging.ts";
import { parseSort, type SortKey } from "./parse-sort.ts";

/** The filter and sort of a query, in any form. */
export interface FilterAndSort {
  readonly filter: Filter | undefined;
  /** Ends with a unique column. */
  readonly sort: readonly SortKey[];
}

/** A query in the platformized form. */
export interface PlatformQuery extends FilterAndSort {
  readonly paging: Paging;
  /** Replaces `paging` if the request has it. */
  readonly cursorPaging?: CursorPaging;
}

interface CursorPaging {
  readonly limit: number;
  /** Undefined on the first page. */
  readonly from: Position | undefined;
  /** Filter and sort as they were sent, for the cursors of the response. */
  readonly sent: { readonly filter: unknown; readonly sort: unknown };
}

/** *wire §8.3*: the default is 100. */
const restSizes: PageSizes = { default: 100, min: 1 };
/** *wire §8.2*: the default of the client, which requests pages of 0 items to count. */
const platformSizes: PageSizes = { default: 50, min: 0 };
const cursorSizes: PageSizes = { default: 50, min: 1 };

/** Parses the REST form of a query (*wire §8.3*). Throws a violation for each field that breaks a rule. */
export function parseRestQuery(
  input: JsonObject,
  entity: Entity,
): FilterAndSort & { readonly paging: Paging } {
  const query = membersOf(input.query, "query");
  return { ...parseRows(query, entity), paging: parseRestPaging(query.paging, "query.paging") };
}

/** Parses the paging of the REST form at `path`. */
export function parseRestPaging(input: unknown, path: string): Paging {
  return parsePaging(input, path, restSizes);
}

/**
 * Parses the platformized form of a query (*wire §8.2*). Throws a violation for each field that breaks a rule,
 * `INVALID_CURSOR`.
 */
export function parsePlatformQuery(input: JsonObject, entity: Entity, cursors: PageCursors): PlatformQuery {
  const query = membersOf(input.query, "query");
  const paging = parsePaging(query.paging, "query.paging", platformSizes);
  if (isNone(query.cursorPaging)) return { ...parseRows(query, entity), paging };
  const requested = membersOf(query.cursorPaging, "query.cursorPaging");
  if (!isNone(query.paging)) throw violation("query", "ONE_OF_ALIGNMENT", "has both paging and cursorPaging");
  const limit = parseLimit(requested.limit, "query.cursorPaging.limit", cursorSizes);
  if (isNone(requested.cursor)) {
    const sent = { filter: query.filter, sort: query.sort };
    return { ...parseRows(query, entity), paging, cursorPaging: { limit, from: undefined, sent } };
  }
  const { from, ...sent } = cursors.read(readCursorText(query, requested.cursor));
  const rows = parseRows(sent, entity);
  // A newer server may sort a list by other columns than the one that wrote the cursor.
  if (from.values.length !== rows.sort.length) throw new ApiError("INVALID_CURSOR");
  return { ...rows, paging, cursorPaging: { limit, from, sent } };
}

/** Returns the members of an object; none for null and undefined. */
function membersOf(value: unknown, path: string): JsonObject {
  if (isNone(value)) return {};
  if (isObject(value)) return value;
  throw violation(path, "FORMAT", "must be an object");
}

function parseRows(query: JsonObject, entity: Entity): FilterAndSort {
  return { filter: parseFilter(query.filter, entity.fields), sort: parseSort(query.sort, entity) };
}

function readCursorText(query: JsonObject, cursor: unknown): string {
  for (const name of ["filter", "sort"]) {
    if (isEmpty(query[name])) continue;
    throw violation(
      `query.${name}`,
      "FIELD_NOT_ALLOWED",
      "cannot be combined with a cursor, which carries the filter and sort of the first request",
    );
  }
  if (typeof cursor === "string") return cursor;
  throw violation("query.cursorPaging.cursor", "FORMAT", "must be text");
}

function isNone(value: unknown): boolean {
  return value === undefined || value === null;
}

/** Clients send `{}` and `[]` for no filter and no sort. */
function isEmpty(value: unknown): boolean {
  return (
    isNone(value) || value === "" || (typeof value === "object" && Object.keys(value ?? {}).length === 0)
  );
}
