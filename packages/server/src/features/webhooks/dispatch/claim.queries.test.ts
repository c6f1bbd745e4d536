import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sqlitePlans } from "../../../testing/plans/sqlite-plans.ts";
import { createTestDatabase, engines, type TestDatabase } from "../../../testing/test-database.ts";
import { countPending, hasBlockedDeliveries } from "../deliveries/index.ts";
import {
  claimAndLease,
  createDeliveryDatabase,
  insertDeliveryRow,
  insertWebhookRow,
} from "../testing/delivery-rows.ts";
import { claimDue, endLeases, findDueWebhooks, releaseClaims } from "./claim.queries.ts";

const now = 1_767_323_045_678;

describe.each(engines)("a claim on %s", (engine) => {
  let storage: TestDatabase;
  beforeEach(async () => {
    storage = await createDeliveryDatabase(engine);
  });
  afterEach(() => storage.remove());

  const insert = (delivery_id: string, row: Parameters<typeof insertDeliveryRow>[1] | object = {}) =>
    insertDeliveryRow(storage.database, { delivery_id, ...row });
  const claim = async (limit = 10, at = now) => {
    const request = { webhookId: "webhook", limit, now: at, after: "" };
    const { deliveries } = await storage.database.write((trx) => claimAndLease(trx, request));
    return deliveries.map((delivery) => delivery.delivery_id);
  };

  test("takes due deliveries, the longest due first, then by sequence", async () => {
    await insert("later", { next_attempt_at: now });
    await insert("second", { next_attempt_at: now - 1, sequence: 8 });
    await insert("first", { next_attempt_at: now - 1, sequence: 7 });
    await insert("future", { next_attempt_at: now + 1 });
    expect(await claim()).toEqual(["first", "second", "later"]);
  });

  test("takes no more than its limit", async () => {
    for (const id of ["a", "b", "c"]) await insert(id);
    expect(await claim(2)).toHaveLength(2);
    expect(await claim(2)).toHaveLength(1);
  });

  test.each(["blocked", "delivered", "failed", "canceled"] as const)(
    "takes none that is %s",
    async (status) => {
      await insert("a", { status });
      expect(await claim()).toEqual([]);
    },
  );

  test("takes none of another webhook", async () => {
    await insert("a", { webhook_id: "other" });
    expect(await claim()).toEqual([]);
  });

  test("leases a delivery, which is due again when the lease ends", async () => {
    await insert("a");
    expect(await claim()).toEqual(["a"]);
    expect(await claim(10, now + 4_999)).toEqual([]);
    expect(await claim(10, now + 5_000)).toEqual(["a"]);
  });

  test("of ordered deliveries takes the first of each instance", async () => {
    await insert("a1", { ordered: 1, instance_id: "a", sequence: 1 });
    await insert("a2", { ordered: 1, instance_id: "a", sequence: 2 });
    await insert("a3", { ordered: 0, instance_id: "a", sequence: 3 });
    await insert("b2", { ordered: 1, instance_id: "b", sequence: 2 });
    expect(await claim()).toEqual(["a1", "b2", "a3"]);
  });

  test("that is released is due at once, unless its lease has ended", async () => {
    await insert("a");
    await insert("b", { status: "delivered", next_attempt_at: null, ended_at: now });
    await claim();
    await storage.database.write((trx) => releaseClaims(trx, ["a", "b"], now + 1));
    expect(await claim(10, now + 1)).toEqual(["a"]);
  });

  test("of every delivery ends with endLeases", async () => {
    await insert("a");
    await insert("b");
    await claim();
    await storage.database.write((trx) => endLeases(trx, now + 1));
    expect((await claim(10, now + 1)).sort()).toEqual(["a", "b"]);
  });

  test("is made for webhooks with due deliveries that are neither paused nor deleted", async () => {
    const { database } = storage;
    await insertWebhookRow(database, { webhook_id: "due" });
    await insertWebhookRow(database, { webhook_id: "idle", url: "http://127.0.0.1:9/2" });
    await insertWebhookRow(database, { webhook_id: "paused", url: "http://127.0.0.1:9/3", paused_at: 1 });
    await insertWebhookRow(database, { webhook_id: "deleted", url: "http://127.0.0.1:9/4", deleted_at: 1 });
    for (const webhook_id of ["due", "paused", "deleted"]) await insert(webhook_id, { webhook_id });
    await insert("future", { webhook_id: "idle", next_attempt_at: now + 1 });
    const due = await findDueWebhooks(database.read, { after: "", limit: 10, now });
    expect(due.map((webhook) => webhook.webhook_id)).toEqual(["due"]);
  });
});

// SQLite uses a partial index only when the query repeats its condition as a literal.

test("claims use the partial indexes of due, blocked and ordered deliveries", async () => {
  const { database, remove } = await createTestDatabase("sqlite");
  const plans = await sqlitePlans(database, async (queries) => {
    await findDueWebhooks(queries.read, { after: "", limit: 1, now: 1 });
    await hasBlockedDeliveries(queries.read);
    await countPending(queries.read, { webhookId: "webhook" });
    await queries.write((trx) => claimDue(trx, { webhookId: "webhook", limit: 1, now: 1, after: "" }));
  });
  await remove();
  const ofDeliveries = plans.filter((step) => /^(SEARCH|SCAN) (deliveries|d|before)\b/.test(step));
  expect(ofDeliveries).toEqual([
    "SEARCH deliveries USING COVERING INDEX deliveries_by_due (webhook_id=?)",
    "SCAN deliveries USING INDEX deliveries_by_block",
    "SEARCH deliveries USING INDEX deliveries_by_due (webhook_id=?)",
    "SEARCH d USING INDEX deliveries_by_due (webhook_id=? AND next_attempt_at<?)",
    "SEARCH before USING INDEX deliveries_by_order (webhook_id=? AND instance_id=? AND sequence<?)",
  ]);
  expect(plans.filter((step) => step.includes("TEMP B-TREE"))).toEqual([]);
});
