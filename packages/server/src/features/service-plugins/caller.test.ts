import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";

type Respond = (response: ServerResponse, request: IncomingMessage, body: string) => unknown;

let platform: TestPlatform;
let call: ReturnType<typeof managementCaller>;
const endpoints = new Map<string, Respond>();
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const [, name = ""] = (request.url ?? "").split("/");
  endpoints.get(name)?.(response, request, Buffer.concat(chunks).toString());
});
let baseUrl: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  platform = await createTestPlatform({ seed: "service plugins" });
  call = managementCaller(platform);
  const methods = [{ name: "ask", path: "/v1/ask", timeoutMs: 3_000 }];
  await call("PUT /service-plugin-types/ACME_QUESTIONS", { body: { methods } });
  await call("PUT /service-plugin-types/ACME_PATIENT", {
    body: { methods: [{ ...methods[0], timeoutMs: 30_000 }] },
  });
});
afterAll(async () => {
  await platform.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const json =
  (body: unknown, status = 200): Respond =>
  (response) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));

/** An app that implements a type, on a site. */
async function plug(
  respond: Respond,
  { componentType = "ACME_QUESTIONS", siteId }: { siteId: string; componentType?: string },
) {
  const name = `app-${endpoints.size}`;
  endpoints.set(name, respond);
  const app = await platform.createApp({ name });
  const { instanceId } = await platform.install({ appId: app.appId, siteId });
  const body = { kind: "SERVICE_PLUGIN", componentType, baseUri: `${baseUrl}/${name}` };
  expect((await call(`POST /apps/${app.appId}/extensions`, { body })).status).toBe(200);
  return { appId: app.appId, instanceId, name };
}
const newSite = async (): Promise<string> => (await platform.createSite()).siteId;

interface Result {
  readonly appId: string;
  readonly instanceId: string;
  readonly durationMs: number;
  readonly response?: object;
  readonly error?: { readonly code: string; readonly message: string };
}
async function ask(siteId: string, more: object = {}): Promise<Result[]> {
  const body = { siteId, componentType: "ACME_QUESTIONS", method: "ask", request: { q: 1 }, ...more };
  const response = await call("POST /service-plugins/call", { body });
  expect([response.status, response.text]).toEqual([200, expect.any(String)]);
  return (response.body.results as Result[]).toSorted((one, other) =>
    one.instanceId < other.instanceId ? -1 : 1,
  );
}
const outcomeOf = ({ error, response }: Result) => error ?? response;

