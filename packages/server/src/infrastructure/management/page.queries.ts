import { type SelectQueryBuilder, type StringReference, sql } from "kysely";
import type { Page } from "./read.ts";

/** Selects one page in ascending order of a unique column. */
export function pageAfter<DB, TB extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, TB, Row>,
  column: StringReference<DB, TB>,
  { after, limit }: Page,
): SelectQueryBuilder<DB, TB, Row> {
  const position = sql.ref<string>(column);
  return query.where(position, ">", after).orderBy(position).limit(limit);
}

/** Selects one page in descending order of a unique column whose values begin with a time: the newest rows come first. */
export function newestFirst<DB, TB extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, TB, Row>,
  column: StringReference<DB, TB>,
  { after, limit }: Page,
): SelectQueryBuilder<DB, TB, Row> {
  const position = sql.ref<string>(column);
  const newest = query.orderBy(position, "desc").limit(limit);
  return after === "" ? newest : newest.where(position, "<", after);
}
