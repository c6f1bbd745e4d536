import { createAccount } from "@latchkey/test-support/accounts";
import { errorBody, managementCaller } from "@latchkey/test-support/management-client";
import { minutes, startDeliveryFixture } from "@latchkey/test-support/test-deliveries";
import { respondWith } from "@latchkey/test-support/webhook-receiver";
import { describe, expect, test } from "vitest";
import { engines } from "../../testing/test-database.ts";

describe.each(engines)("a job on %s", (database) => {
  /** Three events whose first attempts have failed. */
  const failedThrice = async () => {
    const fixture = await startDeliveryFixture(database);
    const { appId, createOwnType, install, platform, publish, receiver, subscribe } = fixture;
    await createOwnType();
    const webhookId = await subscribe("own");
    await install();
    receiver.respond = respondWith(500);
    for (let n = 1; n <= 3; n += 1) await publish("own", { n });
    await platform.settled();
    receiver.respond = respondWith(200);
    const seen = receiver.received.length;
    return { ...fixture, webhookId, seen, filter: { appId, httpStatus: "500" } };
  };

  test("resends every delivery that the filter of the list selects", async () => {
    const { call, deliveries, filter, platform, receiver, seen } = await failedThrice();
    const counted = await call("POST /jobs/count", { body: { action: "resend", filter } });
    expect(counted.body).toEqual({ count: 3, more: false });
    const created = await call("POST /jobs", { body: { action: "resend", filter, confirmCount: 3 } });
    expect(created.body).toMatchObject({
      ...{ action: "resend", filter, state: "pending", total: 3, more: false, done: 0, failed: 0 },
      ...{ error: null, appId: null, siteId: null, createdBy: "admin", endedAt: null },
    });
    await platform.settled();
    expect((await call(`GET /jobs/${created.body.jobId}`)).body).toMatchObject({
      ...{ state: "done", total: 3, done: 3, failed: 0 },
      endedAt: "2026-01-02T03:04:05.678Z",
    });
    expect(receiver.received.slice(seen)).toHaveLength(3);
    expect((await deliveries()).map(({ status }) => status)).toEqual(["delivered", "delivered", "delivered"]);
    const { items } = (await call("GET /audit")).body;
    expect(items.slice(0, 2).map(({ action, details }) => [action, details])).toEqual([
      ["job.done", { jobId: created.body.jobId, action: "resend", done: 3, failed: 0, total: 3 }],
      ["job.created", { jobId: created.body.jobId, action: "resend", filter, total: 3 }],
    ]);
  });

  test("is refused when the filter selects another number of rows than confirmed", async () => {
    const { call, filter } = await failedThrice();
    const response = await call("POST /jobs", { body: { action: "resend", filter, confirmCount: 2 } });
    expect([response.status, response.body]).toEqual([
      409,
      errorBody(
        "JOB_COUNT_CHANGED",
        "The filter does not select as many rows as confirmed. Check the new count in data, and confirm it.",
        { count: 3, more: false },
      ),
    ]);
    expect((await call("GET /jobs")).body.items).toEqual([]);
  });

  test("cancels deliveries that have not ended", async () => {
    const { advance, appId, call, deliveries, platform, receiver, seen } = await failedThrice();
    const filter = { appId, eventType: "own" };
    await call("POST /jobs", { body: { action: "cancel", filter, confirmCount: 3 } });
    await platform.settled();
    await advance(60 * minutes);
    expect((await deliveries()).map(({ status }) => status)).toEqual(["canceled", "canceled", "canceled"]);
    expect(receiver.received).toHaveLength(seen);
  });

  test("replays deliveries of a webhook by the filters of a replay, in order", async () => {
    const { call, platform, receiver, seen, webhookId } = await failedThrice();
    await call("POST /jobs", {
      body: { action: "replay", filter: { webhookId, fromSequence: 2 }, confirmCount: 2 },
    });
    await platform.settled();
    expect(receiver.received.slice(seen).map(({ payload }) => payload.n)).toEqual([2, 3]);
  });

  test("counts deliveries of a paused webhook as failed, and names the error", async () => {
    const { appId, call, filter, platform, receiver, seen, webhookId } = await failedThrice();
    await call(`POST /apps/${appId}/webhooks/${webhookId}/pause`);
    const { body } = await call("POST /jobs", { body: { action: "resend", filter, confirmCount: 3 } });
    await platform.settled();
    expect((await call(`GET /jobs/${body.jobId}`)).body).toMatchObject({
      ...{ state: "done", done: 0, failed: 3, error: "WEBHOOK_PAUSED" },
    });
    expect(receiver.received).toHaveLength(seen);
  });

  test("revokes the tokens of every instance of an app, each with its audit entry", async () => {
    const { appId, call, platform } = await startDeliveryFixture(database);
    const instances: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      const { siteId } = await platform.createSite();
      instances.push((await platform.install({ appId, siteId })).instanceId);
    }
    await platform.suspend(instances[0] ?? "");
    const { body } = await call("POST /jobs", {
      body: { action: "revoke-tokens", filter: { appId, state: "installed" }, confirmCount: 2 },
      headers: { "x-request-id": "bulk" },
    });
    await platform.settled();
    expect((await call(`GET /jobs/${body.jobId}`)).body).toMatchObject({ state: "done", done: 2, failed: 0 });
    const { items } = (await call("GET /audit?action=instance.tokens.revoked")).body;
    expect(items.map(({ actor, instanceId }) => [actor, instanceId]).sort()).toEqual(
      instances
        .slice(1)
        .map((instanceId) => ["admin", instanceId])
        .sort(),
    );
    const { items: created } = (await call("GET /audit?action=job.created")).body;
    expect(items.map(({ requestId }) => requestId)).toEqual(items.map(() => created[0]?.requestId));
  });

  test("approves what apps have added; a declined scope stays declined, a suspended instance fails", async () => {
    const { call, platform } = await startDeliveryFixture(database);
    const [declined, added] = ["SCOPE.DC-STORES.READ-PRODUCTS", "SCOPE.DC-STORES.MANAGE-PRODUCTS"];
    const optional = { scopeId: declined, optional: true };
    const { appId } = await platform.createApp({ scopes: [optional] });
    const install = async () => {
      const { siteId } = await platform.createSite();
      return (await platform.install({ appId, siteId, grant: [] })).instanceId;
    };
    const [first, second] = [await install(), await install()];
    await call(`PATCH /apps/${appId}`, { body: { scopes: [optional, { scopeId: added, reason: "New" }] } });
    await platform.settled();
    await platform.suspend(second);
    const { body } = await call("POST /jobs", {
      body: { action: "approve", filter: { appId }, confirmCount: 2 },
    });
    await platform.settled();
    expect((await call(`GET /jobs/${body.jobId}`)).body).toMatchObject({
      ...{ state: "done", done: 1, failed: 1, error: "INSTANCE_NOT_INSTALLED" },
    });
    expect((await call(`GET /instances/${first}`)).body).toMatchObject({
      ...{ grant: [added, "SCOPE.DC.MANAGE-YOUR-APP"].sort(), declined: [declined] },
    });
    const { items } = (await call(`GET /approvals?appId=${appId}`)).body;
    expect(items.map(({ instanceId }) => instanceId)).toEqual([second]);
  });
});

