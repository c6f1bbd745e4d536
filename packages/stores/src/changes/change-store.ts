import type { Access, ResourceEvent, Site } from "@latchkey/server";
import { takeNumbers } from "../products.queries.ts";
import type { StoresPlatform } from "../stores-platform.ts";
import type { Write } from "../tables.ts";

/** A site's store that nobody else changes for now. */
export interface OpenStore {
  readonly trx: Write;
  readonly site: Site;
  readonly siteId: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Returns a new random GUID. */
  newId(): string;
  /** Tells of a change: stored with it, or not at all. */
  tell(event: ResourceEvent): void;
}

/**
 * Runs one change of a store in a transaction of its own, with the events it tells of. Changes of one store wait for
 * each other, so that each sees what the one before has left and none can deadlock; those of others go on meanwhile.
 *
 * Throws `SITE_NOT_FOUND` when the site was deleted meanwhile.
 */
export async function changeStore<Result>(
  platform: StoresPlatform,
  { appId, siteId, userId }: Pick<Access, "appId" | "siteId" | "userId">,
  change: (store: OpenStore) => Promise<Result>,
): Promise<Result> {
  return await platform.database.write(async (trx) => {
    const site = await platform.lockSite(trx, siteId);
    await takeNumbers(trx, siteId, 0);
    const told: ResourceEvent[] = [];
    const identity: ResourceEvent["identity"] =
      userId === undefined ? { identityType: "APP", appId } : { identityType: "WIX_USER", wixUserId: userId };
    const tell = (event: ResourceEvent): void => {
      told.push({ ...event, identity });
    };
    const store = { trx, site, siteId, now: platform.now(), newId: platform.newId, tell };
    const result = await change(store);
    await platform.appendEvents(trx, told);
    return result;
  });
}
