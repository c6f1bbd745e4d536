import { days } from "../../infrastructure/clock/index.ts";
import type { Page, Step, Write } from "../../infrastructure/database/index.ts";
import type { Retention, RetentionKindName } from "./kinds.ts";

/** Deletes up to `limit` rows that are older than `before` (epoch milliseconds). */
type Prune = (trx: Write, page: Page & { readonly before: number }) => Promise<string | undefined>;

/** Returns how to make a step of maintenance that deletes rows of a kind past their retention at `now` (epoch milliseconds). */
export function keptFor(retention: Retention, now: number): (kind: RetentionKindName, prune: Prune) => Step {
  return (kind, prune) => async (trx, page) => {
    const kept = retention[kind];
    return kept === null ? undefined : await prune(trx, { ...page, before: now - days(kept) });
  };
}