describe("a call", () => {
  test("reaches every app on the site that implements the type, and no other", async () => {
    const siteId = await newSite();
    const one = await plug(json({ from: 1 }), { siteId });
    const two = await plug(json({ from: 2 }), { siteId });
    await plug(json({ from: 3 }), { siteId: await newSite() });
    await plug(json({ from: 4 }), { siteId, componentType: "ACME_PATIENT" });
    const off = await plug(json({ from: 5 }), { siteId });
    await call(`PATCH /apps/${off.appId}`, { body: { enabled: false } });
    const suspended = await plug(json({ from: 6 }), { siteId });
    await platform.suspend(suspended.instanceId);
    const removed = await plug(json({ from: 7 }), { siteId });
    await platform.remove(removed.instanceId);
    const results = await ask(siteId);
    expect(new Map(results.map((result) => [result.appId, result.response]))).toEqual(
      new Map([
        [one.appId, { from: 1 }],
        [two.appId, { from: 2 }],
      ]),
    );
  });

  test("is signed with the key of each app, for its instance, its URL and this minute", async () => {
    const siteId = await newSite();
    const seen: {
      headers: IncomingMessage["headers"];
      url: string;
      claims: Record<string, unknown>;
      typ: string;
    }[] = [];
    const app = await plug(
      (response, request, body) => {
        const [header = "", payload = ""] = body
          .split(".")
          .map((part) => Buffer.from(part, "base64url").toString());
        const { url = "", headers } = request;
        seen.push({ headers, url, claims: JSON.parse(payload), typ: JSON.parse(header).typ });
        json({})(response, request, body);
      },
      { siteId },
    );
    await ask(siteId);
    const now = Math.floor(platform.clock.now() / 1_000);
    expect(seen).toMatchObject([
      {
        ...{ typ: "service-plugin+jwt", url: `/${app.name}/v1/ask` },
        headers: { "content-type": "text/plain; charset=utf-8", "user-agent": "Latchkey-Service-Plugins" },
        claims: {
          ...{ iss: "wix.com", aud: app.appId, iat: now, exp: now + 60 },
          ...{ htm: "POST", htu: `${baseUrl}/${app.name}/v1/ask` },
          data: {
            request: { q: 1 },
            metadata: {
              ...{ identity: { identityType: "UNKNOWN" }, instanceId: app.instanceId, currency: "USD" },
              ...{ languages: ["en-US"], appExtensionType: "ACME_QUESTIONS" },
            },
          },
        },
      },
    ]);
  });

  test("of a type that no app on the site implements is an empty list", async () => {
    expect(await ask(await newSite())).toEqual([]);
  });

  test("is recorded for the developers of the app, with its time and outcome", async () => {
    const siteId = await newSite();
    const { appId, instanceId } = await plug(json({}, 503), { siteId });
    await ask(siteId, { metadata: { requestId: "cart-7" } });
    await platform.clock.advance(2_000);
    const { body } = await call(`GET /service-plugin-calls?appId=${appId}&outcome=REFUSED`);
    expect(body.items).toMatchObject([
      {
        ...{ requestId: "cart-7", appId, instanceId, siteId, componentType: "ACME_QUESTIONS", method: "ask" },
        ...{
          outcome: "REFUSED",
          status: 503,
          detail: "The endpoint responded with 503 without an application error.",
        },
      },
    ]);
  });
});

