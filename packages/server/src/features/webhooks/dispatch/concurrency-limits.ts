/** Limits how many requests are in flight to each subscription: an endpoint that fails gets few, one that works many. */
export interface ConcurrencyLimits {
  /** Free slots of a subscription. All failing subscriptions together use at most half of all slots. */
  freeSlots(webhook: { readonly webhook_id: string; readonly failures: number }): number;
  acquire(webhookId: string): void;
  /** Frees a slot. A success raises the subscription's limit by one; a failure halves it. */
  release(webhookId: string, delivered: boolean): void;
  /** Requests in flight, of all subscriptions. */
  readonly inFlight: number;
}

interface Limit {
  used: number;
  slots: number;
}

const initialSlots = 16;
const maxRememberedLimits = 10_000;

/** @param max the highest limit of one subscription, and the limit of all together */
export function createConcurrencyLimits(max: { perWebhook: number; total: number }): ConcurrencyLimits {
  const limits = new Map<string, Limit>();
  const initial = Math.min(initialSlots, max.perWebhook);
  let inFlight = 0;
  return {
    get inFlight() {
      return inFlight;
    },
    freeSlots({ failures, webhook_id: webhookId }) {
      const limit = limits.get(webhookId) ?? { used: 0, slots: initial };
      const total = failures === 0 ? max.total : Math.ceil(max.total / 2);
      return Math.max(0, Math.min(limit.slots - limit.used, total - inFlight));
    },
    acquire(webhookId) {
      const limit = limits.get(webhookId) ?? { used: 0, slots: initial };
      limits.set(webhookId, limit);
      limit.used += 1;
      inFlight += 1;
    },
    release(webhookId, delivered) {
      const limit = limits.get(webhookId);
      if (limit === undefined) return;
      limit.used -= 1;
      inFlight -= 1;
      limit.slots = delivered
        ? Math.min(limit.slots + 1, max.perWebhook)
        : Math.max(Math.floor(limit.slots / 2), 1);
      // An idle subscription starts again at the initial limit, except that a reduced limit is remembered.
      if (limit.used === 0 && (delivered || limits.size > maxRememberedLimits)) limits.delete(webhookId);
    },
  };
}
