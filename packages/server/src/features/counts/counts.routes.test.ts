import { createAccount } from "@latchkey/test-support/accounts";
import { errorBody, managementCaller } from "@latchkey/test-support/management-client";
import { startDeliveryFixture } from "@latchkey/test-support/test-deliveries";
import { respondWith } from "@latchkey/test-support/webhook-receiver";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";
import { engines } from "../../testing/test-database.ts";

describe.each(engines)("the counts of an app on %s", (database) => {
  let platform: TestPlatform;
  let call: ReturnType<typeof managementCaller>;
  let appId: string;
  beforeAll(async () => {
    platform = await createTestPlatform({ database, now: 1_767_323_045_678 });
    call = managementCaller(platform);
    const app = await platform.createApp();
    appId = app.appId;
    const { siteId } = await platform.createSite();
    const { instanceId } = await platform.install({ appId, siteId });
    const request = async (client_secret: string, client_id = appId) => {
      const body = { grant_type: "client_credentials", client_id, client_secret, instance_id: instanceId };
      const response = await fetch(`${platform.url}/oauth2/token`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return ((await response.json()) as { access_token: string }).access_token;
    };
    await request("wrong");
    await request(app.secret.value, "00000000-0000-4000-8000-000000000000");
    await platform.clock.advance(60_000);
    const token = await request(app.secret.value);
    const callApi = (authorization: string, path = "/apps/v1/instance") =>
      fetch(platform.url + path, { headers: { authorization } });
    expect((await callApi(token)).status).toBe(200);
    expect((await callApi(token)).status).toBe(200);
    expect((await callApi("broken")).status).toBe(401);
    await call(`POST /instances/${instanceId}/revoke-tokens`);
    expect((await callApi(token)).status).toBe(401);
    await platform.clock.advance(5_000);
  });
  afterAll(() => platform.close());

  const read = async (query: string, path = `/apps/${appId}/counts`) => {
    const { body } = await call(`GET ${path}?${query}`);
    return body as unknown as { metric: string; at: string[]; series: { outcome: string; total: number }[] };
  };
  const refused = async (query: string) => {
    const { body, status } = await call(`GET /apps/${appId}/counts?${query}`);
    return [status, body];
  };
  const window = "since=2026-01-02T03:03:30Z&until=2026-01-02T03:06:00Z";
  const at = ["2026-01-02T03:03:00.000Z", "2026-01-02T03:04:00.000Z", "2026-01-02T03:05:00.000Z"];

  test("have the token requests of each minute by outcome, with zeros where nothing happened", async () => {
    expect(await read(`metric=tokens&${window}`)).toEqual({
      ...{ metric: "tokens", step: "minute", at },
      series: [
        { outcome: "issued", total: 1, counts: [0, 0, 1] },
        { outcome: "wrong_secret", total: 1, counts: [0, 1, 0] },
      ],
    });
  });

  test("have the API calls by class of status, and those that were refused", async () => {
    expect((await read(`metric=apiCalls&${window}`)).series).toEqual([
      { outcome: "2xx", total: 2, counts: [0, 0, 2] },
      { outcome: "refused", total: 1, counts: [0, 0, 1] },
    ]);
  });

  test("of all apps include requests that prove no app", async () => {
    expect((await read(`metric=tokens&${window}`, "/counts")).series).toEqual([
      { outcome: "issued", total: 1, counts: [0, 0, 1] },
      { outcome: "unknown_app", total: 1, counts: [0, 1, 0] },
      { outcome: "wrong_secret", total: 1, counts: [0, 1, 0] },
    ]);
    expect((await read(`metric=apiCalls&${window}`, "/counts")).series).toEqual([
      { outcome: "2xx", total: 2, counts: [0, 0, 2] },
      { outcome: "refused", total: 2, counts: [0, 0, 2] },
    ]);
  });

  test("default to the token requests of the last 60 minutes, or 24 hours", async () => {
    const minutes = await read("");
    expect([minutes.metric, minutes.at.length, minutes.at[0], minutes.at.at(-1)]).toEqual([
      ...["tokens", 60, "2026-01-02T02:06:00.000Z", "2026-01-02T03:05:00.000Z"],
    ]);
    const hours = await read("step=hour");
    expect([hours.at.length, hours.at[0], hours.at.at(-1)]).toEqual([
      ...[24, "2026-01-01T04:00:00.000Z", "2026-01-02T03:00:00.000Z"],
    ]);
    expect(hours.series.map(({ outcome, total }) => [outcome, total])).toEqual([
      ["issued", 1],
      ["wrong_secret", 1],
    ]);
  });

  test("of another app, and of a time before, are empty", async () => {
    const other = await platform.createApp();
    expect((await read(window, `/apps/${other.appId}/counts`)).series).toEqual([]);
    expect((await read("until=2025-01-01T00:00:00Z")).series).toEqual([]);
  });

  test("refuse a time with too many points or none", async () => {
    const violation = (description: string, violatedRule: string) => [
      400,
      {
        message: "Validation failed",
        details: { validationError: { fieldViolations: [{ field: "since", description, violatedRule }] } },
      },
    ];
    expect(await refused("since=2026-01-01T00:00:00Z&until=2026-01-02T00:01:00Z")).toEqual(
      violation("makes 1441 points, and at most 1440 are returned; use step=hour, or a shorter time", "MAX"),
    );
    expect((await read("since=2026-01-01T00:00:00Z&until=2026-01-02T00:00:00Z")).at).toHaveLength(1_440);
    expect(await refused("step=hour&since=0001-01-01T00:00:00Z")).toEqual(
      violation("makes 17750812 points, and at most 1440 are returned; use a shorter time", "MAX"),
    );
    expect(await refused("since=2026-01-01T00:00:00Z&until=2026-01-01T00:00:00Z")).toEqual(
      violation("must be before until", "VALIDATION"),
    );
    expect((await refused("metric=secrets"))[0]).toBe(400);
    expect((await refused("step=day"))[0]).toBe(400);
  });

  test("are for developers of the app, and those of all apps for operators", async () => {
    const stranger = await createAccount(platform, "stranger", { isDeveloper: true });
    const operator = await createAccount(platform, "operator", { isOperator: true });
    const refused = await stranger.call(`GET /apps/${appId}/counts`);
    expect([refused.status, refused.body]).toEqual([
      404,
      errorBody("APP_NOT_FOUND", "There is no app with this id."),
    ]);
    const all = await stranger.call("GET /counts");
    expect([all.status, all.body]).toEqual([
      403,
      errorBody("PERMISSION_DENIED", "This call is for an operator."),
    ]);
    expect((await operator.call("GET /counts")).status).toBe(200);
    await call(`POST /apps/${appId}/developers`, { body: { accountId: stranger.accountId } });
    expect((await stranger.call(`GET /apps/${appId}/counts`)).status).toBe(200);
  });
});

test("attempts to deliver are counted by outcome with their durations", async () => {
  const { appId, call, install, platform, receiver, subscribe } = await startDeliveryFixture("sqlite");
  receiver.respond = respondWith(500);
  await subscribe("AppInstalled");
  await install();
  await platform.settled();
  await platform.clock.advance(5_000);
  const { body } = await call(`GET /apps/${appId}/counts?metric=deliveries`);
  expect(body.series).toEqual([
    {
      ...{ outcome: "wrong_status", total: 1, counts: expect.arrayContaining([0, 1]) },
      averageMs: expect.arrayContaining([null, expect.any(Number)]),
      p50Ms: expect.arrayContaining([null, expect.any(Number)]),
      p95Ms: expect.arrayContaining([null, expect.any(Number)]),
    },
  ]);
});

test("calls of service plugins are counted by outcome", async () => {
  const platform = await createTestPlatform();
  const call = managementCaller(platform);
  const { appId } = await platform.createApp();
  const { siteId } = await platform.createSite();
  await platform.install({ appId, siteId });
  const methods = [{ name: "ask", path: "/ask", timeoutMs: 3_000 }];
  await call("PUT /service-plugin-types/ACME_QUESTIONS", { body: { methods } });
  const plugin = {
    kind: "SERVICE_PLUGIN",
    componentType: "ACME_QUESTIONS",
    baseUri: "http://127.0.0.1:9999",
  };
  expect((await call(`POST /apps/${appId}/extensions`, { body: plugin })).text).toContain("extensionId");
  const request = { siteId, componentType: "ACME_QUESTIONS", method: "ask" };
  const { body: called } = await call("POST /service-plugins/call", { body: request });
  expect(called.results).toMatchObject([{ appId, error: { code: "UNREACHABLE" } }]);
  await platform.clock.advance(5_000);
  const { body } = await call(`GET /apps/${appId}/counts?metric=pluginCalls`);
  expect(body.series).toMatchObject([{ outcome: "UNREACHABLE", total: 1, p95Ms: expect.any(Array) }]);
  await platform.close();
});
