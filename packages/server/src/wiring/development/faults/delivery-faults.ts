import type { DeliveryFaults, FaultyDelivery } from "../../../features/webhooks/index.ts";
import { createCache } from "../../../infrastructure/cache/index.ts";
import { type Clock, minutes } from "../../../infrastructure/clock/index.ts";
import type { Database } from "../../../infrastructure/database/index.ts";
import type { Outbound, OutboundRequest, OutboundResult } from "../../../infrastructure/outbound/index.ts";
import type { FaultSubject, Faults } from "./faults.ts";
import { makeDue } from "./make-due.queries.ts";

interface Dependencies {
  readonly clock: Clock;
  readonly database: Database;
  readonly faults: Faults;
  readonly outbound: Pick<Outbound, "post">;
}

interface Held {
  readonly deliveryId: string;
  /** Resolves when the database says that the delivery is due later. */
  readonly stored: Promise<void>;
}

/** How long a delivery waits for the next one at most. */
const longestReorder = minutes(1);
const maxPutOff = 10_000;

/** Applies the faults of deliveries. */
export function createDeliveryFaults({ clock, database, faults, outbound }: Dependencies): DeliveryFaults {
  /** Deliveries that were put off. Each is put off once. */
  const putOff = createCache<string, true>({ maxEntries: maxPutOff });
  /** By webhook: the delivery that waits for the next one. */
  const held = new Map<string, Held>();
  const dueAt = (deliveryId: string, at: number): Promise<void> =>
    database.writeRelaxed((trx) => makeDue(trx, deliveryId, at));

  return {
    async postpone(delivery) {
      const { delivery_id: deliveryId, webhook_id: webhookId } = delivery;
      if (held.get(webhookId)?.deliveryId === deliveryId) held.delete(webhookId);
      if (putOff.get(deliveryId)) return false;
      const [fault] = faults.take("delivery", subjectOf(delivery), [
        "delay",
        ...(mayWait(delivery) && !held.has(webhookId) ? (["reorder"] as const) : []),
      ]);
      if (fault === undefined) return false;
      putOff.set(deliveryId, true);
      const stored = dueAt(deliveryId, clock.now() + (fault.delay ?? longestReorder));
      if (fault.reorder) held.set(webhookId, { deliveryId, stored });
      await stored;
      return true;
    },
    async post(delivery, request) {
      const happening = faults.take("delivery", subjectOf(delivery), ["duplicate", "corruptSignature"]);
      const sent = happening.some((fault) => fault.corruptSignature) ? corrupted(request) : request;
      const twice = happening.some((fault) => fault.duplicate);
      const result = twice ? await sendTwice(outbound, sent) : await outbound.post(sent);
      const waiting = held.get(delivery.webhook_id);
      if (waiting !== undefined && held.delete(delivery.webhook_id)) {
        await waiting.stored;
        await dueAt(waiting.deliveryId, clock.now());
      }
      return result;
    },
  };
}

/** The platform sends `AppInstalled` first and replays in order, so these are not sent after others. */
function mayWait({ blocks_until_attempted, ordered }: FaultyDelivery): boolean {
  return blocks_until_attempted === 0 && ordered === 0;
}

function subjectOf({ app_id, event_type, instance_id }: FaultyDelivery): FaultSubject {
  return { appId: app_id, instanceId: instance_id ?? undefined, eventType: event_type };
}

/** Returns the first result that is no success, so that a refused duplicate is noticed. */
async function sendTwice(
  outbound: Pick<Outbound, "post">,
  request: OutboundRequest,
): Promise<OutboundResult> {
  const first = await outbound.post(request);
  const second = await outbound.post(request);
  return first.outcome === "response" && first.status < 300 ? second : first;
}

/** Changes the signature of a JWT in the body, and those in the header. */
function corrupted({ body, headers, ...request }: OutboundRequest): OutboundRequest {
  const isJwt = /^[\w-]+\.[\w-]+\.[\w-]+$/.test(body);
  const signatures = headers["webhook-signature"]?.split(" ").map((one) => change(one, one.indexOf(",") + 1));
  return {
    ...request,
    body: isJwt ? change(body, body.lastIndexOf(".") + 1) : body,
    headers: { ...headers, ...(signatures && { "webhook-signature": signatures.join(" ") }) },
  };
}

function change(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
}
