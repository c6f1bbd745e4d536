import type { CallOptions } from "../api-call.ts";

/** One page of the items that match a query. */
export interface QueryResult<Item> {
  readonly items: readonly Item[];
  /** The number of items on this page. */
  readonly length: number;
  /** The number of items on a full page. */
  readonly pageSize: number;
  /** The page number, starting at 0. */
  readonly currentPage: number;
  /** The number of items on all pages. */
  readonly totalCount: number;
  readonly totalPages: number;
  hasNext(): boolean;
  hasPrev(): boolean;
  /**
   * Gets the next page.
   *
   * @throws {RangeError} after the last page
   */
  next(options?: CallOptions): Promise<QueryResult<Item>>;
  /**
   * Gets the previous page.
   *
   * @throws {RangeError} before the first page
   */
  prev(options?: CallOptions): Promise<QueryResult<Item>>;
}

/** One page from the server. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly totalCount: number;
  readonly skip: number;
  readonly limit: number;
  /** Gets the page that starts after `skip` items. */
  readonly at: (skip: number, options: CallOptions) => Promise<QueryResult<Item>>;
}

/** Adds paging methods to a page. */
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
      if (!hasNext()) throw new RangeError("There is no next page. Check hasNext() before next().");
      return at(skip + limit, options);
    },
    async prev(options = {}) {
      if (!hasPrev()) throw new RangeError("There is no previous page. Check hasPrev() before prev().");
      return at(Math.max(skip - limit, 0), options);
    },
  };
}
