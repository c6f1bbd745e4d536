import type { Clock } from "../../../infrastructure/clock/index.ts";
import type { Database, Ids, Write } from "../../../infrastructure/database/index.ts";
import { insertDeliveries } from "./insert-deliveries.queries.ts";
import { applyInstanceEvent, readInstalledInstances } from "./instance-sequences.queries.ts";
import {
  claimPendingEvents,
  hasPendingEvents,
  markFannedOut,
  type PendingEvent,
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
}

const eventsPerPass = 100;
const instancesPerStep = 500;
/** A pass starts no further event after this many deliveries: SQLite has no other writer meanwhile. */
const deliveriesPerPass = 1_000;

/**
 * Inserts the deliveries of pending events, up to a limit, in one transaction. It also stores which events are fanned out,
 * and how far, so that a process that crashes neither loses nor repeats a delivery.
 */
export async function fanOut({ clock, database, ids }: FanOutDependencies): Promise<FanOutResult> {
  // A write transaction makes other writers wait, so none starts without work.
  if (!(await hasPendingEvents(database.read))) return { events: 0, deliveries: 0, more: false };
  return await database.writeRelaxed(async (trx) => {
    const events = await claimPendingEvents(trx, eventsPerPass);
    const subscribers = new SubscriberReader(trx);
    const pass: Pass = { trx, ids, now: clock.now(), subscribers, recipientsBySite: new Map() };
    const finished: string[] = [];
    const unfinishedSites = new Set<string>();
    let deliveries = 0;
    let more = events.length === eventsPerPass;
    for (const event of events) {
      if (deliveries >= deliveriesPerPass) {
        more = true;
        break;
      }
      // Later events of a site wait until all of its instances have the earlier one.
      if (unfinishedSites.has(event.site_id)) continue;
      const { cursor, recipients } = await nextRecipients(pass, event);
      deliveries += await insertDeliveries(trx, event, { ...pass, recipients });
      if (cursor === undefined) finished.push(event.event_id);
      else {
        await saveFanOutCursor(trx, event.event_id, cursor);
        unfinishedSites.add(event.site_id);
      }
    }
    await markFannedOut(trx, finished, pass.now);
    return { events: events.length, deliveries, more: more || unfinishedSites.size > 0 };
  });
}

interface Pass {
  readonly trx: Write;
  readonly ids: Ids;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly subscribers: SubscriberReader;
  /** Recipients by site id, for sites whose instances fit in one step. */
  readonly recipientsBySite: Map<string, Recipients>;
}

/** Recipients of an event: all, or a page that ends with the instance `cursor`. */
interface RecipientPage {
  readonly recipients: Recipients;
  readonly cursor?: string | undefined;
}

async function nextRecipients(pass: Pass, event: PendingEvent): Promise<RecipientPage> {
  const { recipientsBySite, subscribers, trx } = pass;
  const { fan_out_cursor: after, site_id: siteId } = event;
  if (event.instance_id !== null) {
    // The event may change whether the instance is installed or blocked.
    recipientsBySite.delete(siteId);
    return { recipients: new Recipients(await applyInstanceEvent(trx, event), subscribers) };
  }
  const known = after === null ? recipientsBySite.get(siteId) : undefined;
  if (known !== undefined) return { recipients: known };
  const page = { siteId, after: after ?? "", limit: instancesPerStep };
  const instances = await readInstalledInstances(trx, page);
  const recipients = new Recipients(instances, subscribers);
  if (instances.length === instancesPerStep) return { recipients, cursor: instances.at(-1)?.instance_id };
  if (after === null) recipientsBySite.set(siteId, recipients);
  return { recipients };
}
