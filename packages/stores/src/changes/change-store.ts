import type { Access, ResourceEvent, Site } from "@latchkey/server";
import { addToNumbers } from "../products.queries.ts";
import type { StoresPlatform } from "../stores-platform.ts";
import type { Write } from "../tables.ts";

/** A store that is locked for one change. */
export interface LockedStore {
  readonly trx: Write;
  readonly site: Site;
  readonly siteId: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Returns a new random GUID. */
  newId(): string;
  /** Publishes an event in the transaction of the change. */
  publish(event: ResourceEvent): void;
  /** Continues the work of the resource after the change is committed. */
  requestWork(): void;
}

/**
 * Runs a change of a store, and appends its events, in one transaction. Changes of the same store run one after
 * another, so they cannot deadlock. Throws `SITE_NOT_FOUND` if the site was deleted.
 */
export async function changeStore<Result>(
  platform: StoresPlatform,
  { appId, siteId, userId }: Pick<Access, "appId" | "siteId" | "userId">,
  change: (store: LockedStore) => Promise<Result>,
): Promise<Result> {
  return await platform.database.write(async (trx) => {
    const site = await platform.lockSite(trx, siteId);
    // Locks the store: the table has one row for each site.
    await addToNumbers(trx, siteId, {});
    const events: ResourceEvent[] = [];
    const identity: ResourceEvent["identity"] =
      userId === undefined ? { identityType: "APP", appId } : { identityType: "WIX_USER", wixUserId: userId };
    const publish = (event: ResourceEvent): void => {
      events.push({ ...event, identity, causedBy: appId });
    };
    const { newId } = platform;
    const requestWork = (): void => platform.requestWork(trx);
    const store = { trx, site, siteId, now: platform.now(), newId, publish, requestWork };
    const result = await change(store);
    await platform.appendEvents(trx, events);
    return result;
  });
}
