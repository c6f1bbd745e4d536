import { type CallManagement, managementCaller } from "@latchkey/test-support/management-client";
import {
  respondWith,
  startWebhookReceiver,
  type WebhookReceiver,
} from "@latchkey/test-support/webhook-receiver";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../../infrastructure/clock/index.ts";
import { createIds } from "../../../infrastructure/database/index.ts";
import { createTestPlatform, type TestPlatform } from "../../../testing/index.ts";
import { engines } from "../../../testing/test-database.ts";
import { newDelivery } from "./index.ts";
import { listDeliveries } from "./list-deliveries.queries.ts";

describe.each(engines)("FR-B6: a list of deliveries on %s", (database) => {
  let platform: TestPlatform;
  let receiver: WebhookReceiver;
  let call: CallManagement;
  let appId: string;
  beforeAll(async () => {
    platform = await createTestPlatform({ database, now: 1_767_323_045_678, refusedDeliveries: "allow" });
    receiver = await startWebhookReceiver();
    call = managementCaller(platform);
    appId = (await platform.createApp()).appId;
    const body = { eventType: "AppInstalled", url: receiver.url };
    await call(`POST /apps/${appId}/webhooks`, { body });
    // Delivered, failed once at 03:04:05, and failed at 03:04:35.
    for (const [status, after] of [
      [200, "0s"],
      [500, "30s"],
      [503, "1s"],
    ] as const) {
      receiver.respond = respondWith(status);
      await platform.install({ appId, siteId: (await platform.createSite()).siteId });
      await platform.settled();
      await platform.clock.advance(after);
    }
  });
  afterAll(async () => {
    await platform.close();
    await receiver.close();
  });

  const find = async (query: string) => (await call(`GET /deliveries?appId=${appId}${query}`)).body.items;
  const attemptsOf = async (query: string) =>
    (await find(query)).map((item) => (item.lastAttempt as { status: number } | null)?.status);

  test("shows the last attempt of each", async () => {
    const [last, , first] = await find("");
    expect(last?.lastAttempt).toEqual({
      ...{ attempt: 1, startedAt: "2026-01-02T03:04:35.678Z", durationMs: expect.any(Number) },
      ...{ outcome: "wrong_status", status: 503 },
      detail: "The endpoint responded with 503; only 200 counts under this policy.",
    });
    expect(first?.lastAttempt).toMatchObject({ outcome: "delivered", status: 200, detail: null });
  });

  test("is filtered by outcome, HTTP status and time", async () => {
    expect(await attemptsOf("&outcome=delivered")).toEqual([200]);
    expect(await attemptsOf("&outcome=timeout")).toEqual([]);
    expect(await attemptsOf("&httpStatus=503")).toEqual([503]);
    expect(await attemptsOf("&since=2026-01-02T03:04:20Z")).toEqual([503]);
    expect(await attemptsOf("&until=2026-01-02T03:04:20Z&outcome=delivered")).toEqual([200]);
    expect((await call("GET /deliveries?httpStatus=700")).status).toBe(400);
  });

  test("FR-B13: a page reads at most 5,000 rows, and continues after them", async () => {
    const { database: db } = platform.platform;
    const ids = createIds({ clock: systemClock, randomUuid: () => crypto.randomUUID() });
    const other = await platform.createApp();
    const rows = Array.from({ length: 5_001 }, (_, n) =>
      newDelivery(
        {
          ...{ delivery_id: ids.ordered(), event_id: ids.guid(), webhook_id: ids.guid() },
          ...{ app_id: other.appId, instance_id: ids.guid(), event_type: "own" },
          ...{ status: n === 0 ? "canceled" : "delivered", next_attempt_at: null, ended_at: 1 },
        },
        1,
      ),
    );
    await db.write(async (trx) => {
      for (let start = 0; start < rows.length; start += 500) {
        await trx
          .insertInto("deliveries")
          .values(rows.slice(start, start + 500))
          .execute();
      }
    });
    const filter = { appId: other.appId, status: "canceled" } as const;
    const first = await listDeliveries(db.read, filter, { after: "", limit: 11 });
    expect(first).toEqual({ rows: [], continueAfter: rows[1]?.delivery_id });
    const path = `GET /deliveries?appId=${other.appId}&status=canceled`;
    const page = (await call(path)).body;
    expect([page.items, typeof page.nextCursor]).toEqual([[], "string"]);
    const next = (await call(`${path}&cursor=${page.nextCursor}`)).body;
    expect(next).toMatchObject({ items: [{ deliveryId: rows[0]?.delivery_id }], nextCursor: null });
  });
});
