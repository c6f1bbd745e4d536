import { type CallManagement, managementCaller, violations } from "@latchkey/test-support/management-client";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  createTestPlatform,
  type InstanceOfApp,
  type NewFault,
  type TestPlatform,
} from "../../../testing/index.ts";

let platform: TestPlatform;
let call: CallManagement;
let instance: InstanceOfApp;
let other: InstanceOfApp;

beforeAll(async () => {
  platform = await createTestPlatform();
  call = managementCaller(platform);
  instance = await installNew();
  other = await installNew();
});
afterEach(() => platform.faults.clear());
afterAll(() => platform.close());

async function installNew(): Promise<InstanceOfApp> {
  const { appId, secret } = await platform.createApp();
  const { siteId } = await platform.createSite();
  const { instanceId } = await platform.install({ appId, siteId });
  return { appId, instanceId, secret: secret.value };
}

async function requestToken({ appId, instanceId, secret }: InstanceOfApp, form = false): Promise<Response> {
  const body = {
    grant_type: "client_credentials",
    client_id: appId,
    client_secret: secret ?? "",
    instance_id: instanceId,
  };
  return await fetch(`${platform.url}/oauth2/token`, {
    method: "POST",
    headers: form ? {} : { "content-type": "application/json" },
    body: form ? new URLSearchParams(body) : JSON.stringify(body),
  });
}

const statusOf = async (of = instance, form = false) => (await requestToken(of, form)).status;
const callApi = (token: string) =>
  fetch(`${platform.url}/apps/v1/instance`, { headers: { authorization: `Bearer ${token}` } });

describe("a fault of the token endpoint", () => {
  test("sets the status of the next responses, with Retry-After and the error of OAuth", async () => {
    const { faultId } = await platform.faults.add({ target: "token", status: 503, retryAfter: 7, times: 2 });
    const response = await requestToken(instance);
    expect([
      response.status,
      response.headers.get("retry-after"),
      response.headers.get("x-latchkey-fault"),
    ]).toEqual([503, "7", faultId]);
    expect(await response.json()).toEqual({
      error: "temporarily_unavailable",
      error_description: "A fault of POST /admin/v1/dev/faults.",
    });
    expect([await statusOf(), await statusOf()]).toEqual([503, 200]);
    expect(await platform.faults.list()).toEqual([
      { faultId, target: "token", status: 503, retryAfter: 7, times: 2, applied: 2 },
    ]);
  });

  test("resets the connection", async () => {
    await platform.faults.add({ target: "token", reset: true, times: 1 });
    await expect(requestToken(instance)).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
    expect(await statusOf()).toBe(200);
  });

  test("delays a request in real time, until its client gives up", async () => {
    await platform.faults.add({ target: "token", latency: "60s", times: 1 });
    const client = new AbortController();
    const { signal } = client;
    const asked = fetch(`${platform.url}/oauth2/token`, { method: "POST", body: "{}", signal });
    await expect.poll(async () => (await platform.faults.list())[0]?.applied).toBe(1);
    client.abort();
    await expect(asked).rejects.toMatchObject({ name: "AbortError" });
    await platform.faults.add({ target: "token", latency: 1, times: 1 });
    expect(await statusOf()).toBe(200);
  });

  test.each([false, true])("concerns one app or one instance only (form: %s)", async (form) => {
    await platform.faults.add({ target: "token", status: 500, appId: instance.appId });
    expect([await statusOf(instance, form), await statusOf(other, form)]).toEqual([500, 200]);
    await platform.faults.clear();
    await platform.faults.add({ target: "token", status: 429, instanceId: other.instanceId.toUpperCase() });
    expect([await statusOf(instance, form), await statusOf(other, form)]).toEqual([200, 429]);
  });

  test("with a probability makes the same choices for the same seed", async () => {
    const statuses = async (seed: string) => {
      await platform.faults.clear();
      await platform.faults.add({ target: "token", status: 500, probability: 0.5, seed });
      const found: number[] = [];
      for (let n = 0; n < 12; n += 1) found.push(await statusOf());
      return found;
    };
    const first = await statuses("a");
    expect(new Set(first)).toEqual(new Set([200, 500]));
    expect(await statuses("a")).toEqual(first);
    expect(await statuses("b")).not.toEqual(first);
  });

  test("does not concern token() and manage() of the test kit", async () => {
    await platform.faults.add({ target: "token", status: 500 });
    expect(await platform.token(instance)).toMatch(/^eyJ/);
  });
});

test("a fault of API calls has the errors of the API, and concerns one app", async () => {
  const [token, otherToken] = [await platform.token(instance), await platform.token(other)];
  await platform.faults.add({ target: "api", status: 429, retryAfter: 1, times: 1, appId: instance.appId });
  expect((await callApi(otherToken)).status).toBe(200);
  const refused = await callApi(token);
  expect([refused.status, refused.headers.get("retry-after"), await refused.json()]).toEqual([
    429,
    "1",
    {
      message: "A fault of POST /admin/v1/dev/faults.",
      details: {
        applicationError: {
          code: "RESOURCE_EXHAUSTED",
          description: "A fault of POST /admin/v1/dev/faults.",
          data: {},
        },
      },
    },
  ]);
  await platform.faults.add({ target: "api", status: 502 });
  const failed = await callApi(token);
  expect([failed.status, await failed.json()]).toEqual([502, { message: "", details: {} }]);
  expect(await statusOf()).toBe(200);
  expect((await call("GET /apps")).status).toBe(200);
});

