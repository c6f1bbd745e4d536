import { TestKitError } from "../kit-error.ts";
import { type KnownOptions, requireKnown } from "../known-options.ts";
import type { Manage } from "./manage.ts";

/** An event on its way to one webhook, as `GET /admin/v1/deliveries/{deliveryId}` returns it. */
export interface Delivery {
  readonly deliveryId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly webhookId: string;
  readonly appId: string;
  /** Null for a test of the webhook. */
  readonly instanceId: string | null;
  /** Number of the event among all events of the instance. */
  readonly sequence: number | null;
  readonly status: "blocked" | "pending" | "delivered" | "failed" | "canceled";
  /** Number of attempts. */
  readonly attempts: number;
  /** ISO 8601; null when no attempt is due. */
  readonly nextAttemptAt: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
  /** The last 100 attempts, oldest first. */
  readonly log: readonly DeliveryAttempt[];
}

/** One HTTP request of a delivery. */
export interface DeliveryAttempt {
  readonly attempt: number;
  /** `delivered`, or the kind of failure, such as `wrong_status` or `timeout`. */
  readonly outcome: string;
  /** Status of the response; null when none came. */
  readonly status: number | null;
  /** The beginning of the body of the response. */
  readonly response: string | null;
  /** Why it failed, in words. */
  readonly detail: string | null;
}

/** Selects deliveries. Default: all. */
export interface DeliveryFilters {
  readonly appId?: string | undefined;
  readonly instanceId?: string | undefined;
  readonly webhookId?: string | undefined;
  readonly eventType?: string | undefined;
  readonly status?: Delivery["status"] | undefined;
}

/** The deliveries of a platform. Each method waits until no delivery is due or in flight. */
export interface Deliveries {
  /** The newest 100 deliveries that match, oldest first. */
  deliveries(filters?: DeliveryFilters): Promise<Delivery[]>;
  /** The only delivery that matches. Throws `delivery_not_found` for none and for several, with those that there are. */
  delivery(filters?: DeliveryFilters): Promise<Delivery>;
}

const known: KnownOptions<DeliveryFilters> = {
  ...{ appId: null, instanceId: null, webhookId: null, eventType: null },
  status: ["blocked", "pending", "delivered", "failed", "canceled"],
};

interface List<Item> {
  readonly items: readonly Item[];
}

/** @param settled resolves when no delivery is due or in flight */
export function createDeliveries(manage: Manage, settled: () => Promise<void>): Deliveries {
  const find = async (method: string, filters: DeliveryFilters): Promise<Delivery[]> => {
    requireKnown(method, filters, known);
    await settled();
    const query = new URLSearchParams({ limit: "100" });
    for (const [name, value] of Object.entries(filters)) if (value !== undefined) query.set(name, value);
    const { items } = await manage<List<Delivery>>(`GET /deliveries?${query}`);
    return await Promise.all(
      items.toReversed().map(({ deliveryId }) => manage<Delivery>(`GET /deliveries/${deliveryId}`)),
    );
  };
  return {
    deliveries: (filters = {}) => find("deliveries", filters),
    async delivery(filters = {}) {
      const [found, ...more] = await find("delivery", filters);
      if (found !== undefined && more.length === 0) return found;
      if (found !== undefined)
        throw notOne(`There are ${more.length + 1} deliveries`, filters, { shown: [found, ...more] });
      const others = await find("delivery", {});
      throw notOne("There is no delivery", filters, {
        shown: others,
        advice: await adviceFor(manage, filters),
      });
    },
  };
}

/** Why an app may have no delivery. */
async function adviceFor(manage: Manage, { appId, eventType }: DeliveryFilters): Promise<string[]> {
  if (appId === undefined || eventType === undefined) return [];
  const { items } = await manage<List<{ eventType: string; webhookId: string }>>(
    `GET /apps/${appId}/webhooks?limit=100`,
  );
  const webhook = items.find((one) => one.eventType === eventType);
  if (webhook === undefined) {
    return [`The app has no webhook for ${eventType}: call createWebhook before the event.`];
  }
  const { missingPermission } = await manage<{ missingPermission: string | null }>(
    `GET /apps/${appId}/webhooks/${webhook.webhookId}`,
  );
  if (missingPermission === null) return [];
  return [`No scope of the app has the permission ${missingPermission}, which ${eventType} needs.`];
}

const mostShown = 10;

function notOne(
  what: string,
  filters: DeliveryFilters,
  { advice = [], shown }: { shown: readonly Delivery[]; advice?: readonly string[] },
): TestKitError {
  const named = Object.entries(filters).filter(([, value]) => value !== undefined);
  const of = named.map(([name, value]) => `${name} ${value}`).join(", ");
  const lines = shown.slice(-mostShown).map(showDelivery);
  const list = lines.length === 0 ? ["No event was sent to any webhook."] : ["The deliveries are:", ...lines];
  return new TestKitError(
    "delivery_not_found",
    [`${what}${of === "" ? "" : ` with ${of}`}.`, ...list, ...advice].join("\n"),
  );
}

function showDelivery({ attempts, eventType, instanceId, status }: Delivery): string {
  return `  ${eventType} to instance ${instanceId}: ${status} after ${attempts} attempt${attempts === 1 ? "" : "s"}`;
}