describe("an endpoint that fails does not affect calls of other apps, when it", () => {
  const text = "x".repeat(2_000_000);
  test.each<[string, Respond, object]>([
    ["never responds", () => {}, { code: "TIMEOUT", message: "No complete response came within 3000 ms." }],
    ["never ends its response", (response) => response.write("{"), { code: "TIMEOUT" }],
    ["responds with 500", json({}, 500), { code: "REFUSED", status: 500 }],
    ["resets the connection", (response) => response.socket?.destroy(), { code: "UNREACHABLE" }],
    [
      "redirects",
      (response) => response.writeHead(302, { location: `${baseUrl}/other` }).end(),
      {
        code: "REFUSED",
        status: 302,
        message: "The endpoint responded with 302; redirects are not followed.",
      },
    ],
    ["responds with 204", (response) => response.writeHead(204).end(), { code: "REFUSED", status: 204 }],
    ["responds with no JSON", (response) => response.end("OK"), { code: "INVALID_ANSWER", status: 200 }],
    [
      "responds with a list",
      json([]),
      { code: "INVALID_ANSWER", message: "The response is not a JSON object." },
    ],
    [
      "responds with a number that JavaScript would change (FR-E8)",
      (response) => response.end('{"total":9007199254740993}'),
      {
        code: "INVALID_ANSWER",
        message: "The response has a number with more digits than JavaScript keeps; send it as a string.",
      },
    ],
    [
      "responds with 2 MB",
      json({ text }),
      { code: "INVALID_ANSWER", message: "The response is larger than 1 MiB." },
    ],
    [
      "responds with an application error",
      json({ applicationError: { code: "CLOSED", data: { until: "Monday" } } }, 409),
      { code: "APPLICATION_ERROR", applicationCode: "CLOSED", data: { until: "Monday" }, status: 409 },
    ],
  ])("%s", async (_, respond, error) => {
    const siteId = await newSite();
    const bad = await plug(respond, { siteId });
    const good = await plug(json({ fine: true }), { siteId });
    const outcomes = new Map((await ask(siteId)).map((result) => [result.appId, outcomeOf(result)]));
    expect(outcomes.get(bad.appId)).toMatchObject(error);
    expect(outcomes.get(good.appId)).toEqual({ fine: true });
  });

  const rate = { code: "std", title: "Standard", cost: { price: "4.90", currency: "EUR" } };
  test.each<[string, object, number, string]>([
    [
      "an unknown currency",
      { shippingRates: [{ ...rate, cost: { price: "1", currency: "XXQ" } }] },
      200,
      'The response breaks the schema: shippingRates[0].cost.currency must match format "currency".',
    ],
    [
      "a price that is a number",
      { shippingRates: [{ ...rate, cost: { price: 4.9, currency: "EUR" } }] },
      200,
      "The response breaks the schema: shippingRates[0].cost.price must be string.",
    ],
    ["no rates", {}, 200, "The response breaks the schema: shippingRates is required."],
    [
      "an error that the method does not declare",
      { applicationError: { code: "NO_IDEA" } },
      400,
      "The app returned the error NO_IDEA, which the method does not declare; it declares MISSING_POSTAL_CODE, INVALID_POSTAL_CODE, PARTIAL_ADDRESS, GENERIC_ERROR.",
    ],
  ])("responds to a call for shipping rates with %s", async (_, body, status, message) => {
    const siteId = await newSite();
    await plug(json(body, status), { siteId, componentType: "ECOM_SHIPPING_RATES" });
    const request = { lineItems: [{ quantity: 1, price: "9.00" }] };
    const [result] = await ask(siteId, {
      componentType: "ECOM_SHIPPING_RATES",
      method: "getShippingRates",
      request,
    });
    expect(result?.error).toMatchObject({ code: "INVALID_ANSWER", message, status });
  });

  test("returns an error that the method does not declare: result and call log name its code", async () => {
    const siteId = await newSite();
    const body = { applicationError: { code: "NO_\0IDEA" } };
    const app = await plug(json(body, 400), { siteId, componentType: "ECOM_SHIPPING_RATES" });
    const more = { componentType: "ECOM_SHIPPING_RATES", method: "getShippingRates" };
    const [result] = await ask(siteId, { ...more, request: { lineItems: [{ quantity: 1, price: "9.00" }] } });
    expect(result?.error).toMatchObject({ code: "INVALID_ANSWER", applicationCode: "NO_IDEA" });
    await platform.clock.advance(2_000);
    const { body: log } = await call(`GET /service-plugin-calls?appId=${app.appId}`);
    expect(log.items).toMatchObject([{ outcome: "INVALID_ANSWER", detail: result?.error?.message }]);
  });

  test("fails five times is not called for 30 seconds", async () => {
    const siteId = await newSite();
    let calls = 0;
    const { name } = await plug(
      (response, request, body) => {
        calls += 1;
        json({}, 500)(response, request, body);
      },
      { siteId },
    );
    for (let count = 0; count < 5; count += 1) await ask(siteId);
    const [result] = await ask(siteId);
    expect([calls, result?.error]).toEqual([
      5,
      {
        code: "CIRCUIT_OPEN",
        message: "The endpoint failed five times in a row; it is not called until the next trial.",
        retryAt: new Date(platform.clock.now() + 30_000).toISOString(),
      },
    ]);
    endpoints.set(name, json({ well: true }));
    await platform.clock.advance(30_000);
    expect((await ask(siteId)).map(outcomeOf)).toEqual([{ well: true }]);
  });

  test("calls itself gets an error that names the loop", async () => {
    const siteId = await newSite();
    const inner: unknown[] = [];
    const app = await plug(
      async (response, request, body) => {
        const identity = { identityType: "APP", appId: app.appId };
        const more = { componentType: "ACME_PATIENT", metadata: { identity } };
        inner.push((await ask(siteId, more)).map(outcomeOf));
        json({ outer: true })(response, request, body);
      },
      { siteId, componentType: "ACME_PATIENT" },
    );
    const outer = await ask(siteId, { componentType: "ACME_PATIENT" });
    expect(outer.map(outcomeOf)).toEqual([{ outer: true }]);
    expect(inner).toEqual([
      [
        {
          code: "LOOP",
          message:
            `${app.name} is being called, and its own call led back to it: ACME_PATIENT of ${app.name} → ` +
            `ACME_PATIENT of ${app.name}. A service plugin must not call an API that calls the plugin.`,
        },
      ],
    ]);
  });
});

