import { expect } from "vitest";
import { countLogRows, pruneAboveQuota } from "../../features/apps/index.ts";
import { addEventBytes, readEventBytes } from "../../features/events/event-quota.queries.ts";
import { defaultRetention, keptFor } from "../../features/retention/index.ts";
import { pruneCallsAboveQuota } from "../../features/service-plugins/index.ts";
import {
  cancelDeliveries,
  countPending,
  countPendingByWebhook,
  type DeliveryWithEvent,
  hasBlockedDeliveries,
  pruneDeliveriesAboveQuota,
  unblockDeliveries,
} from "../../features/webhooks/deliveries/index.ts";
import { writeAttempts } from "../../features/webhooks/dispatch/attempts.queries.ts";
import { measureBacklog } from "../../features/webhooks/dispatch/backlog-metrics.queries.ts";
import {
  claimDue,
  findDueWebhooks,
  leaseDeliveries,
  releaseClaims,
} from "../../features/webhooks/dispatch/claim.queries.ts";
import { listUnhealthyWebhooks } from "../../features/webhooks/endpoint-health/index.ts";
import { listEvents, listRecipients } from "../../features/webhooks/event-history/event-history.queries.ts";
import { fanOut, PendingLimits } from "../../features/webhooks/fan-out/index.ts";
import { webhookMaintenanceSteps } from "../../features/webhooks/webhook-maintenance.ts";
import { createIds, type EventsTable, lowestIdAt, type Write } from "../../infrastructure/database/index.ts";
import { createMetrics } from "../../infrastructure/observability/index.ts";
import { type FilledDatabase, filled, filledIds } from "./filled-database.ts";

/** Work whose query plans are tested. */
export interface PlanCase {
  readonly name: string;
  /** Leaves the database about unchanged, because cases run again with other statistics. */
  run(filled: FilledDatabase): Promise<void>;
  /** Allowed indexes by table. Any index is allowed for other tables. */
  readonly indexes?: Readonly<Record<string, readonly string[]>>;
  /** Maximum rows that a query may read from one index; default 1,100. */
  readonly rows?: number;
}

const day = 86_400_000;

/** Runs work in a transaction that is rolled back. */
export async function rolledBack(
  { database }: FilledDatabase,
  work: (trx: Write) => Promise<unknown>,
): Promise<void> {
  const undo = new Error("undo");
  const run = database.write(async (trx) => {
    await work(trx);
    throw undo;
  });
  await run.catch((error: unknown) => {
    if (error !== undo) throw error;
  });
}

/** Claims deliveries of a webhook as the dispatcher does: ordered ones first. */
async function claim(trx: Write, { now }: FilledDatabase): Promise<DeliveryWithEvent[]> {
  const webhookId = filledIds.webhook(1);
  const { deliveries } = await claimDue(trx, { webhookId, limit: 50, now, after: "" });
  expect(deliveries).toHaveLength(50);
  await leaseDeliveries(
    trx,
    deliveries.map((delivery) => delivery.delivery_id),
    now + 1_000,
  );
  return deliveries;
}

/** Claims deliveries and writes an attempt of each. */
function writeAttempt(outcome: "delivered" | "wrong_status", nextAttemptAt?: number): PlanCase["run"] {
  return (storage) =>
    rolledBack(storage, async (trx) => {
      const result = {
        outcome,
        status: 200,
        response: "",
        detail: null,
        retryAfter: undefined,
        durationMs: 5,
      };
      const ended = (await claim(trx, storage)).map((delivery) => ({
        deliveryId: delivery.delivery_id,
        webhookId: filledIds.webhook(1),
        attempt: 1,
        format: "jwt" as const,
        result,
        startedAt: storage.now,
        nextAttemptAt,
        blocksUntilAttempted: false,
        gone: false,
      }));
      await writeAttempts(trx, ended, storage.now);
    });
}

/**
 * Runs one maintenance step four times, `days` after the data was created. It starts at the oldest row, or after the rows of
 * the paused webhook.
 */
