import type { CallOptions } from "../api-call.ts";

/** One page of what a query found. */
export interface QueryResult<Item> {
  readonly items: readonly Item[];
  /** Items on this page. */
  readonly length: number;
  /** Items that a full page has. */
  readonly pageSize: number;
  /** From 0. */
  readonly currentPage: number;
  /** Items on all pages. */
  readonly totalCount: number;
  readonly totalPages: number;
  hasNext(): boolean;
  hasPrev(): boolean;
  /**
   * Gets the page after this one.
   *
   * @throws {RangeError} behind the last page
   */
  next(options?: CallOptions): Promise<QueryResult<Item>>;
  /**
   * Gets the page before this one.
   *
   * @throws {RangeError} before the first page
   */
  prev(options?: CallOptions): Promise<QueryResult<Item>>;
}

/** What a server said about one page. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly totalCount: number;
  readonly skip: number;
  readonly limit: number;
  /** Gets the page that begins behind so many items. */
  readonly at: (skip: number, options: CallOptions) => Promise<QueryResult<Item>>;
}

/** Adds the arithmetic of paging to a page. */
export function createQueryResult<Item>({
  items,
  totalCount,
  skip,
  limit,
  at,
}: Page<Item>): QueryResult<Item> {
  const hasNext = (): boolean => skip + limit < totalCount;
  const hasPrev = (): boolean => skip > 0;
  return {
    items,
    length: items.length,
    pageSize: limit,
    currentPage: Math.floor(skip / limit),
    totalCount,
    totalPages: Math.ceil(totalCount / limit),
    hasNext,
    hasPrev,
    async next(options = {}) {
      if (!hasNext()) throw new RangeError("There is no next page. Ask hasNext() before next().");
      return at(skip + limit, options);
    },
    async prev(options = {}) {
      if (!hasPrev()) throw new RangeError("There is no previous page. Ask hasPrev() before prev().");
      return at(Math.max(skip - limit, 0), options);
    },
  };
}
