import { expect } from "vitest";
import {
  cancelDeliveries,
  countPending,
  type DeliveryWithEvent,
  hasBlockedDeliveries,
  unblockDeliveries,
} from "../../features/webhooks/deliveries/index.ts";
import { writeAttempts } from "../../features/webhooks/dispatch/attempts.queries.ts";
import { measureBacklog } from "../../features/webhooks/dispatch/backlog-metrics.queries.ts";
import { claimDue, findDueWebhooks, releaseClaims } from "../../features/webhooks/dispatch/claim.queries.ts";
import { fanOut } from "../../features/webhooks/fan-out/index.ts";
import { webhookMaintenanceSteps } from "../../features/webhooks/webhook-maintenance.ts";
import { createIds, lowestIdAt, type Write } from "../../infrastructure/database/index.ts";
import { createMetrics } from "../../infrastructure/observability/index.ts";
import { type FilledDatabase, filled, filledIds } from "./filled-database.ts";

/** Some work of the product whose plans are looked at. */
export interface PlanCase {
  readonly name: string;
  /** Leaves the database about as it was: cases run again with other statistics. */
  run(filled: FilledDatabase): Promise<void>;
  /** The indexes that it reads, by table; absent for tables of which any index will do. */
  readonly indexes?: Readonly<Record<string, readonly string[]>>;
  /** How many rows one query may read from one index; default 1,100. */
  readonly rows?: number;
}

const day = 86_400_000;

/** Runs work in a transaction that changes nothing in the end. */
async function undone({ database }: FilledDatabase, work: (trx: Write) => Promise<void>): Promise<void> {
  const undo = new Error("undo");
  const run = database.write(async (trx) => {
    await work(trx);
    throw undo;
  });
  await run.catch((error: unknown) => {
    if (error !== undo) throw error;
  });
}

/** Claims deliveries of a webhook, as the dispatcher does: first those that go in order, then others. */
async function claim(trx: Write, { now }: FilledDatabase): Promise<DeliveryWithEvent[]> {
  const claimed = await claimDue(trx, { webhookId: filledIds.webhook(1), limit: 50, now, leaseMs: 1_000 });
  expect(claimed).toHaveLength(50);
  return claimed;
}

/** Claims deliveries and writes an attempt of each. */
function written(outcome: "delivered" | "wrong_status", nextAttemptAt?: number): PlanCase["run"] {
  return (storage) =>
    undone(storage, async (trx) => {
      const result = {
        outcome,
        status: 200,
        response: "",
        detail: null,
        retryAfter: undefined,
        durationMs: 5,
      };
      const ended = (await claim(trx, storage)).map((delivery) => ({
        ...{ deliveryId: delivery.delivery_id, webhookId: filledIds.webhook(1), attempt: 1, result },
        ...{ startedAt: storage.now, nextAttemptAt, blocksUntilAttempted: false, gone: false },
      }));
      await writeAttempts(trx, ended, storage.now);
    });
}

/** Runs two steps of some housekeeping, `days` later; they begin at the oldest rows, or after those of the paused webhook. */
function housekeeping(name: string, { afterPaused = false, days = 0 }): PlanCase["run"] {
  return (storage) =>
    undone(storage, async (trx) => {
      const step = webhookMaintenanceSteps(storage.now + days * day)[name];
      const from = afterPaused ? lowestIdAt(storage.pausedUntil) : "";
      const after = await step?.(trx, { after: from, limit: 500 });
      await step?.(trx, { after: after ?? from, limit: 500 });
    });
}

const claimedBy = ["deliveries_by_due", "deliveries_by_order", "deliveries_pkey"];
const deletedBy = { deliveries: ["deliveries_pkey"], delivery_attempts: ["delivery_attempts_pkey"] };
const eventsBy = { deliveries: ["deliveries_by_event"], events: ["events_pkey"] };

/** What webhooks do for each event and delivery, every second, and each hour. */
export const webhookCases: readonly PlanCase[] = [
  {
    name: "FR-B3: writing attempts that succeeded",
    run: written("delivered"),
    indexes: { deliveries: claimedBy },
  },
  {
    name: "FR-B3: writing attempts that failed for the last time",
    run: written("wrong_status"),
    indexes: { deliveries: claimedBy },
  },
  {
    name: "FR-B3: writing attempts that are retried",
    run: written("wrong_status", 1_800_000_000_000),
    indexes: { deliveries: claimedBy },
  },
  {
    name: "FR-B3: releasing claims",
    run: (storage) =>
      undone(storage, async (trx) => {
        const ids = (await claim(trx, storage)).map((delivery) => delivery.delivery_id);
        await releaseClaims(trx, ids, storage.now);
      }),
    indexes: { deliveries: claimedBy },
  },
  {
    name: "finding webhooks with deliveries that are due",
    async run({ database, now }) {
      expect(await findDueWebhooks(database.read, { after: "", limit: 20, now })).not.toEqual([]);
    },
    indexes: { deliveries: ["deliveries_by_due"] },
  },
  {
    name: "fan-out of events",
    async run({ clock, database }) {
      const ids = createIds({ clock, randomUuid: () => crypto.randomUUID() });
      expect((await fanOut({ clock, database, ids })).events).toBe(100);
    },
  },
  {
    name: "unblocking deliveries after an AppInstalled",
    async run(storage) {
      expect(await hasBlockedDeliveries(storage.database.read)).toBe(true);
      await undone(storage, async (trx) => {
        expect(await unblockDeliveries(trx, storage.now)).toBe(true);
      });
    },
    // All blocked deliveries, one index lookup for each, and versions that rolled-back updates left behind.
    rows: 4 * filled.blocked,
  },
  {
    name: "canceling what waits for a webhook",
    run: (storage) =>
      undone(storage, (trx) =>
        cancelDeliveries(trx, {
          ...{ webhookId: filledIds.webhook(1), status: "pending", now: storage.now, limit: 1_000 },
        }),
      ),
  },
  {
    name: "the figures of /metrics and of a webhook",
    async run({ clock, database }) {
      const { registry } = createMetrics();
      measureBacklog(registry, { clock, database });
      expect(await registry.metrics()).toContain("latchkey_deliveries_pending 10000\n");
      expect(await countPending(database.read, filledIds.webhook(1))).toBe(10_000);
    },
    rows: 10_000,
  },
  {
    name: "FR-B1: canceling what waits for deleted webhooks",
    run: housekeeping("cancel deliveries", {}),
  },
  {
    name: "FR-B1: passing over old deliveries that have not ended",
    run: housekeeping("delete deliveries", {}),
    indexes: { deliveries: ["deliveries_pkey"] },
  },
  {
    name: "FR-B1: deleting deliveries, where they are most of all",
    run: housekeeping("delete deliveries", { days: 25, afterPaused: true }),
    indexes: deletedBy,
  },
  {
    name: "FR-B1: passing over old events whose deliveries have not ended",
    run: housekeeping("delete events", {}),
    indexes: eventsBy,
  },
  {
    name: "FR-B1: deleting events, where most of all are old",
    run: housekeeping("delete events", { days: 25, afterPaused: true }),
    indexes: eventsBy,
  },
];
