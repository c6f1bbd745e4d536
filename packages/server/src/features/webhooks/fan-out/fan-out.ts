import type { Clock } from "../../../infrastructure/clock/index.ts";
import type { Database, Ids, Write } from "../../../infrastructure/database/index.ts";
import { insertDeliveries } from "./insert-deliveries.queries.ts";
import { applyInstanceEvent, readInstalledInstances } from "./instance-sequences.queries.ts";
import {
  claimPendingEvents,
  hasPendingEvents,
  markFannedOut,
  markFannedUntil,
  type PendingEvent,
} from "./pending-events.queries.ts";
import { type Audience, createAudience } from "./recipients.queries.ts";
import { readSubscribers, type Subscribers } from "./subscribers.queries.ts";

export interface FanOutSources {
  readonly clock: Clock;
  readonly database: Database;
  readonly ids: Ids;
}

/** What one pass has done. */
export interface FanOutPass {
  /** Events that were looked at. */
  readonly events: number;
  /** Deliveries made. */
  readonly deliveries: number;
  /** Whether another pass may find work at once. */
  readonly more: boolean;
}

const eventsPerPass = 100;
const instancesPerStep = 500;
/** No pass begins with another event beyond so many: nobody else writes to SQLite meanwhile. */
const deliveriesPerPass = 1_000;

/**
 * Makes deliveries of the events that wait, some of them, in one transaction: an event is marked as fanned out together
 * with its last deliveries, and how far it got together with those before, so that a process that dies leaves nothing
 * out and nothing twice.
 */
export async function fanOut({ clock, database, ids }: FanOutSources): Promise<FanOutPass> {
  // Nothing is written, and no writer kept waiting, where there is nothing to do.
  if (!(await hasPendingEvents(database.read))) return { events: 0, deliveries: 0, more: false };
  return await database.writeRelaxed(async (trx) => {
    const events = await claimPendingEvents(trx, eventsPerPass);
    const subscribers = readSubscribers(trx);
    const step: Step = { trx, ids, now: clock.now(), subscribers, audiences: new Map() };
    const done: string[] = [];
    const halfDone = new Set<string>();
    let deliveries = 0;
    let more = events.length === eventsPerPass;
    for (const event of events) {
      if (deliveries >= deliveriesPerPass) {
        more = true;
        break;
      }
      // The later events of a site wait until all of its instances have the earlier one.
      if (halfDone.has(event.site_id)) continue;
      const made = await (event.instance_id === null ? tellSite(step, event) : tellInstance(step, event));
      deliveries += made.deliveries;
      if (made.more) halfDone.add(event.site_id);
      else done.push(event.event_id);
    }
    await markFannedOut(trx, done, step.now);
    return { events: events.length, deliveries, more: more || halfDone.size > 0 };
  });
}

type Told = Omit<FanOutPass, "events">;

interface Step {
  readonly trx: Write;
  readonly ids: Ids;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly subscribers: Subscribers;
  /** Of sites whose instances are few enough to be told in one step. */
  readonly audiences: Map<string, Audience>;
}

async function tellInstance(step: Step, event: PendingEvent): Promise<Told> {
  const { app_id, instance_id, site_id } = event;
  if (app_id === null || instance_id === null) return { deliveries: 0, more: false };
  // It may come, go, or wait for its introduction.
  step.audiences.delete(site_id);
  const instance = await applyInstanceEvent(step.trx, { ...event, app_id, instance_id });
  if (instance === undefined) return { deliveries: 0, more: false };
  const audience = createAudience(step.trx, [instance], step.subscribers);
  return { deliveries: await insertDeliveries(step.trx, event, { ...step, audience }), more: false };
}

async function tellSite(step: Step, event: PendingEvent): Promise<Told> {
  const known = event.fan_position === null ? step.audiences.get(event.site_id) : undefined;
  if (known !== undefined) {
    return { deliveries: await insertDeliveries(step.trx, event, { ...step, audience: known }), more: false };
  }
  const page = { siteId: event.site_id, after: event.fan_position ?? "", limit: instancesPerStep };
  const instances = await readInstalledInstances(step.trx, page);
  const audience = createAudience(step.trx, instances, step.subscribers);
  const deliveries = await insertDeliveries(step.trx, event, { ...step, audience });
  const last = instances.at(-1);
  if (last === undefined || instances.length < instancesPerStep) {
    if (event.fan_position === null) step.audiences.set(event.site_id, audience);
    return { deliveries, more: false };
  }
  await markFannedUntil(step.trx, event.event_id, last.instance_id);
  return { deliveries, more: true };
}
