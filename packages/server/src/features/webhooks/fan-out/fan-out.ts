import type { Clock } from "../../../infrastructure/clock/index.ts";
import type { Database, Ids, Write } from "../../../infrastructure/database/index.ts";
import { insertDeliveries } from "./insert-deliveries.queries.ts";
import { applyInstanceEvent, readInstalledInstances } from "./instance-sequences.queries.ts";
import {
  claimPendingEvents,
  markFannedOut,
  type PendingEvent,
  readPendingSites,
  saveFanOutCursor,
} from "./pending-events.queries.ts";
import { Recipients, SubscriberReader } from "./recipients.queries.ts";

export interface FanOutDependencies {
  readonly clock: Clock;
  readonly database: Database;
  readonly ids: Ids;
}

export interface FanOutResult {
  /** Number of claimed events. */
  readonly events: number;
  /** Number of inserted deliveries. */
  readonly deliveries: number;
  /** Whether another pass may find work now. */
  readonly more: boolean;
  /** Id of the last site of this pass: the next pass continues after it. */
  readonly lastSite: string;
}

const sitesPerPass = 20;
const eventsPerPass = 100;
const instancesPerStep = 500;
/** A pass starts no further event after this many deliveries: SQLite has no other writer meanwhile. */
const deliveriesPerPass = 1_000;

/**
 * Inserts the deliveries of pending events, up to a limit, in one transaction. It also stores which events are fanned out,
 * and how far, so that a process that crashes neither loses nor repeats a delivery.
 *
 * Sites take turns, and those of one pass share its limits, so that a burst of one site does not delay others.
 */
export async function fanOut(
  { clock, database, ids }: FanOutDependencies,
  lastSite: string,
): Promise<FanOutResult> {
  // A write transaction makes other writers wait, so none starts without work.
  const sites = await readPendingSites(database.read, { after: lastSite, limit: sitesPerPass });
  if (sites.length === 0) return { events: 0, deliveries: 0, more: false, lastSite: "" };
  return await database.writeRelaxed(async (trx) => {
    const subscribers = new SubscriberReader(trx);
    const pass: Pass = { trx, ids, now: clock.now(), subscribers };
    const share = {
      events: Math.ceil(eventsPerPass / sites.length),
      deliveries: Math.ceil(deliveriesPerPass / sites.length),
    };
    const total = { events: 0, deliveries: 0, more: sites.length === sitesPerPass, lastSite };
    for (const siteId of sites) {
      if (total.deliveries >= deliveriesPerPass) {
        total.more = true;
        break;
      }
      const turn = await fanOutSite(pass, siteId, share);
      total.events += turn.events;
      total.deliveries += turn.deliveries;
      total.more ||= turn.more;
      total.lastSite = siteId;
    }
    return total;
  });
}

/** Fans out the oldest events of a site, up to its share of the pass. */
async function fanOutSite(
  pass: Pass,
  siteId: string,
  share: { events: number; deliveries: number },
): Promise<Omit<FanOutResult, "lastSite">> {
  const { now, trx } = pass;
  const events = await claimPendingEvents(trx, siteId, share.events);
  const finished: string[] = [];
  let deliveries = 0;
  let everyone: Recipients | undefined;
  for (const event of events) {
    if (deliveries >= share.deliveries) break;
    // An event of one instance may change whether the instance is installed or blocked.
    if (event.instance_id !== null) everyone = undefined;
    const { cursor, isEveryone, recipients } = await nextRecipients(pass, event, everyone);
    deliveries += await insertDeliveries(trx, event, { ...pass, recipients });
    if (isEveryone) everyone = recipients;
    // Later events wait until all instances have this one.
    if (cursor !== undefined) {
      await saveFanOutCursor(trx, event.event_id, cursor);
      break;
    }
    finished.push(event.event_id);
  }
  await markFannedOut(trx, finished, now);
  const more = events.length === share.events || finished.length < events.length;
  return { events: events.length, deliveries, more };
}

interface Pass {
  readonly trx: Write;
  readonly ids: Ids;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly subscribers: SubscriberReader;
}

/** Recipients of an event: all, or a page that ends with the instance `cursor`. */
interface RecipientPage {
  readonly recipients: Recipients;
  readonly cursor?: string | undefined;
  /** Whether they are all installed instances of the site. */
  readonly isEveryone: boolean;
}

/** @param everyone all installed instances of the site, when an earlier event of the turn has read them */
async function nextRecipients(
  { subscribers, trx }: Pass,
  event: PendingEvent,
  everyone: Recipients | undefined,
): Promise<RecipientPage> {
  const { fan_out_cursor: after, site_id: siteId } = event;
  if (event.instance_id !== null) {
    const recipients = new Recipients(await applyInstanceEvent(trx, event), subscribers);
    return { recipients, isEveryone: false };
  }
  if (after === null && everyone !== undefined) return { recipients: everyone, isEveryone: true };
  const page = { siteId, after: after ?? "", limit: instancesPerStep };
  const instances = await readInstalledInstances(trx, page);
  const recipients = new Recipients(instances, subscribers);
  const isLastPage = instances.length < instancesPerStep;
  const cursor = isLastPage ? undefined : instances.at(-1)?.instance_id;
  return { recipients, cursor, isEveryone: isLastPage && after === null };
}