describe("a call is rejected", () => {
  const violation = (field: string, description: string) => ({
    details: { validationError: { fieldViolations: [{ field, description }] } },
  });
  test.each<[string, object, string, string]>([
    [
      "for an unknown type",
      { componentType: "NOBODYS" },
      "componentType",
      "is not a service plugin type of this platform",
    ],
    ["for an unknown method", { method: "tell" }, "method", "is not a method of this type; it has ask"],
    [
      "with an identity without id",
      { metadata: { identity: { identityType: "MEMBER" } } },
      "metadata.identity",
      "must have the id of its identityType, and no other",
    ],
    [
      "with an identity with two ids",
      { metadata: { identity: { identityType: "APP", appId: "a", memberId: "m" } } },
      "metadata.identity",
      "must have the id of its identityType, and no other",
    ],
    [
      "with a request that breaks the schema",
      {
        componentType: "ECOM_SHIPPING_RATES",
        method: "getShippingRates",
        request: { lineItems: [{ quantity: 0 }] },
      },
      "request.lineItems[0].quantity",
      "must be >= 1",
    ],
  ])("%s", async (_, more, field, description) => {
    const body = { siteId: await newSite(), componentType: "ACME_QUESTIONS", method: "ask", ...more };
    const response = await call("POST /service-plugins/call", { body });
    expect([response.status, response.body]).toMatchObject([400, violation(field, description)]);
  });

  test("for an unknown site", async () => {
    const body = { siteId: crypto.randomUUID(), componentType: "ACME_QUESTIONS", method: "ask" };
    expect((await call("POST /service-plugins/call", { body })).status).toBe(404);
  });
});

test("a cart of 500 items is sent to the app, and one of 501 is rejected", async () => {
  const siteId = await newSite();
  let seen = 0;
  await plug(
    (response, request, body) => {
      const claims = JSON.parse(Buffer.from(body.split(".")[1] ?? "", "base64url").toString());
      seen = claims.data.request.lineItems.length;
      json({ shippingRates: [] })(response, request, body);
    },
    { siteId, componentType: "ECOM_SHIPPING_RATES" },
  );
  const item = { name: "A mug with a long name ".repeat(8), quantity: 1, price: "9.00" };
  const send = (count: number) => {
    const request = { lineItems: Array(count).fill(item) };
    const body = { siteId, componentType: "ECOM_SHIPPING_RATES", method: "getShippingRates", request };
    return call("POST /service-plugins/call", { body });
  };
  expect([(await send(500)).status, seen]).toEqual([200, 500]);
  const refused = await send(501);
  expect([refused.status, refused.body]).toMatchObject([
    400,
    { details: { validationError: { fieldViolations: [{ field: "request.lineItems" }] } } },
  ]);
});

test("a repeated Idempotency-Key gets the first response, and no app is called again", async () => {
  const siteId = await newSite();
  let calls = 0;
  await plug(
    (response, request, body) => {
      calls += 1;
      json({ calls })(response, request, body);
    },
    { siteId },
  );
  const headers = { "idempotency-key": "checkout-1" };
  const body = { siteId, componentType: "ACME_QUESTIONS", method: "ask" };
  const first = await call("POST /service-plugins/call", { body, headers });
  const second = await call("POST /service-plugins/call", { body, headers });
  expect([calls, second.text, second.headers.get("idempotent-replayed")]).toEqual([1, first.text, "true"]);
});
