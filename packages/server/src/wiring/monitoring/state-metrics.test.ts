import { managementCaller } from "@latchkey/test-support/management-client";
import { openTcpProxy, type TcpProxy } from "@latchkey/test-support/tcp-proxy";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";
import { engines } from "../../testing/test-database.ts";

let platform: TestPlatform;

async function readMetrics(authorization = `Bearer ${platform.adminKey}`) {
  // Requests the metrics as a scraper on another machine does.
  const headers = { authorization, "x-forwarded-for": "192.0.2.1" };
  const response = await fetch(`${platform.url}/metrics`, { headers });
  return { status: response.status, text: await response.text() };
}

/** The samples whose line begins with a text. */
async function samples(start: string): Promise<string[]> {
  const { text } = await readMetrics();
  return text.split("\n").filter((line) => line.startsWith(start));
}

describe.each(engines)("on %s", (database) => {
  beforeEach(async () => {
    platform = await createTestPlatform({ database });
  });
  afterEach(() => platform.close());

  test("FR-B11: counters are zero from the start for every value of their labels", async () => {
    const { text } = await readMetrics();
    expect(text.split("\n")).toEqual(
      expect.arrayContaining([
        'latchkey_token_requests_total{outcome="ok"} 0',
        'latchkey_token_requests_total{outcome="invalid_client"} 0',
        'latchkey_token_requests_total{outcome="server_error"} 0',
        'latchkey_token_checks_total{outcome="ok"} 0',
        'latchkey_token_checks_total{outcome="bad_signature"} 0',
        'latchkey_token_checks_total{outcome="unknown_key"} 0',
        'latchkey_delivery_attempts_total{outcome="delivered"} 0',
        'latchkey_delivery_attempts_total{outcome="timeout"} 0',
        'latchkey_service_plugin_calls_total{outcome="ANSWERED"} 0',
        'latchkey_service_plugin_calls_total{outcome="CIRCUIT_OPEN"} 0',
        'latchkey_maintenance_failures_total{work="delete deliveries"} 0',
        'latchkey_maintenance_failures_total{work="seal again"} 0',
        'latchkey_http_responses_total{status="5xx"} 0',
        "latchkey_database_failures_total 0",
        "latchkey_database_connection_errors_total 0",
        "latchkey_token_log_left_out_total 0",
      ]),
    );
  });

  test("FR-B11: requests are measured by route, method and class of status, never by id", async () => {
    const manage = managementCaller(platform);
    const { siteId } = await platform.createSite();
    await manage(`GET /sites/${siteId}`);
    await manage(`GET /sites/${siteId}`);
    await manage("GET /sites/00000000-0000-4000-8000-000000000000");
    await fetch(`${platform.url}/oauth2/token`, { method: "POST" });
    await fetch(`${platform.url}/oauth2/token`, { method: "DELETE" });
    await fetch(`${platform.url}/${siteId}`);
    const counts = await samples("latchkey_http_request_duration_seconds_count");
    expect(counts.sort()).toEqual([
      'latchkey_http_request_duration_seconds_count{route="/admin/v1/sites/{siteId}",method="GET",status="2xx"} 2',
      'latchkey_http_request_duration_seconds_count{route="/admin/v1/sites/{siteId}",method="GET",status="4xx"} 1',
      'latchkey_http_request_duration_seconds_count{route="/oauth2/token",method="POST",status="4xx"} 1',
      'latchkey_http_request_duration_seconds_count{route="unmatched",method="other",status="4xx"} 2',
    ]);
    expect((await readMetrics()).text).not.toContain(siteId);
  });

  test("FR-B11: the process and Node have their standard names, and the build is named", async () => {
    const { text } = await readMetrics();
    for (const name of [
      "process_cpu_seconds_total",
      "nodejs_eventloop_lag_p99_seconds",
      "nodejs_version_info",
    ])
      expect(text).toContain(`\n# TYPE ${name} `);
    expect(text).not.toMatch(/latchkey_(process|nodejs)/);
    expect(await samples("latchkey_build_info")).toEqual([
      `latchkey_build_info{version="0.0.0",node="${process.versions.node}",database="${database}"} 1`,
    ]);
  });

  test("FR-B11: the state of the database, of searches and of the signing key is measured", async () => {
    const connections = (await samples("latchkey_database_connections")).map((line) =>
      line.replace(/ .*/, ""),
    );
    expect(connections).toEqual(
      ["main", "search"].flatMap((pool) =>
        ["busy", "idle", "max", "waiting"].map(
          (state) => `latchkey_database_connections{pool="${pool}",state="${state}"}`,
        ),
      ),
    );
    expect(await samples('latchkey_database_connections{pool="search",state="max"}')).toEqual([
      'latchkey_database_connections{pool="search",state="max"} 4',
    ]);
    expect(await samples("latchkey_database_searches")).toEqual([
      'latchkey_database_searches{state="running"} 0',
      'latchkey_database_searches{state="waiting"} 0',
    ]);
    const [active, next] = await samples("latchkey_signing_key_");
    const seconds = (line = "") => Number(line.split(" ")[1]);
    expect(seconds(next) - seconds(active)).toBe(90 * 24 * 3_600);
  });

  test("FR-B11: each step of maintenance has the time of its last success", async () => {
    const name = 'latchkey_maintenance_last_success_timestamp_seconds{work="delete events"}';
    expect(await samples(name)).toEqual([`${name} 0`]);
    await platform.clock.advance("1h");
    expect(await samples(name)).toEqual([`${name} ${platform.clock.now() / 1_000}`]);
  });
});

describe("FR-B11: while PostgreSQL cannot be reached", () => {
  let proxy: TcpProxy;

  beforeEach(async () => {
    const own = process.env.TEST_DATABASE_URL ?? "";
    proxy = await openTcpProxy(new URL(own));
    process.env.TEST_DATABASE_URL = proxy.url;
    platform = await createTestPlatform({ database: "postgres" }).finally(() => {
      process.env.TEST_DATABASE_URL = own;
    });
  });
  afterEach(async () => {
    await proxy.reconnect();
    await platform.close();
    await proxy.close();
  });

  test("metrics are served to the admin key and to the key that was accepted last", async () => {
    const manage = managementCaller(platform);
    const create = async () =>
      (await manage("POST /api-keys", { body: { name: "Prometheus", scopes: ["metrics:read"] } })).body.value;
    const keys = [await create(), await create()];
    for (const key of keys) expect((await readMetrics(`Bearer ${key}`)).status).toBe(200);
    await proxy.disconnect();
    const statuses = keys.map(async (key) => (await readMetrics(`Bearer ${key}`)).status);
    expect(await Promise.all(statuses)).toEqual([503, 200]);
    const { status, text } = await readMetrics();
    expect(status).toBe(200);
    expect(text).toMatch(/\nlatchkey_deliveries_pending nan\n/i);
    expect(text).toMatch(/\nlatchkey_database_failures_total [1-9]/);
  });

  test("FR-B13: an error of the management API has a message, a code and the request id", async () => {
    await proxy.disconnect();
    const response = await fetch(`${platform.url}/admin/v1/apps`, {
      headers: { authorization: `Bearer ${platform.adminKey}` },
    });
    const message = "The database cannot be reached or cannot store more; try again shortly.";
    const requestId = response.headers.get("x-request-id");
    expect([response.status, await response.json()]).toEqual([
      503,
      {
        message,
        details: { applicationError: { code: "UNAVAILABLE", description: message, data: { requestId } } },
      },
    ]);
  });
});
