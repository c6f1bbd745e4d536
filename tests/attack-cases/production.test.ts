import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPlatform, readConfig, stubResource } from "@latchkey/server";
import { type ServerProcess, startInVain, startServer } from "@latchkey/test-support/server-process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rawRequest, sendRaw } from "./raw-http.ts";
import { call, post } from "./target.ts";

const key = randomBytes(32).toString("base64");
const developmentPaths = ["/dev/clock", "/dev/faults", "/dev/state", "/dev/demo"].flatMap((path) => [
  path,
  `/admin/v1${path}`,
]);

describe("production does not start", () => {
  const keys = { LATCHKEY_ENCRYPTION_KEY: key, LATCHKEY_ADMIN_KEY: key };

  test.each([
    [
      "without an encryption key",
      { LATCHKEY_ENCRYPTION_KEY: undefined },
      "LATCHKEY_ENCRYPTION_KEY is required in production",
    ],
    ["with a short encryption key", { LATCHKEY_ENCRYPTION_KEY: "c2hvcnQ=" }, "must be 32 random bytes"],
    ["without an admin key", { LATCHKEY_ADMIN_KEY: undefined }, "LATCHKEY_ADMIN_KEY is required"],
    [
      "with an admin key that can be guessed",
      { LATCHKEY_ADMIN_KEY: "a".repeat(64) },
      "LATCHKEY_ADMIN_KEY is required",
    ],
    ["with a short admin key", { LATCHKEY_ADMIN_KEY: key.slice(0, 42) }, "LATCHKEY_ADMIN_KEY is required"],
    ["for a network without a public address", { HOST: "0.0.0.0" }, "LATCHKEY_PUBLIC_URL is required"],
    [
      "under an address that is not https",
      { LATCHKEY_PUBLIC_URL: "http://latchkey.example" },
      "LATCHKEY_PUBLIC_URL must begin with https://",
    ],
    [
      "under an address with a path",
      { LATCHKEY_PUBLIC_URL: "https://latchkey.example/x" },
      "LATCHKEY_PUBLIC_URL must be an origin",
    ],
    [
      "with stubs",
      { LATCHKEY_STUBS: "stubs.json" },
      "LATCHKEY_STUBS must not be set in production: stubs are for development.",
    ],
    [
      "in an unknown environment",
      { LATCHKEY_ENV: "staging" },
      "LATCHKEY_ENV must be production or development",
    ],
  ])("%s", (_, changes: Record<string, string | undefined>, text) => {
    expect(() => readConfig({ ...keys, ...changes })).toThrow(
      expect.objectContaining({ code: "invalid_configuration", message: expect.stringContaining(text) }),
    );
  });

  test("with stubs from code", async () => {
    const directory = mkdtempSync(join(tmpdir(), "latchkey-production-"));
    const config = readConfig({ ...keys, LATCHKEY_ADMIN_KEY: key, LATCHKEY_DATA_DIR: directory });
    const stubs = [stubResource({ "GET /orders": { respond: () => ({}) } })];
    await expect(createPlatform(config, { stubs })).rejects.toMatchObject({
      code: "invalid_configuration",
      message: "The configuration is not usable. Stubs are for development; production takes none.",
    });
    rmSync(directory, { recursive: true });
  });

  test("and prints advice, but no key", async () => {
    const { code, output } = await startInVain({ LATCHKEY_ADMIN_KEY: key });
    expect(code).toBe(1);
    expect(output).toMatch(/^latchkey: invalid_configuration: .*openssl rand -base64 32$/m);
    expect(output).not.toContain(key);
  });
});

describe("a server in production", () => {
  let server: ServerProcess;

  beforeAll(async () => {
    server = await startServer({ LATCHKEY_ENCRYPTION_KEY: key, LATCHKEY_LOG_LEVEL: "debug" });
  });
  afterAll(() => server.stop());

  test.each(developmentPaths)("does not serve %s", async (path) => {
    const authorization = `Bearer ${server.adminKey}`;
    expect((await post(server.url + path, {}, { authorization })).status).toBe(404);
    expect((await call(server.url + path, { headers: { authorization } })).status).toBe(404);
  });

  test("FR-F13: returns NOT_FOUND for an unknown path", async () => {
    const reply = await call(`${server.url}/contacts/v4/contacts/query`);
    expect([reply.status, reply.body.details.applicationError.code, reply.body.message]).toEqual([
      404,
      "NOT_FOUND",
      "There is nothing at this address.",
    ]);
  });

  test("logs the route of a request, and not its path or query", async () => {
    await call(`${server.url}/apps/an-app/.well-known/jwks.json?some=query`);
    await expect
      .poll(server.output)
      .toContain('"route":"GET /apps/{appId}/.well-known/jwks.json","status":404');
    for (const sent of ["an-app", "some=query"]) expect(server.output()).not.toContain(sent);
  });

  test("is served under any host name", async () => {
    const request = rawRequest(server.url, "GET /healthz", { headers: { host: "api.example" } });
    expect((await sendRaw(server.url, request)).statuses).toEqual([200]);
  });
});

test("a server in development serves these paths", async () => {
  const server = await startServer({ LATCHKEY_ENV: "development" });
  const authorization = `Bearer ${server.adminKey}`;
  const moved = await post(`${server.url}/admin/v1/dev/clock`, { advance: "1h" }, { authorization });
  await server.stop();
  expect(moved.status).toBe(200);
});
