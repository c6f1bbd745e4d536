import { stores } from "@latchkey/stores";
import {
  type CallManagement,
  type ManagementResponse,
  managementCaller,
  violations,
} from "@latchkey/test-support/management-client";
import { requestToken } from "@latchkey/test-support/request-token";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";
import { createFindable } from "../../testing/support/findable.ts";
import { engines } from "../../testing/test-database.ts";
import { hints } from "./hints.ts";

const unknownId = "00000000-0000-4000-8000-000000000000";
const nothing = { items: [], notes: [hints.notFound, hints.request, hints.jti] };

describe.each(engines)("what an id is, on %s", (database) => {
  let platform: TestPlatform;
  let admin: CallManagement;
  let ids: Readonly<Record<string, string>>;
  let secrets: readonly string[];
  let token: string;
  let refusedId: string;
  let changeId: string;

  beforeAll(async () => {
    platform = await createTestPlatform({
      database,
      resources: [stores],
      now: 1_767_323_045_678,
      refusedDeliveries: "allow",
    });
    admin = managementCaller(platform);
    ({ ids, secrets, token, refusedId, changeId } = await createFindable(platform));
  });
  afterAll(() => platform.close());

  const search = (call: CallManagement, id: string): Promise<ManagementResponse> =>
    call(`GET /find?id=${encodeURIComponent(id)}`);
  const find = async (id: string, call: CallManagement = admin) => (await search(call, id)).body;
  const path = (href: unknown) => `GET ${String(href).replace("/admin/v1", "")}`;

  test.each([
    ["app", "appId", "/apps/{appId}"],
    ["site", "siteId", "/sites/{siteId}"],
    ["instance", "instanceId", "/instances/{instanceId}"],
    ["event", "eventId", "/events/{eventId}"],
    ["delivery", "deliveryId", "/deliveries/{deliveryId}"],
    ["webhook", "webhookId", "/apps/{appId}/webhooks/{webhookId}"],
    ["extension", "extensionId", "/apps/{appId}/extensions/{extensionId}"],
    ["app-secret", "secretId", "/apps/{appId}/secrets"],
    ["api-key", "keyId", "/api-keys"],
    ["account", "accountId", "/accounts/{accountId}"],
    ["install-request", "requestId", "/sites/{siteId}/install-requests"],
    ["signing-key", "kid", "/keys"],
    ["job", "jobId", "/jobs/{jobId}"],
  ])("finds an object by its id, with the path that shows it: %s", async (type, name, template) => {
    const href = `/admin/v1${template.replaceAll(/\{(\w+)\}/g, (_, id: string) => ids[id] ?? "")}`;
    const { items, notes } = await find(String(ids[name]));
    expect(items).toMatchObject([{ type, id: ids[name], href, refused: null, token: null }]);
    expect(notes).toEqual([]);
    expect((await admin(path(href))).text).toContain(ids[name]);
  });

  test("describes an instance with its app, its site and its state", async () => {
    expect(await find(`  ${ids.instanceId?.toUpperCase()} `)).toEqual({
      items: [
        {
          type: "instance",
          id: ids.instanceId,
          name: "Victim",
          state: "installed",
          appId: ids.appId,
          instanceId: ids.instanceId,
          siteId: ids.siteId,
          href: `/admin/v1/instances/${ids.instanceId}`,
          refused: null,
          token: null,
        },
      ],
      notes: [],
    });
  });

  test("finds a site by its external id, and an account by its e-mail address", async () => {
    expect((await find("tenant 1/a")).items).toMatchObject([{ type: "site", id: ids.siteId }]);
    const email = `${ids.appId?.toUpperCase()}@swept.example`;
    expect((await find(email)).items).toMatchObject([{ type: "account", id: ids.accountId }]);
  });

  test("finds a refused request with the whole reason", async () => {
    const { items } = await find(refusedId);
    expect(items).toMatchObject([
      {
        type: "refused-request",
        id: refusedId,
        appId: ids.appId,
        href: `/admin/v1/token-log?requestId=${refusedId}&appId=${ids.appId}`,
        refused: { kind: "client", route: "POST /oauth2/token", reason: "wrong_secret", requests: 1 },
      },
    ]);
    expect((await admin(path(items[0]?.href))).body.items).toMatchObject([{ firstRequestId: refusedId }]);
  });

  test("finds a request that changed something", async () => {
    const { items } = await find(changeId);
    const href = `/admin/v1/audit?requestId=${changeId}&siteId=${ids.siteId}`;
    expect(items).toMatchObject([{ type: "change", id: changeId, name: "site.changed", href }]);
    expect((await admin(path(href))).body.items).toMatchObject([{ action: "site.changed" }]);
  });

  test("finds a request that called a service plugin", async () => {
    const { body } = await admin(`GET /service-plugin-calls?siteId=${ids.siteId}`);
    const requestId = String(body.items[0]?.requestId);
    const href = `/admin/v1/service-plugin-calls?requestId=${requestId}&appId=${ids.appId}`;
    expect((await find(requestId)).items).toMatchObject([{ type: "plugin-call", id: requestId, href }]);
    expect((await admin(path(href))).body.items).toHaveLength(1);
  });

  test("says what is not recorded when nothing has the id", async () => {
    expect(await find(unknownId)).toEqual(nothing);
    expect(await find("no-such-thing")).toEqual(nothing);
  });

  describe("a whole token", () => {
    const claims = () => ({
      audience: platform.url,
      userId: null,
      scopes: ["SCOPE.DC-STORES.READ-PRODUCTS", "SCOPE.DC.MANAGE-YOUR-APP"],
      issuedAt: "2026-01-02T03:04:05.000Z",
      expiresAt: "2026-01-02T07:04:05.000Z",
    });

    test("is explained in each form, and not returned", async () => {
      for (const text of [token, `Bearer ${token}`, `OauthNG.JWS.${token}`, `Bearer OauthNG.JWS.${token}`]) {
        const response = await search(admin, text);
        expect(response.text).not.toContain(token.slice(0, 20));
        expect(response.body.notes).toEqual([hints.wholeToken]);
        expect(response.body.items).toMatchObject([
          {
            type: "access-token",
            appId: ids.appId,
            instanceId: ids.instanceId,
            siteId: ids.siteId,
            href: `/admin/v1/instances/${ids.instanceId}`,
            token: {
              isValid: true,
              reason: null,
              explanation: null,
              grantedScopes: claims().scopes,
              ...claims(),
            },
          },
        ]);
      }
    });

    test("of the format wix is explained", async () => {
      const app = await platform.createApp({ tokenFormat: "wix" });
      const { siteId } = await platform.createSite();
      const { instanceId } = await platform.install({ appId: app.appId, siteId });
      const other = await requestToken(platform.url, {
        appId: app.appId,
        secret: app.secret.value,
        instanceId,
      });
      expect(other).toMatch(/^OauthNG\.JWS\./);
      expect((await find(other)).items).toMatchObject([{ instanceId, token: { isValid: true } }]);
    });

    const fresh = async () => {
      const app = await platform.createApp();
      const { siteId } = await platform.createSite();
      const { instanceId } = await platform.install({ appId: app.appId, siteId });
      const client = { appId: app.appId, secret: app.secret.value, instanceId };
      return { ...client, text: await requestToken(platform.url, client) };
    };
    const explained = async (text: string) => (await find(text)).items[0]?.token;

    test("that was revoked, or whose instance is removed, has the reason", async () => {
      const { appId, instanceId, secret, text } = await fresh();
      await fetch(`${platform.url}/oauth2/revoke`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ client_id: appId, client_secret: secret, token: text }),
      });
      const revoked = await find(text);
      expect(revoked.items[0]?.token).toMatchObject({
        isValid: false,
        reason: "revoked",
        explanation:
          "The token, or the token that it was exchanged from, was revoked at /oauth2/revoke. Request a new one.",
        grantedScopes: [],
      });
      const jti = String(revoked.items[0]?.id);
      expect((await find(jti)).items).toMatchObject([{ type: "revoked-token", id: jti, href: null }]);
      await admin(`DELETE /instances/${instanceId}`);
      expect(await explained(text)).toMatchObject({ isValid: false, reason: "instance_not_installed" });
    });

    test("of a compromised secret, and one of a changed grant, say so", async () => {
      const { appId, instanceId } = await fresh();
      const { body } = await admin(`POST /apps/${appId}/secrets`, { body: { name: "Second" } });
      const text = await requestToken(platform.url, { appId, instanceId, secret: body.value });
      await admin(`POST /apps/${appId}/secrets/${body.secretId}/compromise`);
      expect(await explained(text)).toMatchObject({
        isValid: false,
        reason: "secret_compromised",
        secretId: body.secretId,
      });
    });

    test("that this platform did not sign has no claims in the response", async () => {
      const forged = `${token.slice(0, -8)}AAAAAAAA`;
      expect((await find(forged)).items).toMatchObject([
        {
          type: "access-token",
          id: null,
          appId: null,
          token: { isValid: false, reason: "bad_signature", scopes: [] },
        },
      ]);
      expect(await explained(token.slice(0, 50))).toMatchObject({ reason: "malformed", expiresAt: null });
    });

    test("is not counted as a check", async () => {
      const counted = () =>
        platform.platform.database && fetch(`${platform.url}/metrics`).then((one) => one.text());
      const checks = (text: string) =>
        text.split("\n").filter((line) => line.startsWith("latchkey_token_checks"));
      const before = checks(await counted());
      await find(token);
      expect(checks(await counted())).toEqual(before);
    });
  });

  describe("a secret", () => {
    test("of an app is found by its first 12 characters, and whole, and is not returned", async () => {
      const [, second = ""] = secrets;
      const expected = {
        type: "app-secret",
        id: ids.secretId,
        name: "Victim secret",
        state: "valid",
        appId: ids.appId,
      };
      for (const [text, notes] of [
        [second.slice(0, 12), []],
        [second.slice(0, 30), []],
        [second, [hints.wholeSecret]],
      ] as const) {
        const response = await search(admin, text);
        expect(response.body).toMatchObject({ items: [expected], notes });
        expect(response.text).not.toContain(second.slice(0, 12));
      }
    });

    test("of an app is not found when only its first characters are right, or there are too few", async () => {
      const [, second = "", key = ""] = secrets;
      const altered = `${second.slice(0, -1)}${second.endsWith("0") ? "1" : "0"}`;
      expect(await find(altered)).toEqual({ items: [], notes: [hints.notFound, hints.wholeSecret] });
      expect(await find(second.slice(0, 11))).toEqual({
        items: [],
        notes: [hints.notFound, hints.secretPrefix],
      });
      expect(await find(key.slice(0, 20))).toEqual({ items: [], notes: [hints.notFound, hints.keyPrefix] });
    });

    test("that is deleted, compromised or expired has this state", async () => {
      const { appId } = await platform.createApp();
      const create = async (body: object) => (await admin(`POST /apps/${appId}/secrets`, { body })).body;
      const deleted = await create({ name: "A" });
      await admin(`DELETE /apps/${appId}/secrets/${deleted.secretId}`);
      const compromised = await create({ name: "B" });
      await admin(`POST /apps/${appId}/secrets/${compromised.secretId}/compromise`);
      expect((await find(deleted.value)).items).toMatchObject([{ state: "deleted" }]);
      expect((await find(compromised.value)).items).toMatchObject([{ state: "compromised" }]);
    });

    test("of the management API is found whole, and is not returned", async () => {
      const [, , key = ""] = secrets;
      const response = await search(admin, key);
      expect(response.body).toMatchObject({
        items: [
          { type: "api-key", id: ids.keyId, name: "Victim key", state: "valid", href: "/admin/v1/api-keys" },
        ],
        notes: [hints.wholeSecret],
      });
      expect(response.text).not.toContain(key.slice(0, 12));
    });

    test.each(["lkr_", "lkc_", "lki_"])("that begins with %s is not found", async (prefix) => {
      const whole = `${prefix}${"0".repeat(49)}`;
      expect(await find(whole)).toEqual({
        items: [],
        notes: [hints.notFound, hints.otherSecret, hints.wholeSecret],
      });
    });
  });

  test("in the body of a POST is found as by GET, without a note about the address", async () => {
    const post = async (id: string) => (await admin("POST /find", { body: { id } })).body;
    const [, second = ""] = secrets;
    for (const id of [ids.appId, refusedId, "tenant 1/a", second.slice(0, 12), unknownId]) {
      expect(await post(String(id))).toEqual(await find(String(id)));
    }
    for (const id of [token, second]) {
      const { items } = await find(id);
      const response = await admin("POST /find", { body: { id } });
      expect(response.body).toEqual({ items, notes: [] });
      expect(response.text).not.toContain(id.slice(0, 12));
    }
    const refused = await admin("POST /find", { body: {} });
    expect([refused.status, refused.body]).toEqual([
      400,
      violations({ field: "id", description: "is required", violatedRule: "REQUIRED_FIELD" }),
    ]);
    const inAddress = await admin(`POST /find?id=${ids.appId}`, { body: { id: ids.appId } });
    expect(inAddress.status).toBe(400);
  });

  test("needs one id of at most 8,192 characters", async () => {
    const refused = async (query: string) => {
      const { body, status } = await admin(`GET /find${query}`);
      return [status, body];
    };
    const violation = (description: string, violatedRule: string, more = {}) => [
      400,
      violations({ field: "id", description, violatedRule, ...more }),
    ];
    expect(await refused("")).toEqual(violation("is required", "REQUIRED_FIELD"));
    expect(await refused(`?id=${"a".repeat(8_193)}`)).toEqual(
      violation("must have at most 8192 characters", "MAX_LENGTH", { data: { threshold: 8192 } }),
    );
    expect(await refused("?id=a%00b")).toEqual(violation("must not have control characters", "FORMAT"));
    expect(await refused("?id=a&id=b")).toEqual(violation("is given more than once", "VALIDATION"));
    expect(await find("a".repeat(8_192))).toEqual(nothing);
  });
});
