import type { Clock } from "../../../infrastructure/clock/index.ts";
import type { Database, Ids, Write } from "../../../infrastructure/database/index.ts";
import type { Access } from "../../../infrastructure/routes/index.ts";
import type { EventLog, NewEvent } from "../../events/index.ts";
import { holdSite, type Site } from "../../sites/index.ts";
import { takeNumbers } from "../products.queries.ts";

/** What changes of a store need. */
export interface ChangeSources {
  readonly clock: Clock;
  readonly database: Database;
  readonly events: EventLog;
  readonly ids: Ids;
}

/** A site's store that nobody else changes for now. */
export interface OpenStore {
  readonly trx: Write;
  readonly site: Site;
  readonly siteId: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly ids: Ids;
  /** Tells of a change: stored with it, or not at all. */
  tell(event: NewEvent): void;
}

/**
 * Runs one change of a store in a transaction of its own, with the events it tells of. Changes of one store wait for
 * each other, so that each sees what the one before has left and none can deadlock; those of others go on meanwhile.
 *
 * Throws `SITE_NOT_FOUND` when the site was deleted meanwhile.
 */
export async function changeStore<Result>(
  { clock, database, events, ids }: ChangeSources,
  { appId, siteId, userId }: Pick<Access, "appId" | "siteId" | "userId">,
  change: (store: OpenStore) => Promise<Result>,
): Promise<Result> {
  return await database.write(async (trx) => {
    const site = await holdSite(trx, siteId);
    await takeNumbers(trx, siteId, 0);
    const told: NewEvent[] = [];
    const identity: NewEvent["identity"] =
      userId === undefined ? { identityType: "APP", appId } : { identityType: "WIX_USER", wixUserId: userId };
    const tell = (event: NewEvent): void => {
      told.push({ ...event, identity });
    };
    const store = { trx, site, siteId, now: clock.now(), ids, tell };
    const result = await change(store);
    await events.append(trx, told);
    return result;
  });
}
