import { createPublicKey } from "node:crypto";
import { stores } from "@latchkey/stores";
import {
  type CallManagement,
  errorBody,
  managementCaller,
  violations,
} from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";

const appNotFound = [404, errorBody("APP_NOT_FOUND", "There is no app with this id.")];
const legacy = { appUrl: "https://app.example/install", redirectUrls: ["https://app.example/callback"] };
const unknownId = "00000000-0000-4000-8000-000000000000";

describe.each(["sqlite", "postgres"] as const)("apps on %s", (engine) => {
  let platform: TestPlatform;
  let call: CallManagement;

  beforeAll(async () => {
    platform = await createTestPlatform({ resources: [stores], database: engine, now: 1_767_323_045_678 });
    call = managementCaller(platform);
  });
  afterAll(() => platform.close());

  test("are registered with a key pair and a first secret", async () => {
    const { status, body } = await call("POST /apps", {
      body: {
        name: "  Hello App  ",
        scopes: [
          "SCOPE.DC-STORES.READ-PRODUCTS",
          { scopeId: "SCOPE.DC-STORES.MANAGE-PRODUCTS", optional: true, reason: "Changes prices at night" },
        ],
        tokenFormat: "wix",
        tokenLifetime: 300,
        legacy,
        postInstallationUrls: ["https://app.example/installed?from=us"],
      },
    });
    const { publicKey, secret, ...app } = body;
    expect([status, app]).toEqual([
      200,
      {
        appId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        name: "Hello App",
        scopes: [
          { scopeId: "SCOPE.DC-STORES.READ-PRODUCTS", optional: false, reason: null },
          {
            scopeId: "SCOPE.DC-STORES.MANAGE-PRODUCTS",
            optional: true,
            reason: "Changes prices at night",
          },
        ],
        legacy,
        postInstallationUrls: ["https://app.example/installed?from=us"],
        enabled: true,
        tokenFormat: "wix",
        tokenLifetime: 300,
        createdAt: "2026-01-02T03:04:05.678Z",
        updatedAt: "2026-01-02T03:04:05.678Z",
      },
    ]);
    expect(createPublicKey(publicKey as string).asymmetricKeyDetails?.modulusLength).toBe(2_048);
    expect((secret as { value: string }).value).toMatch(/^lks_[0-9A-Za-z]{49}$/);
    expect((await call(`GET /apps/${body.appId}`)).body).toEqual(app);
    const key = await call(`GET /apps/${body.appId}/public-key`);
    expect(key.body).toEqual({
      publicKey,
      publicKeyBase64: Buffer.from(publicKey as string).toString("base64"),
    });
  });

  test("have defaults for everything except the name", async () => {
    const { body } = await call("POST /apps", { body: { name: "Plain" } });
    expect(body).toMatchObject({
      ...{ scopes: [], legacy: null, postInstallationUrls: [] },
      ...{ tokenFormat: "jwt", tokenLifetime: 14_400 },
    });
  });

  test("are found by a part of the name", async () => {
    for (const name of ["Corner 50% Shop", "Corner Shop", "CORNERSTONE", "Ärzte"]) {
      await call("POST /apps", { body: { name } });
    }
    const found = async (name: string) => {
      const { body } = await call(`GET /apps?limit=100&name=${encodeURIComponent(name)}`);
      return body.items.map((one) => one.name).sort();
    };
    expect(await found("corner")).toEqual(["CORNERSTONE", "Corner 50% Shop", "Corner Shop"]);
    expect(await found("r S")).toEqual(["Corner Shop"]);
    expect(await found("0%")).toEqual(["Corner 50% Shop"]);
    expect(await found("Ärz")).toEqual(["Ärzte"]);
    for (const other of ["c_rner", "%%", "\\", "' OR 1=1 --"]) expect(await found(other)).toEqual([]);
  });

  test("change field by field, and the audit log has the changed fields", async () => {
    const { body } = await call("POST /apps", { body: { name: "Before" } });
    await platform.clock.advance(1_000);
    const changed = await call(`PATCH /apps/${body.appId}`, { body: { name: "After", enabled: false } });
    const { publicKey: _, secret: __, ...app } = body;
    const expected = { ...app, name: "After", enabled: false, updatedAt: "2026-01-02T03:04:06.678Z" };
    expect([changed.status, changed.body]).toEqual([200, expected]);
    const audit = await call(`GET /audit?appId=${body.appId}`);
    expect(audit.body.items.map(({ action, details }) => [action, details])).toEqual([
      ["app.changed", { name: "After", enabled: false }],
      ["app.created", { name: "Before" }],
    ]);
  });

  test("reject an empty change and unknown scopes", async () => {
    const { body } = await call("POST /apps", { body: { name: "Same" } });
    const empty = await call(`PATCH /apps/${body.appId}`, { body: {} });
    expect([empty.status, empty.body]).toEqual([
      400,
      violations({
        field: "body",
        description:
          "must have at least one of name, scopes, legacy, postInstallationUrls, tokenFormat, tokenLifetime, enabled",
        violatedRule: "REQUIRED_ONE_OF_FIELD",
      }),
    ]);
    const unknown = await call(`PATCH /apps/${body.appId}`, { body: { scopes: ["SCOPE.UNKNOWN"] } });
    expect([unknown.status, unknown.body]).toEqual([
      400,
      violations({
        field: "scopes[0]",
        description: "is not the id of a scope of this platform",
        violatedRule: "INVALID_ENUM_VALUE",
      }),
    ]);
    const audit = await call(`GET /audit?appId=${body.appId}`);
    expect(audit.body.items.map(({ action }) => action)).toEqual(["app.created"]);
  });

  test("reject a scope that is requested twice", async () => {
    const scope = "SCOPE.DC-STORES.READ-PRODUCTS";
    const scopes = [scope, { scopeId: scope, optional: true }];
    const response = await call("POST /apps", { body: { name: "Twice", scopes } });
    expect([response.status, response.body]).toEqual([
      400,
      violations({
        field: "scopes[1]",
        description: "is in the list already",
        violatedRule: "VALIDATION",
      }),
    ]);
  });

  test("reject fields of a scope that do not exist", async () => {
    const scopes = [{ scopeId: "SCOPE.DC-STORES.READ-PRODUCTS", why: "?" }];
    const response = await call("POST /apps", { body: { name: "Odd", scopes } });
    expect([response.status, response.body]).toEqual([
      400,
      violations({
        field: "scopes[0]",
        description: "has a field that is not taken here; only these are: scopeId, optional, reason",
        violatedRule: "FIELD_NOT_ALLOWED",
        data: { allowed: ["scopeId", "optional", "reason"] },
      }),
    ]);
  });

  test("are deleted only while no site has an instance", async () => {
    const { body } = await call("POST /apps", { body: { name: "Used" } });
    const site = await platform.createSite();
    const { instanceId } = await platform.install({ appId: body.appId, siteId: site.siteId });
    const inUse = await call(`DELETE /apps/${body.appId}`);
    expect([inUse.status, inUse.body]).toEqual([
      409,
      errorBody("APP_IN_USE", "The app is still installed on 1 site; remove its instances first.", {
        instances: 1,
      }),
    ]);
    await platform.remove(instanceId);
    const deleted = await call(`DELETE /apps/${body.appId}`);
    expect([deleted.status, deleted.body]).toEqual([200, {}]);
    for (const operation of [`GET /apps/${body.appId}`, `DELETE /apps/${body.appId}`]) {
      const response = await call(operation);
      expect([response.status, response.body]).toEqual(appNotFound);
    }
    expect((await call("GET /apps?limit=100")).text).not.toContain(body.appId);
  });

  test("that do not exist are 404 on every path", async () => {
    for (const [operation, body] of [
      [`GET /apps/${unknownId}`],
      [`PATCH /apps/${unknownId}`, { name: "X" }],
      [`DELETE /apps/${unknownId}`],
      [`POST /apps/${unknownId}/revoke-tokens`],
      [`GET /apps/${unknownId}/public-key`],
      [`GET /apps/${unknownId}/instances`],
      [`GET /apps/${unknownId}/secrets`],
      [`POST /apps/${unknownId}/secrets`, { name: "X" }],
      [`DELETE /apps/${unknownId}/secrets/${unknownId}`],
      [`POST /apps/${unknownId}/secrets/${unknownId}/promote`],
      [`POST /apps/${unknownId}/secrets/${unknownId}/compromise`],
    ] as const) {
      const response = await call(operation, { body });
      expect([operation, response.status, response.body]).toEqual([operation, ...appNotFound]);
    }
  });

  test("have no valid token after their tokens are revoked", async () => {
    const { body } = await call("POST /apps", { body: { name: "Revoked" } });
    const site = await platform.createSite();
    const { instanceId } = await platform.install({ appId: body.appId, siteId: site.siteId });
    const { value } = body.secret as { value: string };
    const token = await mint(platform, { appId: body.appId, secret: value, instanceId });
    expect(await isActive(platform, token)).toBe(true);
    const revoked = await call(`POST /apps/${body.appId}/revoke-tokens`);
    expect([revoked.status, revoked.body]).toEqual([200, {}]);
    expect(await isActive(platform, token)).toBe(false);
    expect(
      await isActive(platform, await mint(platform, { appId: body.appId, secret: value, instanceId })),
    ).toBe(true);
  });

  describe("have secrets", () => {
    const secretsOf = async (appId: string) => (await call(`GET /apps/${appId}/secrets`)).body.items;

    test("several at the same time, listed without their values", async () => {
      const app = await platform.createApp();
      await platform.clock.advance(1_000);
      const created = await call(`POST /apps/${app.appId}/secrets`, {
        body: { name: "Second", expiresAt: "2027-01-01T00:00:00Z" },
      });
      expect([created.status, Object.keys(created.body)]).toEqual([200, ["secretId", "value"]]);
      const list = await call(`GET /apps/${app.appId}/secrets`);
      expect(list.body.items).toEqual([
        expect.objectContaining({ name: "First secret", primary: true, expiresAt: null }),
        {
          secretId: created.body.secretId,
          name: "Second",
          primary: false,
          createdAt: expect.any(String),
          lastUsedAt: null,
          expiresAt: "2027-01-01T00:00:00.000Z",
          compromisedAt: null,
        },
      ]);
      for (const value of [created.body.value, app.secret.value]) expect(list.text).not.toContain(value);
    });

    test("of which the primary one cannot be deleted or compromised until another is promoted", async () => {
      const { appId, secret } = await platform.createApp();
      const primary = errorBody(
        "SECRET_IS_PRIMARY",
        "This is the primary secret; promote another one first.",
      );
      for (const operation of [
        `DELETE /apps/${appId}/secrets/${secret.secretId}`,
        `POST /apps/${appId}/secrets/${secret.secretId}/compromise`,
      ]) {
        const response = await call(operation);
        expect([response.status, response.body]).toEqual([409, primary]);
      }
      const { body } = await call(`POST /apps/${appId}/secrets`, { body: { name: "Next" } });
      const promoted = await call(`POST /apps/${appId}/secrets/${body.secretId}/promote`);
      expect([promoted.status, promoted.body]).toEqual([200, {}]);
      expect((await secretsOf(appId)).map(({ name, primary: is }) => [name, is])).toEqual(
        expect.arrayContaining([
          ["First secret", false],
          ["Next", true],
        ]),
      );
      expect((await call(`DELETE /apps/${appId}/secrets/${secret.secretId}`)).status).toBe(200);
      expect((await secretsOf(appId)).map(({ name }) => name)).toEqual(["Next"]);
    });

    test("whose tokens are invalid when the secret is compromised; tokens of other secrets stay valid", async () => {
      const { appId, secret } = await platform.createApp();
      const site = await platform.createSite();
      const { instanceId } = await platform.install({ appId, siteId: site.siteId });
      const { body } = await call(`POST /apps/${appId}/secrets`, { body: { name: "Leaked" } });
      const kept = await mint(platform, { appId, secret: secret.value, instanceId });
      const revoked = await mint(platform, { appId, secret: body.value, instanceId });
      expect((await call(`POST /apps/${appId}/secrets/${body.secretId}/compromise`)).status).toBe(200);
      expect([await isActive(platform, kept), await isActive(platform, revoked)]).toEqual([true, false]);
      const notLive = await call(`POST /apps/${appId}/secrets/${body.secretId}/promote`);
      expect([notLive.status, notLive.body]).toEqual([
        409,
        errorBody("SECRET_NOT_LIVE", "This secret is expired, compromised or deleted."),
      ]);
    });

    test("of which exactly one is primary after concurrent calls", async () => {
      const { appId, secret } = await platform.createApp();
      const { body } = await call(`POST /apps/${appId}/secrets`, { body: { name: "Other" } });
      for (let round = 0; round < 5; round += 1) {
        await Promise.all([
          call(`POST /apps/${appId}/secrets/${body.secretId}/promote`),
          call(`DELETE /apps/${appId}/secrets/${body.secretId}`),
          call(`POST /apps/${appId}/secrets/${secret.secretId}/promote`),
        ]);
        expect((await secretsOf(appId)).filter(({ primary }) => primary)).toHaveLength(1);
      }
    });

    test("of which at most ten are valid", async () => {
      const { appId } = await platform.createApp();
      const made = await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          call(`POST /apps/${appId}/secrets`, { body: { name: `Secret ${index}` } }),
        ),
      );
      const refused = made.filter((response) => response.status === 409);
      expect([made.length - refused.length, refused.length]).toEqual([9, 3]);
      expect(refused[0]?.body).toEqual(
        errorBody("TOO_MANY_SECRETS", "The app has as many live secrets as it may have; delete one first."),
      );
    });

    test("of which another app's secret is not found", async () => {
      const [one, two] = [await platform.createApp(), await platform.createApp()];
      for (const id of [two.secret.secretId, unknownId, "x"]) {
        for (const operation of [
          `DELETE /apps/${one.appId}/secrets/${id}`,
          `POST /apps/${one.appId}/secrets/${id}/promote`,
          `POST /apps/${one.appId}/secrets/${id}/compromise`,
        ]) {
          const response = await call(operation);
          expect([response.status, response.body]).toEqual([
            404,
            errorBody("SECRET_NOT_FOUND", "The app has no secret with this id."),
          ]);
        }
      }
    });
  });
});

async function mint(
  platform: TestPlatform,
  from: { appId: string; secret: string; instanceId: string },
): Promise<string> {
  const response = await fetch(`${platform.url}/oauth2/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      grant_type: "client_credentials",
      client_id: from.appId,
      client_secret: from.secret,
      instance_id: from.instanceId,
    }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

async function isActive(platform: TestPlatform, token: string): Promise<boolean> {
  const response = await fetch(`${platform.url}/oauth2/token-info`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token }),
  });
  return ((await response.json()) as { active: boolean }).active;
}