describe("over HTTP", () => {
  test("faults are added, listed and deleted", async () => {
    const added = await call("POST /dev/faults", { body: { target: "token", latency: "2s", times: 1 } });
    const fault = { faultId: added.body.faultId, target: "token", latency: 2_000, times: 1, applied: 0 };
    expect([added.status, added.body]).toEqual([200, fault]);
    const listed = await call("GET /dev/faults");
    expect([listed.status, listed.body]).toEqual([200, { items: [fault], nextCursor: null }]);
    expect((await call("DELETE /dev/faults")).body).toEqual({});
    expect((await call("GET /dev/faults")).body.items).toEqual([]);
  });

  test("a platform has at most 100 faults", async () => {
    for (let n = 0; n < 100; n += 1) await platform.faults.add({ target: "token", status: 500, times: 1 });
    const refused = await call("POST /dev/faults", { body: { target: "token", reset: true } });
    expect([refused.status, refused.body.message]).toEqual([
      409,
      "There are 100 faults; delete them with DELETE /admin/v1/dev/faults first.",
    ]);
    expect(await platform.faults.list()).toHaveLength(100);
  });
});

const effects = "latency, status, reset";
const tooLong = 'must be whole milliseconds, or a number and ms, s, m, h or d such as "2s", at most 60s';

test.each([
  [{ target: "tokens", status: 500 }, "target must be one of token, api, delivery"],
  [
    { target: "token" },
    `target needs exactly one of ${effects}, such as {"target":"token","status":503,"times":3}`,
  ],
  [
    { target: "api", status: 500, reset: true },
    `target needs exactly one of ${effects}, such as {"target":"api","status":429,"retryAfter":1,"times":1}`,
  ],
  [{ target: "token", duplicate: true }, `duplicate is no effect of token, which has ${effects}`],
  [
    { target: "delivery", status: 500 },
    "status is no effect of delivery, which has duplicate, reorder, delay, corruptSignature",
  ],
  [{ target: "token", latency: "61s" }, `latency ${tooLong}`],
  [{ target: "token", latency: -1 }, `latency ${tooLong}`],
  [{ target: "token", latency: "soon" }, `latency ${tooLong}`],
  [{ target: "token", latency: true }, "latency must be a number or text"],
  [{ target: "token", status: 200 }, "status must be at least 400"],
  [{ target: "token", status: "503" }, "status must be a number"],
  [{ target: "token", status: 503, retryAfter: -1 }, "retryAfter must be at least 0"],
  [{ target: "token", status: 503, retryAfter: "soon" }, "retryAfter must be a number"],
  [{ target: "token", reset: false }, "reset must be one of true"],
  [{ target: "token", reset: true, retryAfter: 1 }, "retryAfter needs a status"],
  [{ target: "token", reset: true, times: 0 }, "times must be at least 1"],
  [{ target: "token", reset: true, times: 1.5 }, "times must be a whole number"],
  [{ target: "token", reset: true, probability: 1.1 }, "probability must be above 0 and at most 1"],
  [{ target: "token", reset: true, probability: 0 }, "probability must be above 0 and at most 1"],
  [{ target: "token", reset: true, seed: "a" }, "seed needs a probability"],
  [{ target: "token", reset: true, appId: "my-app" }, "appId must be a GUID"],
  [{ target: "token", reset: true, eventType: "AppInstalled" }, "eventType is only for the target delivery"],
])("the fault %j is refused, and nothing changes", async (fault, rule) => {
  const [field = "", ...description] = rule.split(" ");
  const refused = await call("POST /dev/faults", { body: fault });
  expect(refused.status).toBe(400);
  expect(refused.body).toMatchObject(violations({ field, description: description.join(" ") }));
  await expect(platform.faults.add(fault as NewFault)).rejects.toMatchObject({
    name: "TestKitError",
    code: "invalid_option",
    message: `faults.add: ${rule}.`,
  });
  expect(await platform.faults.list()).toEqual([]);
});

test.each([
  [{ target: "token", status: Number.NaN }, "status must be a number"],
  [{ target: "token", latency: Number.NaN }, "latency must be a number or text"],
  [{ target: "token", reset: true, probability: Number.NaN }, "probability must be a number"],
  [
    { target: "token", reset: true, count: 3 },
    /^faults\.add: the fault has a field that is not taken here; only these are: target, latency, /,
  ],
])("faults.add refuses %j, and nothing changes", async (fault, rule) => {
  const message = typeof rule === "string" ? `faults.add: ${rule}.` : expect.stringMatching(rule);
  await expect(platform.faults.add(fault as NewFault)).rejects.toMatchObject({
    code: "invalid_option",
    message,
  });
  expect(await platform.faults.list()).toEqual([]);
});

test("over HTTP, a fault with an unknown field is refused by naming the known ones, and nothing changes", async () => {
  const { body, status } = await call("POST /dev/faults", {
    body: { target: "token", reset: true, count: 3 },
  });
  const description = expect.stringMatching(/only these are: target, latency, status, .*, eventType$/);
  expect([status, body]).toEqual([
    400,
    violations({
      ...{ field: "body", description, violatedRule: "FIELD_NOT_ALLOWED" },
      data: { allowed: expect.arrayContaining(["target", "times", "eventType"]) },
    }),
  ]);
  expect(await platform.faults.list()).toEqual([]);
});

test("a platform stops while a fault delays a request", async () => {
  const stopped = await createTestPlatform();
  await stopped.faults.add({ target: "token", latency: "60s" });
  const asked = fetch(`${stopped.url}/oauth2/token`, { method: "POST", body: "{}" }).catch(() => "closed");
  await expect.poll(async () => (await stopped.faults.list())[0]?.applied).toBe(1);
  await stopped.close();
  expect(await asked).toBe("closed");
});
