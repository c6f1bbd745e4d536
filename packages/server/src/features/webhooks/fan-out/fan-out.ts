import type { Clock } from "../../../infrastructure/clock/index.ts";
import type { Database, Ids, Write } from "../../../infrastructure/database/index.ts";
import type { Metrics } from "../../../infrastructure/observability/index.ts";
import { insertAppDeliveries } from "./insert-app-deliveries.queries.ts";
import { insertDeliveries } from "./insert-deliveries.queries.ts";
import { applyInstanceEvent, readInstalledInstances } from "./instance-sequences.queries.ts";
import {
  claimPendingEvents,
  markFannedOut,
  type PendingEvent,
  readPendingSites,
  saveFanOutCursor,
} from "./pending-events.queries.ts";
import type { PendingLimits } from "./pending-limits.ts";
import { Recipients, SubscriberReader } from "./recipients.queries.ts";

export interface FanOutDependencies {
  readonly clock: Clock;
  readonly database: Database;
  readonly ids: Ids;
  readonly metrics: Pick<Metrics, "quotaExceeded">;
  readonly pendingLimits: PendingLimits;
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
  { clock, database, ids, metrics, pendingLimits }: FanOutDependencies,
  lastSite: string,
): Promise<FanOutResult> {
  // A write transaction makes other writers wait, so none starts without work.
  const sites = await readPendingSites(database.read, { after: lastSite, limit: sitesPerPass });
  if (sites.length === 0) return { events: 0, deliveries: 0, more: false, lastSite: "" };
  return await database.writeRelaxed(async (trx) => {
    const subscribers = new SubscriberReader(trx);
    const pass: Pass = { trx, ids, metrics, now: clock.now(), pendingLimits, subscribers };
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
  let finished = 0;
  let deliveries = 0;
  for (const run of runsOf(events)) {
    const maxDeliveries = share.deliveries - deliveries;
    if (maxDeliveries <= 0) break;
    if (isOfApp(run[0])) {
      deliveries += await fanOutToApp(pass, run[0]);
      finished += 1;
      continue;
    }
    const { cursor, recipients } = await nextRecipients(pass, run[0]);
    const handled = cursor === undefined ? run : [run[0]];
    const inserted = await insertDeliveries(trx, handled, { ...pass, recipients, maxDeliveries });
    deliveries += inserted.deliveries;
    // Later events wait until all instances have this one.
    if (cursor !== undefined) {
      await saveFanOutCursor(trx, run[0].event_id, cursor);
      break;
    }
    finished += inserted.events;
    if (inserted.events < run.length) break;
  }
  const ids = events.slice(0, finished).map((event) => event.event_id);
  await markFannedOut(trx, ids, now);
  return {
    events: events.length,
    deliveries,
    more: events.length === share.events || ids.length < events.length,
  };
}

/** Whether an event concerns an app on a site where it has no instance. */
function isOfApp({ app_id, instance_id }: PendingEvent): boolean {
  return app_id !== null && instance_id === null;
}

/** Returns the number of inserted deliveries. */
async function fanOutToApp({ ids, now, subscribers, trx }: Pass, event: PendingEvent): Promise<number> {
  const webhooks = await subscribers.webhooksOf(event.event_type, event.app_id ?? "");
  await insertAppDeliveries(trx, event, { ids, now, webhooks });
  return webhooks.length;
}

type Run = [PendingEvent, ...PendingEvent[]];

/** Groups successive events that go to all installed instances: they have the same recipients. Others are alone. */
function runsOf(events: readonly PendingEvent[]): Run[] {
  const goesToAll = (event: PendingEvent): boolean =>
    event.instance_id === null && event.fan_out_cursor === null && !isOfApp(event);
  const runs: Run[] = [];
  for (const event of events) {
    const last = runs.at(-1);
    if (last !== undefined && goesToAll(last[0]) && goesToAll(event)) last.push(event);
    else runs.push([event]);
  }
  return runs;
}

interface Pass extends Pick<FanOutDependencies, "ids" | "metrics" | "pendingLimits"> {
  readonly trx: Write;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly subscribers: SubscriberReader;
}

/** The recipients of an event: all, or a page of them that ends with the instance `cursor`. */
async function nextRecipients(
  { subscribers, trx }: Pass,
  event: PendingEvent,
): Promise<{ recipients: Recipients; cursor?: string | undefined }> {
  if (event.instance_id !== null) {
    return { recipients: new Recipients(await applyInstanceEvent(trx, event), subscribers) };
  }
  const page = { siteId: event.site_id, after: event.fan_out_cursor ?? "", limit: instancesPerStep };
  const instances = await readInstalledInstances(trx, page);
  const isLastPage = instances.length < instancesPerStep;
  return {
    recipients: new Recipients(instances, subscribers),
    cursor: isLastPage ? undefined : instances.at(-1)?.instance_id,
  };
}
