import { type ServerProcess, startServer } from "@latchkey/test-support/server-process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sendRaw } from "./raw-http.ts";

const environments = {
  development: { LATCHKEY_ENV: "development" },
  production: { LATCHKEY_ENCRYPTION_KEY: "9f2c41d80b6e7a53c1f894e02d7b65a8304c9e1f6bd2750a8e43c7196fb05d2a" },
};

describe.each(Object.entries(environments))("in %s", (name, environment) => {
  let server: ServerProcess;
  let host: string;

  beforeAll(async () => {
    server = await startServer(environment);
    host = new URL(server.url).host;
  });
  afterAll(() => server.stop());

  const send = (...lines: string[]) => sendRaw(server.url, [...lines, "", ""].join("\r\n"));
  const close = "Connection: close";

  test.each(["/healthz", "/readyz", "/metrics", "/readyz?by=haproxy"])(
    "FR-B7: GET %s works without Host",
    async (path) => {
      const key = `Authorization: Bearer ${server.adminKey}`;
      expect((await send(`GET ${path} HTTP/1.0`, key)).statuses).toEqual([200]);
      expect((await send(`HEAD ${path} HTTP/1.0`, key)).statuses).toEqual([200]);
      expect((await send(`GET ${path} HTTP/1.1`, key, close)).statuses).toEqual([200]);
      expect((await send(`GET ${path} HTTP/1.1`, key, "Host:", close)).statuses).toEqual([200]);
    },
  );

  test("FR-A14: metrics need a key in production, and in development through a proxy", async () => {
    const open = name === "development" ? 200 : 401;
    expect((await send("GET /metrics HTTP/1.0")).statuses).toEqual([open]);
    expect((await send("GET /metrics HTTP/1.1", `Host: ${host}`, close)).statuses).toEqual([open]);
    const forwarded = "X-Forwarded-For: 192.0.2.1";
    expect((await send("GET /metrics HTTP/1.0", forwarded)).statuses).toEqual([401]);
    const wrong = `Authorization: Bearer ${server.adminKey}x`;
    expect((await send("GET /metrics HTTP/1.0", wrong)).statuses).toEqual([open]);
  });

  test.each([
    "/",
    "/docs",
    "/admin/v1/apps",
    "/healthz/",
    "/Healthz",
    "//healthz",
    "http://localhost/healthz",
  ])("FR-B7: GET %s without Host is rejected", async (target) => {
    for (const version of ["1.0", "1.1"]) {
      const { statuses, text } = await send(`GET ${target} HTTP/${version}`, close);
      expect(statuses).toEqual([400]);
      expect(text).toContain('"code":"MALFORMED_REQUEST"');
      expect(text).toContain("The request is not valid HTTP.");
    }
  });

  test.each(["/healthz", "/docs", "http://localhost/docs"])(
    "FR-A14: GET %s with two Host headers is rejected",
    async (target) => {
      for (const second of [host, "api.example", ""]) {
        const request = [`GET ${target} HTTP/1.1`, `Host: ${host}`, `host: ${second}`, close];
        expect((await send(...request)).statuses).toEqual([400]);
      }
    },
  );

  test("FR-B7: a host other than loopback is accepted in production only, also for probes", async () => {
    const expected = name === "development" ? [421] : [200];
    for (const path of ["/healthz", "/docs"]) {
      expect((await send(`GET ${path} HTTP/1.1`, "Host: api.example", close)).statuses).toEqual(expected);
    }
  });
});
