import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { managementCaller } from "@latchkey/test-support/management-client";
import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { childFlags } from "../../../../../tools/test/responses/child-process.ts";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";
import { openTestDirectory } from "../../testing/test-database.ts";
import { readConfig } from "../config.ts";
import { createPlatform, type Platform } from "../platform.ts";

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });

const traceId = "0af7651916cd43dd8448eb211c80319c";
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

/** `traceparent` of each request to an endpoint of an app. */
const received: (string | undefined)[] = [];
const endpoint = createServer((request, response) => {
  received.push(request.headers.traceparent as string | undefined);
  expect(request.headers.baggage).toBeUndefined();
  response.writeHead(200, { "content-type": "application/json" }).end("{}");
});
let endpointUrl: string;

beforeAll(async () => {
  provider.register();
  await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
  endpointUrl = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}`;
});
afterAll(async () => {
  for (const api of [trace, propagation, context]) api.disable();
  await provider.shutdown();
  endpoint.closeAllConnections();
  await new Promise((resolve) => endpoint.close(resolve));
});
beforeEach(() => {
  exporter.reset();
  received.length = 0;
});

/** The ended spans of a name. */
const spans = (name: string) => exporter.getFinishedSpans().filter((span) => span.name === name);

describe("FR-B11: with a registered SDK of OpenTelemetry", () => {
  let platform: TestPlatform;
  beforeEach(async () => {
    platform = await createTestPlatform();
  });
  afterEach(() => platform.close());

  test("each request is a span named by its route", async () => {
    await platform.createSite();
    const headers = { authorization: `Bearer ${platform.adminKey}` };
    await fetch(`${platform.url}/admin/v1/sites/00000000-0000-4000-8000-000000000000`, { headers });
    await fetch(`${platform.url}/nothing/here`);
    const [known] = spans("GET /admin/v1/sites/{siteId}");
    expect([known?.kind, known?.attributes, known?.status]).toEqual([
      SpanKind.SERVER,
      {
        "http.request.method": "GET",
        "http.route": "/admin/v1/sites/{siteId}",
        "http.response.status_code": 404,
      },
      { code: SpanStatusCode.UNSET },
    ]);
    expect(spans("GET").map(({ attributes }) => attributes)).toEqual([
      { "http.request.method": "GET", "http.response.status_code": 404 },
    ]);
  });

  test("a plugin call is a child of the request, and gets its traceparent but no baggage", async () => {
    const manage = managementCaller(platform);
    const methods = [{ name: "ask", path: "/v1/ask", timeoutMs: 10_000 }];
    await manage("PUT /service-plugin-types/ACME_QUESTIONS", { body: { methods } });
    const { appId } = await platform.createApp();
    const { siteId } = await platform.createSite();
    await platform.install({ appId, siteId });
    const extension = { kind: "SERVICE_PLUGIN", componentType: "ACME_QUESTIONS", baseUri: endpointUrl };
    await manage(`POST /apps/${appId}/extensions`, { body: extension });
    const body = { siteId, componentType: "ACME_QUESTIONS", method: "ask", request: {} };
    await manage("POST /service-plugins/call", { body, headers: { traceparent, baggage: "tenant=1" } });
    const [call] = spans("plugin call");
    const [request] = spans("POST /admin/v1/service-plugins/call");
    expect(request?.parentSpanContext?.spanId).toBe("b7ad6b7169203331");
    expect([call?.kind, call?.parentSpanContext?.spanId, call?.attributes]).toEqual([
      SpanKind.CLIENT,
      request?.spanContext().spanId,
      {
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "server.address": "127.0.0.1",
        "latchkey.app_id": appId,
        "latchkey.component_type": "ACME_QUESTIONS",
        "latchkey.method": "ask",
      },
    ]);
    expect(received).toEqual([`00-${traceId}-${call?.spanContext().spanId}-01`]);
  });

  test("an attempt to deliver a webhook is in the trace of the request that caused the event", async () => {
    const manage = managementCaller(platform);
    const { appId } = await platform.createApp();
    const { siteId } = await platform.createSite();
    await manage(`POST /apps/${appId}/webhooks`, { body: { eventType: "AppInstalled", url: endpointUrl } });
    await manage(`POST /sites/${siteId}/instances`, { body: { appId }, headers: { traceparent } });
    await platform.settled();
    const [attempt] = spans("webhook attempt");
    const [install] = spans("POST /admin/v1/sites/{siteId}/instances");
    expect([attempt?.spanContext().traceId, attempt?.parentSpanContext?.spanId]).toEqual([
      traceId,
      install?.spanContext().spanId,
    ]);
    expect(attempt?.attributes).toMatchObject({
      "latchkey.app_id": appId,
      "latchkey.event_type": "AppInstalled",
    });
    expect(received).toEqual([`00-${traceId}-${attempt?.spanContext().spanId}-01`]);
  });
});

test("FR-B11: both requests that confirm a webhook are spans with its app, and pass their traceparent on", async () => {
  const platform = await createTestPlatform({ confirmWebhooks: true });
  const { appId } = await platform.createApp();
  const body = { eventType: "AppInstalled", url: endpointUrl };
  const created = await managementCaller(platform)(`POST /apps/${appId}/webhooks`, { body });
  await platform.settled();
  const confirmations = spans("webhook confirmation");
  expect(confirmations.map(({ attributes }) => attributes)).toEqual(
    Array(2).fill({
      "http.request.method": "POST",
      "http.response.status_code": 200,
      "server.address": "127.0.0.1",
      "latchkey.app_id": appId,
      "latchkey.webhook_id": created.body.webhookId,
      "latchkey.event_type": "latchkey.webhook.test",
    }),
  );
  const contexts = confirmations.map((span) => span.spanContext());
  expect(received).toEqual(contexts.map(({ spanId, traceId }) => `00-${traceId}-${spanId}-01`));
  await platform.close();
});

describe("FR-B11: in production", () => {
  const storage = openTestDirectory();
  let platform: Platform;
  beforeAll(async () => {
    const config = readConfig({
      DATABASE_URL: storage.databaseUrl,
      LATCHKEY_LOG_LEVEL: "silent",
      LATCHKEY_ENCRYPTION_KEY: "9f2c41d80b6e7a53c1f894e02d7b65a8304c9e1f6bd2750a8e43c7196fb05d2a",
      LATCHKEY_ADMIN_KEY: "b4c1d97e20a86f35e1904bd2c7f6835a0e9d4c12b7a8f0356d21e98c47b5f603",
      LATCHKEY_TRUSTED_PROXIES: "10.0.0.0/8",
    });
    platform = await createPlatform(config);
  });
  afterAll(async () => {
    await platform.close();
    await storage.remove();
  });

  test.each([
    ["10.1.2.3", traceId],
    ["::ffff:10.1.2.3", traceId],
    ["192.0.2.1", undefined],
    ["127.0.0.1", undefined],
  ])("the traceparent of %s counts only when it is a trusted proxy", async (clientAddress, trace) => {
    const request = new Request("http://127.0.0.1:4400/healthz", { headers: { traceparent } });
    await platform.fetch(request, { requestId: "test", clientAddress });
    const [span] = spans("GET /healthz");
    expect(span?.parentSpanContext?.traceId).toBe(trace);
    if (trace === undefined) expect(span?.spanContext().traceId).not.toBe(traceId);
  });
});

test("FR-B11: a line of the log has host, process, version, and the ids of the current span", async () => {
  const log = join(import.meta.dirname, "../../infrastructure/observability/index.ts");
  const script = `
    import { trace } from "@opentelemetry/api";
    import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
    import { createLog } from ${JSON.stringify(log)};
    new NodeTracerProvider().register();
    const log = createLog("info");
    trace.getTracer("test").startActiveSpan("request", (span) => {
      log.info(span.spanContext(), "inside");
    });
    log.info("outside");
    log.info({ pid: 1 }, "end");`;
  const flags = [...childFlags(), "--input-type=module", "-e", script];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { cwd: import.meta.dirname });
  const [inside, outside] = stdout.split("\n").map((line) => (line === "" ? {} : JSON.parse(line)));
  expect(inside).toMatchObject({ trace_id: inside.traceId, span_id: inside.spanId, msg: "inside" });
  expect(outside).toEqual({
    level: 30,
    time: expect.any(String),
    hostname: hostname(),
    pid: expect.any(Number),
    version: "0.0.0",
    msg: "outside",
  });
});
