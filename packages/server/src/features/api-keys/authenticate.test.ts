import { randomBytes } from "node:crypto";
import { type CallManagement, errorBody, managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hours, isoTime } from "../../infrastructure/clock/index.ts";
import { parseMasterKeys, Vault } from "../../infrastructure/crypto/index.ts";
import { createLog } from "../../infrastructure/observability/index.ts";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";
import { ApiKeyUsage } from "./api-key-usage.ts";
import { createAuthenticate } from "./authenticate.ts";

const silent = createLog("silent");

const unauthenticated = errorBody(
  "UNAUTHENTICATED",
  "A valid API key is required, as Authorization: Bearer <key>.",
);

describe.each(["sqlite", "postgres"] as const)("a caller on %s", (engine) => {
  let platform: TestPlatform;
  let admin: CallManagement;

  beforeAll(async () => {
    platform = await createTestPlatform({ database: engine, now: 1_767_323_045_678 });
    admin = managementCaller(platform);
  });
  afterAll(() => platform.close());

  const makeKey = async (key: object) => {
    const { body } = await admin("POST /api-keys", { body: { name: "Test", ...key } });
    return body;
  };

  test("gets the same error without a key, with a wrong key and with another scheme", async () => {
    const app = await platform.createApp();
    const wrong = [
      "",
      "Bearer",
      "Bearer ",
      `Bearer ${platform.adminKey}x`,
      `Bearer ${platform.adminKey.slice(0, -1)}`,
      `Bearer  ${platform.adminKey}`,
      `Bearer\t${platform.adminKey}`,
      `Bearer ${platform.adminKey}, Bearer ${platform.adminKey}`,
      platform.adminKey,
      `Basic ${btoa(`admin:${platform.adminKey}`)}`,
      `Bearer ${app.secret.value}`,
      `Bearer ${"x".repeat(8_000)}`,
    ];
    for (const authorization of wrong) {
      const response = await admin("GET /apps", { headers: { authorization } });
      expect([response.status, response.headers.get("www-authenticate"), response.body]).toEqual([
        401,
        "Bearer",
        unauthenticated,
      ]);
    }
    const query = await fetch(`${platform.url}/admin/v1/apps?access_token=${platform.adminKey}`);
    expect(query.status).toBe(401);
  });

  test("may write the scheme in lower case", async () => {
    const authorization = `bearer ${platform.adminKey}`;
    expect((await admin("GET /apps", { headers: { authorization } })).status).toBe(200);
  });

  test("can do what the scopes of its key allow, and the error names the missing scope", async () => {
    const { value } = await makeKey({ scopes: ["apps:read"] });
    const call = managementCaller(platform, value);
    expect((await call("GET /apps")).status).toBe(200);
    const response = await call("POST /apps", { body: { name: "No" } });
    expect([response.status, response.body]).toEqual([
      403,
      errorBody("PERMISSION_DENIED", "This call needs an API key with the scope apps:write.", {
        scope: "apps:write",
      }),
    ]);
  });

  test("is in the audit log with the id of its key", async () => {
    const { keyId, value } = await makeKey({ scopes: ["sites:write"] });
    const created = await managementCaller(platform, value)("POST /sites", { body: { name: "S" } });
    const { body } = await admin(`GET /audit?siteId=${created.body.siteId}`);
    expect(body.items).toMatchObject([
      {
        actor: `key:${keyId}`,
        action: "site.created",
        requestId: created.headers.get("x-request-id"),
        occurredAt: "2026-01-02T03:04:05.678Z",
      },
    ]);
  });

  test("changes the last use of its key after five seconds", async () => {
    const { keyId, value } = await makeKey({ scopes: ["apps:read"] });
    const lastUsedAt = async () =>
      (await admin("GET /api-keys?limit=100")).body.items.find((key) => key.keyId === keyId)?.lastUsedAt;
    await managementCaller(platform, value)("GET /apps");
    const usedAt = platform.clock.now();
    expect(await lastUsedAt()).toBeNull();
    await platform.clock.advance(5_000);
    expect(await lastUsedAt()).toBe(isoTime(usedAt));
  });

  test("can still use a key after a change of master keys, if it used the key before", async () => {
    const { keyId, value } = await makeKey({ scopes: ["apps:read"] });
    const [older, newer] = [
      "8b1f0c6d2e9a47538f60b7c1d4e3a295867190fbdc2e4a6735c8e01f9b2d7a64",
      "d3970ae5b1c84f26907e6d1f5ab3c8e24172f09b6ed85c3a1b40f7962ce8d5a1",
    ];
    const { database } = platform.platform;
    const vaultOf = (keys: string) => new Vault(parseMasterKeys(keys), randomBytes);
    const digest = vaultOf(older).digest(value);
    await database.write((trx) =>
      trx.updateTable("api_keys").set({ digest }).where("key_id", "=", keyId).execute(),
    );
    const callerName = async (masterKeys: string) => {
      const deps = { clock: platform.clock, database, vault: vaultOf(masterKeys), log: silent };
      const keyUsage = new ApiKeyUsage(deps);
      const authenticate = createAuthenticate({ ...deps, adminKey: "admin", keyUsage });
      const headers = { authorization: `Bearer ${value}` };
      const { name } = await authenticate({
        request: new Request("http://localhost/", { headers }),
        exchange: { requestId: "test", clientAddress: "127.0.0.1" },
      });
      await keyUsage.stop();
      return name;
    };
    expect(await callerName(`${newer},${older}`)).toBe(`key:${keyId}`);
    expect(await callerName(newer)).toBe(`key:${keyId}`);
    await expect(callerName(older)).rejects.toThrow("A valid API key is required");
  });

  test("is rejected as soon as its key is deleted", async () => {
    const { keyId, value } = await makeKey({ scopes: ["apps:read"] });
    const call = managementCaller(platform, value);
    expect((await call("GET /apps")).status).toBe(200);
    expect((await admin(`DELETE /api-keys/${keyId}`)).status).toBe(200);
    const response = await call("GET /apps");
    expect([response.status, response.body]).toEqual([401, unauthenticated]);
  });

  test("is rejected as soon as its key expires", async () => {
    const expiresAt = isoTime(platform.clock.now() + hours(1));
    const { value } = await makeKey({ scopes: ["apps:read"], expiresAt });
    const call = managementCaller(platform, value);
    await platform.clock.advance(hours(1) - 1);
    expect((await call("GET /apps")).status).toBe(200);
    await platform.clock.advance(1);
    const response = await call("GET /apps");
    expect([response.status, response.body]).toEqual([401, unauthenticated]);
  });

  test("I8 never gets a valid or a wrong key back in a response", async () => {
    const wrong = "lka_00000000000000000000000000000000000000000000000";
    for (const key of [platform.adminKey, wrong]) {
      const call = managementCaller(platform, key);
      for (const operation of ["GET /apps", "GET /api-keys", "GET /nothing", "PUT /apps"]) {
        expect((await call(operation)).text).not.toContain(key);
      }
    }
  });
});
