import { createAccount } from "@latchkey/test-support/accounts";
import { type CallManagement, errorBody, managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";
import { engines } from "../../testing/test-database.ts";

const now = 1_767_323_045_678;

describe.each(engines)("the health of the platform on %s", (database) => {
  let platform: TestPlatform;
  let call: CallManagement;
  beforeAll(async () => {
    platform = await createTestPlatform({ database, now, refusedDeliveries: "allow" });
    call = managementCaller(platform);
  });
  afterAll(() => platform.close());

  const health = async () => (await call("GET /health")).body;
  async function subscribe() {
    const { appId } = await platform.createApp();
    const url = "http://127.0.0.1:9999/hooks";
    const { body } = await call(`POST /apps/${appId}/webhooks`, { body: { eventType: "AppInstalled", url } });
    return { appId, url, webhookId: String(body.webhookId) };
  }

  test("names the database, and the work that is done each hour", async () => {
    const before = await health();
    expect(before).toMatchObject({
      database: { engine: database, sizeBytes: expect.any(Number), failures: 0 },
      deliveries: { pending: 0, oldestDueAt: null, oldestEventAt: null },
      webhooks: [],
      maintenance: expect.arrayContaining([{ work: "delete sessions", succeededAt: null }]),
    });
    expect((before.database as { sizeBytes: number }).sizeBytes).toBeGreaterThan(10_000);
    await platform.clock.advance("1h");
    await platform.settled();
    expect((await health()).maintenance).toContainEqual({
      work: "delete sessions",
      succeededAt: "2026-01-02T04:04:05.678Z",
    });
  });

  test("lists the webhooks of all apps that are paused or fail, with what waits for them", async () => {
    const paused = await subscribe();
    const failing = await subscribe();
    const healthy = await subscribe();
    const deleted = await subscribe();
    await call(`POST /apps/${paused.appId}/webhooks/${paused.webhookId}/pause`);
    await call(`POST /apps/${deleted.appId}/webhooks/${deleted.webhookId}/pause`);
    await call(`DELETE /apps/${deleted.appId}/webhooks/${deleted.webhookId}`);
    for (const { appId } of [paused, failing]) {
      await platform.install({ appId, siteId: (await platform.createSite()).siteId });
    }
    await platform.settled();
    const { deliveries, webhooks } = await health();
    expect(webhooks).toMatchObject([
      {
        ...paused,
        eventType: "AppInstalled",
        pausedAt: "2026-01-02T04:04:05.678Z",
        pauseReason: "manual",
        failingSince: null,
        pending: 1,
      },
      {
        ...failing,
        pausedAt: null,
        pauseReason: null,
        failingSince: "2026-01-02T04:04:05.678Z",
        failures: 1,
        pending: 1,
      },
    ]);
    expect(JSON.stringify(webhooks)).not.toContain(healthy.webhookId);
    expect(deliveries).toMatchObject({ pending: 2, oldestDueAt: expect.any(String) });
  });

  test("is for operators and keys with metrics:read", async () => {
    const developer = await createAccount(platform, "developer", { isDeveloper: true });
    const refused = await developer.call("GET /health");
    expect([refused.status, refused.body]).toEqual([
      403,
      errorBody("PERMISSION_DENIED", "This call is for an operator."),
    ]);
    const operator = await createAccount(platform, "operator", { isOperator: true });
    expect((await operator.call("GET /health")).status).toBe(200);
  });
});
