import type { Queries, Write } from "../../infrastructure/database/index.ts";
import { type Retention, type RetentionKindName, retentionKindNames, retentionKinds } from "./kinds.ts";

/** How long rows are kept now: as an operator set it, or by default. */
export async function readRetention(db: Queries): Promise<Retention> {
  const rows = await db.selectFrom("retention").selectAll().execute();
  const set = new Map(rows.map((row) => [row.kind, row.days]));
  const days = retentionKindNames.map((kind) => [kind, set.get(kind) ?? retentionKinds[kind].default]);
  return Object.fromEntries(days) as Retention;
}

/** Sets the days of a kind; null restores its default. */
export async function setRetention(trx: Write, kind: RetentionKindName, days: number | null): Promise<void> {
  if (days === null) {
    await trx.deleteFrom("retention").where("kind", "=", kind).execute();
    return;
  }
  await trx
    .insertInto("retention")
    .values({ kind, days })
    .onConflict((conflict) => conflict.column("kind").doUpdateSet({ days }))
    .execute();
}