function maintenance(name: string, { afterPaused = false, days = 0 }): PlanCase["run"] {
  return (storage) =>
    rolledBack(storage, async (trx) => {
      const quota = { maxRows: 50, onExceeded: () => {} };
      const now = storage.now + days * day;
      const step = webhookMaintenanceSteps(now, quota, keptFor(defaultRetention, now))[name];
      const from = afterPaused ? lowestIdAt(storage.pausedUntil) : "";
      let after: string | undefined = from;
      for (let count = 0; count < 4; count += 1)
        after = await step?.(trx, { after: after ?? from, limit: 500 });
    });
}

const claimIndexes = ["deliveries_by_due", "deliveries_by_order", "deliveries_by_turn", "deliveries_pkey"];
const deleteIndexes = {
  deliveries: ["deliveries_pkey"],
  delivery_attempts: ["delivery_attempts_pkey"],
};
const eventIndexes = { deliveries: ["deliveries_by_event"], events: ["events_pkey"] };

/** Work of webhooks for each event and delivery, each second and each hour. */
export const webhookCases: readonly PlanCase[] = [
  {
    name: "FR-B3: writing attempts that succeeded",
    run: writeAttempt("delivered"),
    indexes: { deliveries: claimIndexes },
  },
  {
    name: "FR-B3: writing attempts that failed for the last time",
    run: writeAttempt("wrong_status"),
    indexes: { deliveries: claimIndexes },
  },
  {
    name: "FR-B3: writing attempts that are retried",
    run: writeAttempt("wrong_status", 1_800_000_000_000),
    indexes: { deliveries: claimIndexes },
  },
  {
    name: "FR-B3: releasing claims",
    run: (storage) =>
      rolledBack(storage, async (trx) => {
        const ids = (await claim(trx, storage)).map((delivery) => delivery.delivery_id);
        await releaseClaims(trx, ids, storage.now);
      }),
    indexes: { deliveries: claimIndexes },
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
      const pendingLimits = new PendingLimits({ clock, maxPendingPerApp: 1_000 });
      const deps = { clock, database, ids, metrics: createMetrics(), pendingLimits };
      expect((await fanOut(deps, "")).events).toBeGreaterThan(50);
    },
    indexes: { events: ["events_by_site_and_fan_out", "events_pkey"] },
  },
  {
    name: "FR-A8: counting the pending deliveries of apps",
    async run({ database }) {
      const appIds = [filledIds.webhook(2), filledIds.webhook(500)];
      const counts = await countPendingByWebhook(database.read, appIds, 100_000);
      expect(counts.get(filledIds.webhook(2))?.get(filledIds.webhook(1))).toBeGreaterThan(19_000);
    },
    indexes: { deliveries: ["deliveries_by_due"] },
    rows: 2 * filled.due,
  },
  {
    name: "FR-A8: counting events for the quota of an app",
    run: (storage) =>
      rolledBack(storage, async (trx) => {
        const appId = filledIds.webhook(500);
        expect(await readEventBytes(trx, appId, storage.now)).toBeGreaterThan(0);
        const eventId = "019b7ca9-8f2e-7000-8000-000000000001";
        await addEventBytes(trx, { appId, bytes: 1, eventId, now: storage.now });
      }),
    indexes: { event_usage: ["event_usage_pkey"] },
  },
  {
    name: "unblocking deliveries after an AppInstalled",
    async run(storage) {
      expect(await hasBlockedDeliveries(storage.database.read)).toBe(true);
      await rolledBack(storage, async (trx) => {
        expect(await unblockDeliveries(trx, storage.now)).toBe(true);
      });
    },
    // Counts all blocked deliveries, one index lookup for each, and the row versions of updates that were rolled back.
    rows: 4 * filled.blocked,
  },
  {
    name: "canceling pending deliveries of a webhook",
    run: (storage) =>
      rolledBack(storage, (trx) =>
        cancelDeliveries(trx, {
          webhookId: filledIds.webhook(1),
          status: "pending",
          now: storage.now,
          limit: 1_000,
        }),
      ),
  },
  {
    name: "the figures of /metrics and of a webhook",
    async run({ clock, database }) {
      const { registry } = createMetrics();
      measureBacklog(registry, { clock, database });
      expect(await registry.metrics()).toContain("latchkey_deliveries_pending 10000\n");
      expect(await countPending(database.read, { webhookId: filledIds.webhook(1) })).toBe(10_000);
    },
    rows: 10_000,
  },
  {
    name: "the webhooks of all apps that are paused or fail",
    async run({ database }) {
      const listed = await listUnhealthyWebhooks(database.read, { webhooks: 50, pending: 10_000 });
      expect(listed).toMatchObject([{ webhook_id: filledIds.webhook(2), pending: 10_000 }]);
    },
    rows: 10_000,
  },
  {
    name: "FR-B6: events of a site, and their recipients",
    async run({ database, now }) {
      const siteId = filledIds.site(7);
      const since = now - 20 * day;
      const { rows: events } = await listEvents(database.read, { siteId, since }, { after: "", limit: 50 });
      expect(events).toHaveLength(50);
      const recipients = await listRecipients(database.read, events[0] as EventsTable, {
        ...{ after: "", limit: 50 },
      });
      expect(recipients).toHaveLength(10);
    },
    indexes: { events: ["events_by_site"], deliveries: ["deliveries_by_event"] },
  },
  {
    name: "FR-B1: canceling pending deliveries of deleted webhooks",
    run: maintenance("cancel deliveries", {}),
  },
  {
    name: "FR-B1: skipping old deliveries that have not ended",
    run: maintenance("delete deliveries", {}),
    indexes: { deliveries: ["deliveries_pkey"] },
  },
  {
    name: "FR-A8: finding apps above the quota of their logs",
    async run(storage) {
      const exceeded: string[] = [];
      for (const log of ["deliveries", "service_plugin_calls"] as const) {
        const quota = { maxRows: filled.quota, onExceeded: () => void exceeded.push(log) };
        const step = pruneAboveQuota(log, quota, async () => undefined);
        let after: string | undefined = "";
        // A position with a space is one among the rows of an app.
        while (after !== undefined && !after.includes(" ")) {
          const begin: string = after;
          after = await storage.database.write((trx) => step(trx, { after: begin, limit: 500 }));
        }
        expect(
          await countLogRows(storage.database.read, log, { appId: filledIds.webhook(1), max: filled.quota }),
        ).toBe(filled.quota);
      }
      expect([...new Set(exceeded)]).toEqual(["deliveries", "service_plugin_calls"]);
    },
    indexes: { deliveries: ["deliveries_by_app"], service_plugin_calls: ["service_plugin_calls_by_app"] },
    rows: 11 * filled.quota,
  },
  {
    name: "FR-A8: deleting log rows above the quota of an app",
    run: (storage) =>
      rolledBack(storage, async (trx) => {
        const newest = lowestIdAt(storage.now + day);
        const above = { appId: filledIds.webhook(1), newest, after: "", limit: 50 };
        expect(await pruneDeliveriesAboveQuota(trx, above)).toBeDefined();
        expect(await pruneCallsAboveQuota(trx, above)).toBeDefined();
      }),
    indexes: {
      deliveries: ["deliveries_by_app", "deliveries_pkey"],
      service_plugin_calls: ["service_plugin_calls_by_app", "service_plugin_calls_pkey"],
    },
  },
  {
    name: "FR-B1: deleting most of the deliveries",
    run: maintenance("delete deliveries", { days: 25, afterPaused: true }),
    indexes: deleteIndexes,
  },
  {
    name: "FR-B1: skipping old events whose deliveries have not ended",
    run: maintenance("delete events", {}),
    indexes: eventIndexes,
  },
  {
    name: "FR-B1: deleting most of the events",
    run: maintenance("delete events", { days: 25, afterPaused: true }),
    indexes: eventIndexes,
  },
];
