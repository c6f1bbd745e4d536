import type { CountsTable, Page, Queries, Write } from "../../infrastructure/database/index.ts";
import { durationBounds } from "./metrics.ts";

/** Adds counts to the stored ones. Each row is of another key. */
export async function addCounts(trx: Write, rows: readonly CountsTable[]): Promise<void> {
  const columns = [
    "requests",
    "duration_ms",
    ...durationBounds.map((bound) => `ms_${bound}` as const),
  ] as const;
  await trx
    .insertInto("counts")
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(["app_id", "metric", "step", "at", "outcome"])
        .doUpdateSet((eb) =>
          Object.fromEntries(
            columns.map((column) => [
              column,
              eb(eb.ref(`counts.${column}`), "+", eb.ref(`excluded.${column}`)),
            ]),
          ),
        ),
    )
    .execute();
}

/** The rows of an app or of all apps from `since` to before `until` (epoch milliseconds), the oldest first. */
export async function readCounts(
  db: Queries,
  {
    appId,
    metric,
    since,
    step,
    until,
  }: { appId: string; metric: string; step: CountsTable["step"]; since: number; until: number },
): Promise<CountsTable[]> {
  return await db
    .selectFrom("counts")
    .selectAll()
    .where("app_id", "=", appId)
    .where("metric", "=", metric)
    .where("step", "=", step)
    .where("at", ">=", since)
    .where("at", "<", until)
    .orderBy("at")
    .execute();
}

/** Returns a step that deletes the oldest counts before a time: those of one app and time for each of at most `limit` rows. */
export function pruneCounts(
  step: CountsTable["step"],
): (trx: Write, page: Page & { before: number }) => Promise<string | undefined> {
  return async (trx, { before, limit }) => {
    const oldest = await trx
      .selectFrom("counts")
      .select(["at", "app_id"])
      .where("step", "=", step)
      .where("at", "<", before)
      .orderBy("at")
      .orderBy("app_id")
      .limit(limit)
      .execute();
    for (const [at, rows] of Map.groupBy(oldest, (row) => row.at)) {
      const apps = [...new Set(rows.map((row) => row.app_id))];
      await trx
        .deleteFrom("counts")
        .where("step", "=", step)
        .where("at", "=", at)
        .where("app_id", "in", apps)
        .execute();
    }
    return oldest.length < limit ? undefined : "";
  };
}
