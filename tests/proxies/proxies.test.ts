import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import {
  createBookingScopes,
  createOwnApi,
  manageScope,
  type OwnApi,
  readScope,
} from "@latchkey/test-support/own-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { audience } from "../../examples/own-api/in-process.ts";
import type { RunningProxy } from "../../tools/proxies/start-proxy.ts";
import { sendRaw } from "../attack-cases/raw-http.ts";
import { brokenHeaders, headerAttacks, methods, pathAttacks } from "./attacks.ts";
import { type ExampleProxy, proxies, startExample } from "./proxies.ts";
import { type Received, type RecordingApi, startRecordingApi } from "./recording-api.ts";

describe.each(Object.keys(proxies) as ExampleProxy[])("%s in front of an API", (program) => {
  let platform: TestPlatform;
  let own: OwnApi;
  let api: RecordingApi;
  let proxy: RunningProxy;
  /** The token of the app, with permission to read. */
  let bearer: string;

  beforeAll(async () => {
    platform = await createTestPlatform();
    await createBookingScopes(platform);
    own = await createOwnApi(platform, audience);
    api = await startRecordingApi();
    proxy = await startExample(program, { latchkey: new URL(platform.url).host, bookings: api.host });
    bearer = `Authorization: Bearer ${await own.mint({ scope: readScope })}`;
  });
  afterAll(async () => {
    await proxy.close();
    await api.close();
    await stopPlatform();
  });

  let stopping: Promise<void> | undefined;
  /** Runs once: in the last test, or at the end. */
  function stopPlatform(): Promise<void> {
    stopping ??= platform.close();
    return stopping;
  }

  interface Sent {
    readonly lines?: readonly string[];
    readonly body?: string;
    readonly version?: string;
  }

  /** Sends a raw request, with `Host` from HTTP/1.1 on. */
  async function send(requestLine: string, { lines = [], body = "", version = "HTTP/1.1" }: Sent = {}) {
    api.take();
    const host = version === "HTTP/1.0" ? [] : ["Host: bookings.example"];
    const head = [`${requestLine} ${version}`, ...host, ...lines, ""].join("\r\n");
    // Ends a connection that the first request keeps open. It has no token, so it never reaches the API.
    const last = "GET /end HTTP/1.1\r\nHost: bookings.example\r\nConnection: close\r\n\r\n";
    const { text } = await sendRaw(proxy.url, `${head}\r\n${body}${last}`);
    const [response = ""] = text.split(/(?<=.)(?=HTTP\/1\.\d \d{3} )/s);
    const [headers = "", content = ""] = response.split("\r\n\r\n");
    const status = Number(headers.split(" ")[1]);
    return { status, headers: `${headers.toLowerCase()}\r\n`, content, reached: api.take() };
  }

  /** The identity in a request; `_` and `-` count as equal. */
  function identityIn({ variables }: Received): Record<string, string> {
    return Object.fromEntries(Object.entries(variables).filter(([name]) => name in expectedIdentity()));
  }

  const expectedIdentity = () => ({
    HTTP_X_LATCHKEY_APP: own.appId,
    HTTP_X_LATCHKEY_INSTANCE: own.instanceId,
    HTTP_X_LATCHKEY_SITE: own.siteId,
    HTTP_X_LATCHKEY_SUBJECT: own.appId,
    HTTP_X_LATCHKEY_PERMISSIONS: "BOOKINGS.READ",
  });

  /** Expects a request for the public path without identity, or one with the real identity. */
  function expectHarmless(reached: readonly Received[], withToken: boolean): void {
    for (const request of reached) {
      expect(JSON.stringify(request.headers.connection ?? "")).not.toMatch(/latchkey/i);
      expect(request.headers).not.toHaveProperty("authorization");
      if (withToken && Object.keys(identityIn(request)).length > 0) {
        expect(identityIn(request)).toEqual(expectedIdentity());
      } else {
        expect(identityIn(request)).toEqual({});
        expect([request.handler, request.target.replace(/\?.*/s, "")]).toEqual(["open", "/opening-hours"]);
      }
    }
  }

  test("replaces the identity headers of the client, and removes the token", async () => {
    const { status, reached } = await send("GET /bookings/1?a=%2F", { lines: [bearer, "X-Other: kept"] });
    expect(status).toBe(200);
    expect(reached).toMatchObject([
      { method: "GET", target: "/bookings/1?a=%2F", handler: "guarded", headers: { "x-other": ["kept"] } },
    ]);
    expectHarmless(reached, true);
  });

  test("forwards the public path with its query, without a token", async () => {
    const { status, reached } = await send("GET /opening-hours?day=1");
    expect(status).toBe(200);
    expect(reached).toMatchObject([{ target: "/opening-hours?day=1", handler: "open" }]);
    expectHarmless(reached, false);
  });

  test.each(headerAttacks)("FR-C1: keeps the identity of a request with %s", async (_, ...lines) => {
    const guarded = await send("GET /bookings/1", { lines: [...lines, bearer] });
    expect([guarded.status, guarded.reached.length]).toEqual([200, 1]);
    expectHarmless(guarded.reached, true);
    const open = await send("GET /opening-hours", { lines });
    expect([open.status, open.reached.length]).toEqual([200, 1]);
    expectHarmless(open.reached, false);
  });

  test.each(brokenHeaders)("FR-C1: forwards no identity from %s", async (_, lines) => {
    for (const before of [true, false]) {
      const ordered = before ? [bearer, lines] : [lines, bearer];
      const guarded = await send("GET /bookings/1", { lines: ordered });
      expect(guarded.status).toBeOneOf([200, 400, 401, 501]);
      expectHarmless(guarded.reached, true);
    }
    const open = await send("GET /opening-hours", { lines: [lines] });
    expect(open.status).toBeOneOf([200, 400, 501]);
    expectHarmless(open.reached, false);
  });

  test("FR-C1: forwards no identity from a trailer", async () => {
    const lines = ["Transfer-Encoding: chunked", "Trailer: X-Latchkey-Site", "TE: trailers"];
    const body = "2\r\n{}\r\n0\r\nX-Latchkey-Site: evil\r\nX_Latchkey_Site: evil\r\n\r\n";
    const { reached } = await send("GET /bookings/1", { lines: [...lines, bearer], body });
    expectHarmless(reached, true);
  });

  test.each(pathAttacks)("FR-C2: forwards the path that it checked, or nothing, for %j", async (path) => {
    const { status, reached } = await send(`GET ${path}`);
    expect(status).toBeGreaterThanOrEqual(reached.length > 0 ? 200 : 400);
    expectHarmless(reached, false);
  });

  test.each(pathAttacks)("FR-C2: sets the identity for %j", async (path) => {
    const { reached } = await send(`GET ${path}`, { lines: [bearer] });
    expectHarmless(reached, true);
  });

  test.each(methods)("FR-C2: requires a token for the method %j", async (method) => {
    for (const path of ["/bookings", "/bookings/../opening-hours", "http://bookings.example/bookings"]) {
      const { status, reached } = await send(`${method} ${path}`);
      expect(status).toBeGreaterThanOrEqual(reached.length > 0 ? 200 : 400);
      expectHarmless(reached, false);
    }
  });

  test.each(methods)("FR-C2: requires more than read permission for the method %j", async (method) => {
    const told = ["X-HTTP-Method: GET", "X-HTTP-Method-Override: GET", "X-Forwarded-Method: GET"];
    const { status, reached } = await send(`${method} /bookings`, { lines: [bearer, ...told] });
    expect(reached).toEqual([]);
    expect(status).toBeOneOf([400, 403, 405, 414, 501]);
  });

  test("FR-C2: handles HTTP/1.0 without a host like any request", async () => {
    const version = "HTTP/1.0";
    const refused = await send("GET /bookings", { version });
    expect([refused.status, refused.reached]).toEqual([401, []]);
    const { status, reached } = await send("GET /bookings", { version, lines: [bearer] });
    expect([status, reached.length]).toEqual([200, 1]);
    expectHarmless(reached, true);
  });

  test("forwards a body unchanged", async () => {
    await platform.approve(own.instanceId, [readScope, manageScope]);
    const manage = `Authorization: Bearer ${await own.mint({ scope: manageScope })}`;
    const body = JSON.stringify({ guest: "x".repeat(100_000) });
    const lines = [manage, "Content-Type: application/json", `Content-Length: ${body.length}`];
    const { status, reached } = await send("POST /bookings", { lines, body });
    expect(status).toBe(200);
    expect(reached).toMatchObject([
      { method: "POST", body, headers: { "content-type": ["application/json"] } },
    ]);
  });

  test("responds with 401, the challenge and a code, and forwards nothing", async () => {
    const { status, headers, content, reached } = await send("GET /bookings");
    expect([status, reached]).toEqual([401, []]);
    expect(headers).toMatch(/\r\nwww-authenticate: bearer\r\n/);
    expect(headers).toMatch(/\r\ncontent-type: application\/json/);
    expect(content).toContain('"code":"UNAUTHENTICATED"');
  });

  test("responds with 403, the challenge and a code, and forwards nothing", async () => {
    const { status, headers, content, reached } = await send("DELETE /bookings/1", { lines: [bearer] });
    expect([status, reached]).toEqual([403, []]);
    expect(headers).toMatch(/\r\nwww-authenticate: bearer error="insufficient_scope"\r\n/);
    expect(headers).toMatch(/\r\ncontent-type: application\/json/);
    expect(content).toContain('"code":"PERMISSION_DENIED"');
  });

  test("J9 rejects everything but the public path when the platform is down", async () => {
    await stopPlatform();
    const { status, reached } = await send("GET /bookings", { lines: [bearer, "Connection: close"] });
    expect(status).toBeOneOf([502, 503]);
    expect(reached).toEqual([]);
    expect((await send("GET /opening-hours", { lines: ["Connection: close"] })).status).toBe(200);
  });
});
