import { createCache } from "../../../infrastructure/cache/index.ts";
import { type Clock, seconds } from "../../../infrastructure/clock/index.ts";
import type { WebhooksTable, Write } from "../../../infrastructure/database/index.ts";
import { countPendingByWebhook } from "../deliveries/index.ts";

type LimitedWebhook = Pick<WebhooksTable, "app_id" | "webhook_id">;

interface Backlog {
  /** Pending deliveries by webhook: as counted, and those inserted since. */
  readonly byWebhook: Map<string, number>;
  total: number;
  readonly countedAt: number;
  insertedSince: number;
}

const recountAfter = seconds(10);
const maxRememberedApps = 10_000;

/**
 * Limits the pending deliveries of each app. A webhook may have another one only while it has fewer than its app may still
 * add, so that one endpoint that is down uses at most half of the limit.
 *
 * Numbers are counted when a limit seems to be reached, and otherwise remembered: others may exceed it a little.
 */
export class PendingLimits {
  readonly #clock: Clock;
  readonly #max: number;
  readonly #backlogs = createCache<string, Backlog>({ maxEntries: maxRememberedApps });

  constructor({ clock, maxPendingPerApp }: { clock: Clock; maxPendingPerApp: number }) {
    this.#clock = clock;
    this.#max = maxPendingPerApp;
  }

  /** Counts the pending deliveries of apps again, except of those with room for one more for each of `needed`. */
  async prepare(trx: Write, needed: readonly LimitedWebhook[]): Promise<void> {
    const byWebhook = Map.groupBy(needed, (webhook) => webhook.webhook_id);
    const full = needed.filter((one) => !this.#hasRoom(one, byWebhook.get(one.webhook_id)?.length ?? 0));
    if (full.length === 0) return;
    const appIds = [...new Set(full.map((one) => one.app_id))];
    const counted = await countPendingByWebhook(trx, appIds, this.#max);
    const countedAt = this.#clock.now();
    for (const appId of appIds) {
      const counts = counted.get(appId) ?? new Map<string, number>();
      const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
      this.#backlogs.set(appId, { byWebhook: counts, total, countedAt, insertedSince: 0 });
    }
  }

  /** Takes room for one more pending delivery. Returns false when there is none. */
  take({ app_id, webhook_id }: LimitedWebhook): boolean {
    const backlog = this.#backlogs.get(app_id);
    if (backlog === undefined) return true;
    const own = backlog.byWebhook.get(webhook_id) ?? 0;
    if (own >= this.#max - backlog.total) return false;
    backlog.byWebhook.set(webhook_id, own + 1);
    backlog.total += 1;
    backlog.insertedSince += 1;
    return true;
  }

  /** Whether the remembered number leaves room for `needed` more, or was counted a moment ago. */
  #hasRoom({ app_id, webhook_id }: LimitedWebhook, needed: number): boolean {
    const backlog = this.#backlogs.get(app_id);
    if (backlog === undefined) return false;
    const free = (this.#max - backlog.total - (backlog.byWebhook.get(webhook_id) ?? 0)) / 2;
    return free >= needed || !this.#isOld(backlog);
  }

  #isOld({ countedAt, insertedSince }: Backlog): boolean {
    return this.#clock.now() >= countedAt + recountAfter || insertedSince > this.#max / 10;
  }
}
