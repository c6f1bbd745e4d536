import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { createBookingScopes, createOwnApi, type OwnApi, readScope } from "@latchkey/test-support/own-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { audience } from "../../examples/own-api/in-process.ts";
import { type RunningProxy, startProxy } from "../../tools/proxies/start-proxy.ts";
import { readExample } from "./proxies.ts";
import { type RecordingApi, startRecordingApi } from "./recording-api.ts";

let platform: TestPlatform;
let own: OwnApi;
let api: RecordingApi;
let proxy: RunningProxy;

beforeAll(async () => {
  platform = await createTestPlatform();
  await createBookingScopes(platform);
  own = await createOwnApi(platform, audience);
  api = await startRecordingApi();
  const repeated = "$&\n      add_header Access-Control-Allow-Origin $cors_origin always;";
  const configuration = readExample("nginx.conf")
    .replace(/listen .*/, "$&\n    include nginx-cors.conf;")
    .replaceAll(/add_header (?:WWW-Authenticate|Retry-After) .*/g, repeated);
  proxy = await startProxy("nginx", {
    files: { "nginx.conf": configuration, "nginx-cors.conf": readExample("nginx-cors.conf") },
    variables: { LATCHKEY: new URL(platform.url).host, BOOKINGS: api.host },
  });
});
afterAll(async () => {
  await proxy.close();
  await api.close();
  await platform.close();
});

const origin = "https://app.example";

/** Sends a request, and returns the status, the origin that may read the response, and the number of requests to the API. */
async function send(method: string, headers: Record<string, string>): Promise<unknown[]> {
  api.take();
  const response = await fetch(`${proxy.url}/bookings`, { method, headers });
  await response.text();
  return [response.status, response.headers.get("access-control-allow-origin"), api.take().length];
}

test("FR-F12: a preflight of a listed origin gets 204 and does not reach the API", async () => {
  expect(await send("OPTIONS", { origin, "access-control-request-method": "GET" })).toEqual([204, origin, 0]);
});

test("FR-F12: a preflight of another origin, and one without an origin, get 401", async () => {
  for (const other of ["https://evil.example", "https://app.example.evil.example", "null"]) {
    expect(await send("OPTIONS", { origin: other })).toEqual([401, null, 0]);
  }
  expect(await send("OPTIONS", {})).toEqual([401, null, 0]);
});

test("FR-F12: a page of a listed origin can read successes and refusals", async () => {
  const authorization = `Bearer ${await own.mint({ scope: readScope })}`;
  expect(await send("GET", { origin, authorization })).toEqual([200, origin, 1]);
  expect(await send("GET", { origin })).toEqual([401, origin, 0]);
  expect(await send("DELETE", { origin, authorization })).toEqual([403, origin, 0]);
});

test("FR-F12: a page of another origin can read nothing", async () => {
  const authorization = `Bearer ${await own.mint({ scope: readScope })}`;
  expect(await send("GET", { origin: "https://evil.example", authorization })).toEqual([200, null, 1]);
});
