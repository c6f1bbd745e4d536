import { sql } from "kysely";
import type { Page, Queries, Step, Write } from "../../infrastructure/database/index.ts";

/** How many rows of each log an app may have. */
export interface LogQuota {
  readonly maxRows: number;
  /** Called for each app and log with more rows. */
  readonly onExceeded: () => void;
}

/** By app id: the newest row that the app has above its quota. */
export type RowsAboveQuota = ReadonlyMap<string, string>;

const idOf = { deliveries: "delivery_id", service_plugin_calls: "call_id" } as const;
const appsPerStep = 10;

/** Finds the apps that have more rows in a log than they may, then runs `prune` step by step. */
export function pruneWithinQuota(
  log: keyof typeof idOf,
  { maxRows, onExceeded }: LogQuota,
  prune: (trx: Write, page: Page, above: RowsAboveQuota) => Promise<string | undefined>,
): Step {
  const id = sql.ref(`${log}.${idOf[log]}`);
  const above = new Map<string, string>();
  let lastApp: string | undefined = "";
  return async (trx, page) => {
    if (lastApp === undefined) return await prune(trx, page, above);
    const apps = await trx
      .selectFrom("apps")
      .select("app_id")
      .select(
        sql<string | null>`(select ${id} from ${sql.table(log)} where ${sql.table(log)}.app_id = apps.app_id
          order by ${id} desc limit 1 offset ${sql.lit(maxRows)})`.as("newest"),
      )
      .where("app_id", ">", lastApp)
      .orderBy("app_id")
      .limit(appsPerStep)
      .execute();
    lastApp = apps.length < appsPerStep ? undefined : apps.at(-1)?.app_id;
    for (const { app_id, newest } of apps) {
      if (newest === null) continue;
      above.set(app_id, newest);
      onExceeded();
    }
    return page.after;
  };
}

/** How many rows an app has in a log, counted up to `max`. */
export async function countLogRows(
  db: Queries,
  log: keyof typeof idOf,
  { appId, max }: { appId: string; max: number },
): Promise<number> {
  const rows = db.selectFrom(log).select("app_id").where("app_id", "=", appId).limit(max).as("logged");
  const { count } = await db
    .selectFrom(rows)
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return count;
}
