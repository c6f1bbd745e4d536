import { infiniteQueryOptions } from "@tanstack/react-query";

const pageSize = 100;
const liveMs = 3_000;

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

interface ListOptions<Item> {
  readonly queryKey: readonly unknown[];
  /** Reads a page with these parameters of the query. */
  readonly read: (page: { readonly limit: number; readonly cursor?: string }) => Promise<Page<Item>>;
  /** Reads the first page again every three seconds, until a second one is shown. Default: false. */
  readonly live?: boolean;
}

/** A list of the API, in pages of 100. */
export function listQuery<Item>({ live = false, queryKey, read }: ListOptions<Item>) {
  return infiniteQueryOptions({
    queryKey,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam: cursor }) => read({ limit: pageSize, ...(cursor !== undefined && { cursor }) }),
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: ({ state }) => (live && (state.data?.pages.length ?? 0) < 2 ? liveMs : false),
  });
}

/** Options of a query that is read again every three seconds while the page is visible. */
export const live = { refetchInterval: liveMs } as const;
