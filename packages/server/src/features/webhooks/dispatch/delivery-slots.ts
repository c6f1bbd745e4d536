import { createCache } from "../../../infrastructure/cache/index.ts";
import type { WebhooksTable } from "../../../infrastructure/database/index.ts";

/** What the slots of a delivery are counted by. */
export type SlotUser = Pick<WebhooksTable, "app_id" | "webhook_id" | "url" | "failures">;

export interface SlotLimits {
  readonly total: number;
  readonly perHost: number;
  readonly perWebhook: number;
}

interface Limit {
  used: number;
  slots: number;
}

const initialSlots = 16;
const maxRememberedLimits = 10_000;

/**
 * Limits how many requests are in flight.
 *
 * - Apps share all slots, and the slots of one host: an app may take a slot only while it uses fewer than are free. One
 *   app uses at most half of them, however many webhooks it has, and the next one still finds free slots.
 * - A webhook that fails gets few slots, and one that works gets many. All failing webhooks use at most half of all slots.
 */
export class DeliverySlots {
  readonly #max: SlotLimits;
  readonly #webhooks = new Map<string, Limit>();
  readonly #apps = new Counts();
  readonly #hosts = new Counts();
  readonly #appsAtHosts = new Counts();
  #inFlight = 0;

  constructor(max: SlotLimits) {
    this.#max = max;
  }

  /** Requests in flight. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** How many slots a webhook may take now. */
  free(user: SlotUser): number {
    const { perHost, total } = this.#max;
    const { appAtHost, host } = keysOf(user);
    const webhook = this.#limitOf(user.webhook_id);
    const usable = user.failures === 0 ? total : Math.ceil(total / 2);
    return Math.max(
      0,
      Math.min(
        webhook.slots - webhook.used,
        usable - this.#inFlight,
        share(total - this.#inFlight, this.#apps.of(user.app_id)),
        share(perHost - this.#hosts.of(host), this.#appsAtHosts.of(appAtHost)),
      ),
    );
  }

  take(user: SlotUser): void {
    const limit = this.#limitOf(user.webhook_id);
    this.#webhooks.set(user.webhook_id, limit);
    limit.used += 1;
    this.#count(user, 1);
  }

  /** Frees a slot after an attempt. A success raises the limit of the webhook by one; a failure halves it. */
  release(user: SlotUser, delivered: boolean): void {
    const limit = this.#limitOf(user.webhook_id);
    limit.slots = delivered
      ? Math.min(limit.slots + 1, this.#max.perWebhook)
      : Math.max(Math.floor(limit.slots / 2), 1);
    this.giveBack(user);
    if (limit.used === 0 && this.#webhooks.size > maxRememberedLimits) {
      this.#webhooks.delete(user.webhook_id);
    }
  }

  /** Frees a slot that no attempt used. */
  giveBack(user: SlotUser): void {
    this.#limitOf(user.webhook_id).used -= 1;
    this.#count(user, -1);
  }

  #count(user: SlotUser, change: 1 | -1): void {
    const { appAtHost, host } = keysOf(user);
    this.#inFlight += change;
    this.#apps.add(user.app_id, change);
    this.#hosts.add(host, change);
    this.#appsAtHosts.add(appAtHost, change);
  }

  #limitOf(webhookId: string): Limit {
    return this.#webhooks.get(webhookId) ?? { used: 0, slots: Math.min(initialSlots, this.#max.perWebhook) };
  }
}

/** How many slots a user of `used` slots may take, one after another, while it uses fewer than are free. */
function share(free: number, used: number): number {
  return Math.ceil((free - used) / 2);
}

const hosts = createCache<string, string>({ maxEntries: maxRememberedLimits });

/** The host without its port: an app may have endpoints at many ports of one server. */
function keysOf({ app_id, url }: SlotUser): { host: string; appAtHost: string } {
  const host = hosts.getOrCreate(url, () => new URL(url).hostname);
  return { host, appAtHost: `${app_id} ${host}` };
}

/** Numbers by key; a key with 0 takes no memory. */
class Counts {
  readonly #counts = new Map<string, number>();

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  add(key: string, change: number): void {
    const count = this.of(key) + change;
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
  }
}