describe("a filter", () => {
  test.each([
    ["resend", { status: "broken" }, "filter.status", /^must be one of blocked, pending/],
    ["resend", { siteId: "x" }, "filter", /^has a field that is not taken here; only these are: appId, /],
    ["replay", {}, "filter.webhookId", /^is required$/],
    ["revoke-tokens", {}, "filter", /^must have appId or siteId$/],
    ["remove", {}, "action", /^must be one of resend, cancel, replay, revoke-tokens, approve$/],
  ])("of %s with %j is refused at its field", async (action, filter, field, description) => {
    const { call } = await startDeliveryFixture("sqlite");
    const { body, status } = await call("POST /jobs/count", { body: { action, filter } });
    expect(status).toBe(400);
    const violation = { field, description: expect.stringMatching(description) };
    expect(body.details).toMatchObject({ validationError: { fieldViolations: [violation] } });
  });
});

describe("H1 a job", () => {
  /** An app with two pending deliveries on a site, beside another app with as many on another site. */
  const twoTenants = async () => {
    const fixture = await startDeliveryFixture("sqlite");
    const { appId, call, createOwnType, platform, receiver, siteId } = fixture;
    await createOwnType();
    const foreign = {
      appId: (await platform.createApp()).appId,
      siteId: (await platform.createSite()).siteId,
    };
    receiver.respond = respondWith(500);
    const webhooks: string[] = [];
    const instances: string[] = [];
    for (const tenant of [{ appId, siteId }, foreign]) {
      const { body } = await call(`POST /apps/${tenant.appId}/webhooks`, {
        body: { eventType: "own", url: receiver.url },
      });
      webhooks.push(String(body.webhookId));
      instances.push((await platform.install(tenant)).instanceId);
      for (let n = 1; n <= 2; n += 1) {
        await call("POST /events", { body: { siteId: tenant.siteId, eventType: "own", payload: { n } } });
      }
    }
    await platform.settled();
    const { body } = await call("POST /api-keys", {
      body: {
        name: "Bound",
        appId,
        scopes: ["jobs:read", "jobs:write", "deliveries:write", "webhooks:write"],
      },
    });
    const developer = await createAccount(platform, "developer", { isDeveloper: true });
    await call(`POST /apps/${appId}/developers`, { body: { accountId: developer.accountId } });
    const owner = await createAccount(platform, "owner");
    await call(`PUT /sites/${siteId}/members/${owner.accountId}`, { body: { role: "OWNER" } });
    return {
      ...{ ...fixture, foreign, webhooks, instances },
      ...{ bound: managementCaller(platform, body.value), developer: developer.call, owner: owner.call },
    };
  };
  const noApp = errorBody("APP_NOT_FOUND", "There is no app with this id.");

  test("of a bound key or a developer changes no row of another app, whatever the filter says", async () => {
    const { appId, bound, call, deliveries, developer, foreign, instances, platform, webhooks } =
      await twoTenants();
    const own = { appId };
    for (const action of ["resend", "cancel"]) {
      for (const send of [bound, developer]) {
        const named = await send("POST /jobs", {
          body: { action, filter: { appId: foreign.appId }, confirmCount: 2 },
        });
        expect([named.status, named.body]).toEqual([404, noApp]);
        for (const filter of [{ instanceId: instances[1] }, { webhookId: webhooks[1] }]) {
          const body = { action, filter: { ...own, ...filter }, confirmCount: 0 };
          expect((await send("POST /jobs", { body })).body).toMatchObject({ total: 0, appId });
          await platform.settled();
        }
      }
    }
    // A bound key need not name its app.
    const replay = { action: "replay", filter: { webhookId: webhooks[1] }, confirmCount: 0 };
    expect((await bound("POST /jobs", { body: replay })).body).toMatchObject({ total: 0, filter: { appId } });
    const all = await bound("POST /jobs", { body: { action: "cancel", filter: {}, confirmCount: 2 } });
    expect(all.body).toMatchObject({ appId, filter: { appId } });
    await platform.settled();
    const rows = await deliveries();
    expect(rows.filter((row) => row.app_id === appId).map(({ status }) => status)).toEqual([
      "canceled",
      "canceled",
    ]);
    expect(
      rows.filter((row) => row.app_id !== appId).map(({ attempts, status }) => [status, attempts]),
    ).toEqual([
      ["pending", 1],
      ["pending", 1],
    ]);
    const { items } = (await call("GET /jobs?limit=100")).body;
    expect(new Set(items.map((job) => job.appId))).toEqual(new Set([appId]));
  });

  test("of a site owner changes only instances on the site", async () => {
    const { call, foreign, instances, owner, platform, siteId, appId } = await twoTenants();
    const start = (filter: object, confirmCount: number) =>
      owner("POST /jobs", { body: { action: "revoke-tokens", filter, confirmCount } });
    const ofApp = await start({ appId }, 1);
    expect([ofApp.status, ofApp.body]).toEqual([404, noApp]);
    const ofSite = await start({ siteId: foreign.siteId }, 1);
    expect([ofSite.status, ofSite.body]).toEqual([
      404,
      errorBody("SITE_NOT_FOUND", "There is no site with this id."),
    ]);
    expect((await start({ siteId, appId: foreign.appId }, 0)).body).toMatchObject({ total: 0, siteId });
    expect((await start({ siteId }, 1)).status).toBe(200);
    await platform.settled();
    const { items } = (await call("GET /audit?action=instance.tokens.revoked")).body;
    expect(items.map(({ instanceId }) => instanceId)).toEqual([instances[0]]);
  });

  test("needs the rights of its action", async () => {
    const { appId, bound, call, developer, platform, siteId } = await twoTenants();
    const revoke = { action: "revoke-tokens", filter: { appId }, confirmCount: 1 };
    const refused = await bound("POST /jobs", { body: revoke });
    expect([refused.status, refused.body]).toEqual([
      403,
      errorBody("PERMISSION_DENIED", "This call needs an API key with the scope instances:write.", {
        scope: "instances:write",
      }),
    ]);
    const approve = { action: "approve", filter: { appId, siteId }, confirmCount: 0 };
    expect((await developer("POST /jobs", { body: approve })).body).toEqual(
      errorBody("PERMISSION_DENIED", "This call is for a member of the site with the role OWNER."),
    );
    const { body } = await call("POST /api-keys", { body: { name: "Few", scopes: ["jobs:write"] } });
    const few = managementCaller(platform, body.value);
    const resend = { action: "resend", filter: {}, confirmCount: 0 };
    expect((await few("POST /jobs", { body: resend })).body).toEqual(
      errorBody("PERMISSION_DENIED", "This call needs an API key with the scope deliveries:write.", {
        scope: "deliveries:write",
      }),
    );
  });

  test("of an operator is unknown to developers and owners, who see those of their app or site", async () => {
    const { appId, bound, call, developer, owner, siteId } = await twoTenants();
    const filter = { appId, status: "blocked" };
    const start = async (send: typeof call) =>
      String((await send("POST /jobs", { body: { action: "resend", filter, confirmCount: 0 } })).body.jobId);
    const ofOperator = await start(call);
    const own = await start(developer);
    const unknown = [
      404,
      errorBody("JOB_NOT_FOUND", "There is no job with this id; ended ones are kept for 30 days."),
    ];
    for (const send of [bound, developer, owner]) {
      for (const path of [`GET /jobs/${ofOperator}`, `POST /jobs/${ofOperator}/cancel`]) {
        const { body, status } = await send(path);
        expect([path, status, body]).toEqual([path, ...unknown]);
      }
    }
    expect((await bound(`GET /jobs/${own}`)).body.jobId).toBe(own);
    const { body, status } = await owner(`GET /jobs/${own}`);
    expect([status, body]).toEqual(unknown);
    const { items } = (await developer(`GET /jobs?appId=${appId}`)).body;
    expect(items.map(({ jobId }) => jobId)).toEqual([own]);
    expect((await owner(`GET /jobs?siteId=${siteId}`)).body.items).toEqual([]);
  });
});
