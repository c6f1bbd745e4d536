import { createAccount, signIn } from "@latchkey/test-support/accounts";
import {
  type CallManagement,
  errorBody,
  managementCaller,
  violations,
} from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";

const forOperators = errorBody(
  "PERMISSION_DENIED",
  "Only the admin key and operators may change an operator, or the e-mail address or password of an account.",
);

describe.each(["sqlite", "postgres"] as const)("accounts on %s", (engine) => {
  let platform: TestPlatform;
  let admin: CallManagement;
  beforeAll(async () => {
    platform = await createTestPlatform({ database: engine, now: 1_767_323_045_678 });
    admin = managementCaller(platform);
  });
  afterAll(() => platform.close());

  test("are created, listed, changed and deleted, each with an audit entry", async () => {
    const created = await admin("POST /accounts", {
      body: { email: "Ada@Example.com", name: " Ada ", password: "a long enough one", isDeveloper: true },
    });
    const account = {
      accountId: created.body.accountId,
      email: "ada@example.com",
      name: "Ada",
      isDeveloper: true,
      isOperator: false,
      hasPassword: true,
      disabled: false,
      createdAt: "2026-01-02T03:04:05.678Z",
      updatedAt: "2026-01-02T03:04:05.678Z",
    };
    expect([created.status, created.body]).toEqual([200, account]);
    const path = `/accounts/${account.accountId}`;
    expect((await admin(`GET ${path}`)).body).toEqual(account);
    expect((await admin("GET /accounts")).body.items).toContainEqual(account);
    expect((await admin("GET /accounts?email=ADA@example.com")).body.items).toEqual([account]);
    expect((await admin("GET /accounts?email=other@example.com")).body.items).toEqual([]);
    const changed = await admin(`PATCH ${path}`, {
      body: { name: "Ada L", isDeveloper: false, disabled: true },
    });
    expect(changed.body).toEqual({ ...account, name: "Ada L", isDeveloper: false, disabled: true });
    expect((await admin(`DELETE ${path}`)).status).toBe(200);
    for (const call of [`GET ${path}`, `DELETE ${path}`]) {
      const response = await admin(call);
      expect([response.status, response.body]).toEqual([
        404,
        errorBody("ACCOUNT_NOT_FOUND", "There is no account with this id."),
      ]);
    }
    const { body } = await admin("GET /audit?limit=3");
    expect(body.items.map(({ action, actor }) => [action, actor])).toEqual([
      ["account.deleted", "admin"],
      ["account.changed", "admin"],
      ["account.created", "admin"],
    ]);
    expect(JSON.stringify(body)).not.toContain("a long enough one");
  });

  test("have different e-mail addresses, whatever the case", async () => {
    await admin("POST /accounts", { body: { email: "same@example.com", name: "First" } });
    const taken = [409, errorBody("EMAIL_TAKEN", "Another account has this e-mail address.")];
    const second = await admin("POST /accounts", { body: { email: "SAME@example.com", name: "Second" } });
    expect([second.status, second.body]).toEqual(taken);
    const { body } = await admin("POST /accounts", { body: { email: "third@example.com", name: "Third" } });
    const changed = await admin(`PATCH /accounts/${body.accountId}`, { body: { email: "same@example.com" } });
    expect([changed.status, changed.body]).toEqual(taken);
  });

  test("without a password cannot sign in with one", async () => {
    await admin("POST /accounts", { body: { email: "none@example.com", name: "None" } });
    for (const password of ["", "null", "undefined"]) {
      await expect(signIn(platform, { email: "none@example.com", password })).rejects.toThrow(/got 40[01]/);
    }
  });

  test("are refused with other fields, and with values that break a rule (H3)", async () => {
    const body = { email: "new@example.com", name: "New" };
    const response = await admin("POST /accounts", { body: { ...body, password: "elevenchars" } });
    expect([response.status, response.body]).toEqual([
      400,
      violations({
        field: "password",
        description: "must have at least 12 characters",
        violatedRule: "MIN_LENGTH",
        data: { threshold: 12 },
      }),
    ]);
    for (const extra of [
      { accountId: "1" },
      { createdAt: 1 },
      { owner: true },
      { email: "x" },
      { name: "" },
    ]) {
      expect((await admin("POST /accounts", { body: { ...body, ...extra } })).status).toBe(400);
    }
  });

  test("a key with accounts:write cannot become an operator, or take over an account", async () => {
    const operator = await createAccount(platform, "operator", { isOperator: true });
    const { accountId } = await createAccount(platform, "victim");
    const { body: key } = await admin("POST /api-keys", {
      body: { name: "Accounts", scopes: ["accounts:write"] },
    });
    const limited = managementCaller(platform, key.value);
    const fresh = { email: "fresh@example.com", name: "Fresh" };
    for (const [call, body] of [
      ["POST /accounts", { ...fresh, isOperator: true }],
      [`PATCH /accounts/${accountId}`, { isOperator: true }],
      [`PATCH /accounts/${accountId}`, { password: "chosen by the key" }],
      [`PATCH /accounts/${accountId}`, { email: "mine@example.com" }],
      [`PATCH /accounts/${operator.accountId}`, { name: "Renamed" }],
      [`PATCH /accounts/${operator.accountId}`, { disabled: true }],
      [`DELETE /accounts/${operator.accountId}`, undefined],
    ] as const) {
      const response = await limited(call, { body });
      expect([call, response.status, response.body]).toEqual([call, 403, forOperators]);
    }
    expect((await limited("POST /accounts", { body: fresh })).status).toBe(200);
    expect((await limited(`PATCH /accounts/${accountId}`, { body: { disabled: true } })).status).toBe(200);
    expect((await operator.call("GET /me")).status).toBe(200);
  });

  test("that are deleted are members no more, and the tokens of their memberships are invalid", async () => {
    const { accountId } = await createAccount(platform, "member");
    const site = await platform.createSite();
    await admin(`PUT /sites/${site.siteId}/members/${accountId}`, { body: { role: "OWNER" } });
    await admin(`DELETE /accounts/${accountId}`);
    expect((await admin(`GET /sites/${site.siteId}/members`)).body.items).toEqual([]);
    const row = await platform.platform.database.read
      .selectFrom("site_members")
      .select("gen")
      .where("account_id", "=", accountId)
      .executeTakeFirst();
    expect(row?.gen).toBe(2);
  });

  test("a repeated request with a password is recognised without a fast hash of the password", async () => {
    const body = { email: "once@example.com", name: "Once", password: "a long enough one" };
    const headers = { "idempotency-key": "account" };
    const first = await admin("POST /accounts", { body, headers });
    const second = await admin("POST /accounts", { body, headers });
    expect([second.status, second.text]).toEqual([200, first.text]);
    const { read } = platform.platform.database;
    const [stored] = await read.selectFrom("idempotency_keys").select("request_digest").execute();
    const { createHash } = await import("node:crypto");
    const parts = ["POST", "/admin/v1/accounts", body];
    for (const text of [JSON.stringify(parts), JSON.stringify(["request", ...parts])]) {
      expect(stored?.request_digest).not.toBe(createHash("sha256").update(text).digest("hex"));
    }
  });

  test("the developer who creates an app manages it, and shares it with other developers", async () => {
    const ada = await createAccount(platform, "dev-ada", { isDeveloper: true });
    const eve = await createAccount(platform, "dev-eve", { isDeveloper: true });
    const other = await createAccount(platform, "no-developer");
    const { body: app } = await ada.call("POST /apps", { body: { name: "Shared" } });
    const path = `/apps/${app.appId}`;
    expect((await ada.call("GET /apps")).body.items.map(({ appId }) => appId)).toEqual([app.appId]);
    expect((await eve.call("GET /apps")).body.items).toEqual([]);
    expect((await eve.call(`GET ${path}`)).status).toBe(404);
    const none = await ada.call(`POST ${path}/developers`, { body: { accountId: other.accountId } });
    expect([none.status, none.body]).toEqual([
      409,
      errorBody(
        "ACCOUNT_IS_NO_DEVELOPER",
        "The account is not marked as a developer; an operator can change that.",
      ),
    ]);
    const added = await ada.call(`POST ${path}/developers`, { body: { accountId: eve.accountId } });
    expect([added.status, added.body]).toEqual([
      200,
      { accountId: eve.accountId, name: "dev-eve", email: "dev-eve@example.com" },
    ]);
    expect((await eve.call(`GET ${path}`)).status).toBe(200);
    expect((await ada.call(`GET ${path}/developers`)).body.items).toHaveLength(2);
    expect((await eve.call(`DELETE ${path}/developers/${ada.accountId}`)).status).toBe(200);
    expect((await ada.call(`GET ${path}`)).status).toBe(404);
    await admin(`PATCH /accounts/${eve.accountId}`, { body: { isDeveloper: false } });
    expect((await eve.call(`GET ${path}`)).status).toBe(404);
    const { body } = await admin(`GET /audit?appId=${app.appId}`);
    expect(body.items.map(({ action, actor }) => [action, actor])).toEqual([
      ["app.developer.removed", `account:${eve.accountId}`],
      ["app.developer.added", `account:${ada.accountId}`],
      ["app.created", `account:${ada.accountId}`],
    ]);
  });

  test("H3 a developer cannot enable an app, and an owner cannot change the externalId of a site", async () => {
    const dev = await createAccount(platform, "dev-3", { isDeveloper: true });
    const owner = await createAccount(platform, "owner-3");
    const { body: app } = await dev.call("POST /apps", { body: { name: "Disabled" } });
    const site = await platform.createSite({ externalId: "site-3" });
    await admin(`PUT /sites/${site.siteId}/members/${owner.accountId}`, { body: { role: "OWNER" } });
    await admin(`PATCH /apps/${app.appId}`, { body: { enabled: false } });
    const denied = [403, errorBody("PERMISSION_DENIED", "This change is for an operator.")];
    const enabled = await dev.call(`PATCH /apps/${app.appId}`, { body: { enabled: true } });
    expect([enabled.status, enabled.body]).toEqual(denied);
    const moved = await owner.call(`PATCH /sites/${site.siteId}`, { body: { externalId: "site-4" } });
    expect([moved.status, moved.body]).toEqual(denied);
    expect((await owner.call(`PATCH /sites/${site.siteId}`, { body: { name: "Mine" } })).status).toBe(200);
  });
});
