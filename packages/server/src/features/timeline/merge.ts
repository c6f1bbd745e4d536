import type { FoundPage } from "../../infrastructure/management/index.ts";

/**
 * Merges pages of several lists, each sorted by descending ids, to a page of all. Where a list has stopped before its end, the
 * page stops too, because rows of this list may follow there.
 */
export function mergeNewest<Row extends { readonly id: string }>(
  pages: readonly FoundPage<Row>[],
  limit: number,
): FoundPage<Row> {
  const stops = pages.map(({ continueAfter = "" }) => continueAfter);
  const stop = stops.reduce((latest, one) => (one > latest ? one : latest), "");
  const rows = pages
    .flatMap((page) => page.rows)
    .filter(({ id }) => id >= stop)
    .sort((one, other) => (one.id > other.id ? -1 : 1))
    .slice(0, limit);
  if (rows.length === limit || stop === "") return { rows };
  return { rows, continueAfter: stop };
}
