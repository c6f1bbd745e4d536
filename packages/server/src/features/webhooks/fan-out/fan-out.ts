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
import { createRecipients, type Recipients } from "./recipients.queries.ts";
import { createSubscriberReader, type SubscriberReader } from "./subscribers.queries.ts";

export interface FanOutDependencies {
  readonly clock: Clock;
  readonly database: Database;
  readonly ids: Ids;
}

/** Result of one pass. */
export interface FanOutPass {
  /** Number of events that were claimed. */
  readonly events: number;
  /** Number of deliveries that were inserted. */
  readonly deliveries: number;
  /** Whether another pass may find work now. */
  readonly more: boolean;
}

const eventsPerPass = 100;
const instancesPerStep = 500;
/** A pass starts no further event after this many deliveries: SQLite has no other writer meanwhile. */
const deliveriesPerPass = 1_000;

/**
 * Inserts the deliveries of pending events, up to a limit, in one transaction. The mark on the event and its cursor are
 * stored together with the deliveries, so a process that crashes neither loses nor repeats one.
 */
export async function fanOut({ clock, database, ids }: FanOutDependencies): Promise<FanOutPass> {
  // Without work no write transaction starts, which would make other writers wait.
  if (!(await hasPendingEvents(database.read))) return { events: 0, deliveries: 0, more: false };
  return await database.writeRelaxed(async (trx) => {
    const events = await claimPendingEvents(trx, eventsPerPass);
    const subscribers = createSubscriberReader(trx);
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
      const step = await (event.instance_id === null
        ? fanOutToSite(pass, event)
        : fanOutToInstance(pass, event));
      deliveries += step.deliveries;
      if (step.more) unfinishedSites.add(event.site_id);
      else finished.push(event.event_id);
    }
    await markFannedOut(trx, finished, pass.now);
    return { events: events.length, deliveries, more: more || unfinishedSites.size > 0 };
  });
}

type FanOutStep = Omit<FanOutPass, "events">;

interface Pass {
  readonly trx: Write;
  readonly ids: Ids;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly subscribers: SubscriberReader;
  /** Recipients by site id, for sites whose instances fit in one step. */
  readonly recipientsBySite: Map<string, Recipients>;
}

async function fanOutToInstance(pass: Pass, event: PendingEvent): Promise<FanOutStep> {
  const { app_id, instance_id, site_id } = event;
  if (app_id === null || instance_id === null) return { deliveries: 0, more: false };
  // The event may change whether the instance is installed or blocked.
  pass.recipientsBySite.delete(site_id);
  const instance = await applyInstanceEvent(pass.trx, { ...event, app_id, instance_id });
  if (instance === undefined) return { deliveries: 0, more: false };
  const recipients = createRecipients(pass.trx, [instance], pass.subscribers);
  return { deliveries: await insertDeliveries(pass.trx, event, { ...pass, recipients }), more: false };
}

async function fanOutToSite(pass: Pass, event: PendingEvent): Promise<FanOutStep> {
  const known = event.fan_out_cursor === null ? pass.recipientsBySite.get(event.site_id) : undefined;
  if (known !== undefined) {
    return {
      deliveries: await insertDeliveries(pass.trx, event, { ...pass, recipients: known }),
      more: false,
    };
  }
  const page = { siteId: event.site_id, after: event.fan_out_cursor ?? "", limit: instancesPerStep };
  const instances = await readInstalledInstances(pass.trx, page);
  const recipients = createRecipients(pass.trx, instances, pass.subscribers);
  const deliveries = await insertDeliveries(pass.trx, event, { ...pass, recipients });
  const last = instances.at(-1);
  if (last === undefined || instances.length < instancesPerStep) {
    if (event.fan_out_cursor === null) pass.recipientsBySite.set(event.site_id, recipients);
    return { deliveries, more: false };
  }
  await saveFanOutCursor(pass.trx, event.event_id, last.instance_id);
  return { deliveries, more: true };
}
