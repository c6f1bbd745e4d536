interface Limit {
  used: number;
  slots: number;
}

const initialSlots = 16;
const maxRememberedLimits = 10_000;

/** Limits how many requests are in flight to each webhook: few to an endpoint that fails, many to one that works. */
export class ConcurrencyLimits {
  /** Requests in flight, of all webhooks. */
  inFlight = 0;
  readonly #max: { readonly perWebhook: number; readonly total: number };
  readonly #limits = new Map<string, Limit>();

  /** @param max the highest limit of one webhook, and the limit of all together */
  constructor(max: { perWebhook: number; total: number }) {
    this.#max = max;
  }

  /** Free slots of a webhook. All failing webhooks together use at most half of all slots. */
  freeSlots({ failures, webhook_id }: { readonly webhook_id: string; readonly failures: number }): number {
    const limit = this.#limitOf(webhook_id);
    const total = failures === 0 ? this.#max.total : Math.ceil(this.#max.total / 2);
    return Math.max(0, Math.min(limit.slots - limit.used, total - this.inFlight));
  }

  acquire(webhookId: string): void {
    const limit = this.#limitOf(webhookId);
    this.#limits.set(webhookId, limit);
    limit.used += 1;
    this.inFlight += 1;
  }

  /** Frees a slot. A success raises the limit of the webhook by one; a failure halves it. */
  release(webhookId: string, delivered: boolean): void {
    const limit = this.#limits.get(webhookId);
    if (limit === undefined) return;
    limit.used -= 1;
    this.inFlight -= 1;
    limit.slots = delivered
      ? Math.min(limit.slots + 1, this.#max.perWebhook)
      : Math.max(Math.floor(limit.slots / 2), 1);
    // An idle webhook starts again at the initial limit, except that a reduced limit is remembered.
    if (limit.used === 0 && (delivered || this.#limits.size > maxRememberedLimits)) {
      this.#limits.delete(webhookId);
    }
  }

  #limitOf(webhookId: string): Limit {
    return this.#limits.get(webhookId) ?? { used: 0, slots: Math.min(initialSlots, this.#max.perWebhook) };
  }
}
