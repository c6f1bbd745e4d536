import { sql } from "kysely";
import type { Page, Queries, Step, Write } from "../../infrastructure/database/index.ts";

/** How many rows of each log an app may have. */
export interface LogQuota {
  readonly maxRows: number;
  /** Called for each app and log with more rows. */
  readonly onExceeded: () => void;
}

/** Rows of an app from the one after `after` to the newest one above its quota. */
export interface RowsAboveQuota extends Page {
  readonly appId: string;
  readonly newest: string;
}

const idOf = { deliveries: "delivery_id", service_plugin_calls: "call_id" } as const;
const appsPerStep = 10;

/** Finds the apps that have more rows in a log than they may, then calls `prune` for the rows of one after the other. */
export function pruneAboveQuota(
  log: keyof typeof idOf,
  { maxRows, onExceeded }: LogQuota,
  prune: (trx: Write, rows: RowsAboveQuota) => Promise<string | undefined>,
): Step {
  /** By app id: the newest row above the quota. */
  const above = new Map<string, string>();
  const begin = (appId: string | undefined) => (appId === undefined ? undefined : `${appId} `);
  return async (trx, { after, limit }) => {
    const [appId = "", position] = after.split(" ");
    if (position === undefined) {
      const apps = await newestAboveQuota(trx, log, { after: appId, maxRows });
      for (const { app_id, newest } of apps) if (newest !== null) above.set(app_id, newest);
      if (apps.length === appsPerStep) return apps.at(-1)?.app_id;
      for (const _ of above) onExceeded();
      return begin([...above.keys()][0]);
    }
    const next = await prune(trx, { appId, newest: above.get(appId) ?? "", after: position, limit });
    if (next !== undefined) return `${appId} ${next}`;
    const apps = [...above.keys()];
    return begin(apps[apps.indexOf(appId) + 1]);
  };
}

async function newestAboveQuota(
  trx: Write,
  log: keyof typeof idOf,
  { after, maxRows }: { after: string; maxRows: number },
): Promise<{ app_id: string; newest: string | null }[]> {
  const id = sql.ref(`${log}.${idOf[log]}`);
  return await trx
    .selectFrom("apps")
    .select("app_id")
    .select(
      sql<string | null>`(select ${id} from ${sql.table(log)} where ${sql.table(log)}.app_id = apps.app_id
        order by ${id} desc limit 1 offset ${sql.lit(maxRows)})`.as("newest"),
    )
    .where("app_id", ">", after)
    .orderBy("app_id")
    .limit(appsPerStep)
    .execute();
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
