import { stores } from "@latchkey/stores";
import {
  type CallManagement,
  errorBody,
  managementCaller,
  violations,
} from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../../testing/index.ts";
import { engines } from "../../../testing/test-database.ts";

const read = "SCOPE.DC-STORES.READ-PRODUCTS";
const manage = "SCOPE.DC-STORES.MANAGE-PRODUCTS";
const basic = "SCOPE.DEV_CENTER.APP-INSTANCE-READ-BASIC-INFO";
const always = "SCOPE.DC.MANAGE-YOUR-APP";
const required = (scopeId: string, reason: string | null = null) => ({ scopeId, optional: false, reason });
const optional = (scopeId: string, reason: string | null = null) => ({ scopeId, optional: true, reason });

describe.each(engines)("scopes that change on %s", (database) => {
  let platform: TestPlatform;
  let call: CallManagement;

  beforeAll(async () => {
    platform = await createTestPlatform({ resources: [stores], database, now: 1_767_323_045_678 });
    call = managementCaller(platform);
  });
  afterAll(() => platform.close());

  const install = async (scopes: readonly object[], grant?: readonly string[]) => {
    const { appId } = (await call("POST /apps", { body: { name: "App", scopes } })).body;
    const { siteId } = await platform.createSite();
    const { instanceId } = await platform.install({ appId, siteId, ...(grant && { grant }) });
    return { appId, siteId, instanceId };
  };
  const request = async (appId: string, ...scopes: readonly object[]) => {
    const response = await call(`PATCH /apps/${appId}`, { body: { scopes } });
    expect(response.status).toBe(200);
    await platform.settled();
  };
  const instance = async (id: string) => (await call(`GET /instances/${id}`)).body;
  const pending = async (filter: string) => (await call(`GET /approvals?${filter}`)).body.items;
  const eventsOf = async (instanceId: string) => {
    const rows = await platform.platform.database.read
      .selectFrom("events")
      .select(["event_type", "payload"])
      .where("instance_id", "=", instanceId)
      .where("event_type", "<>", "AppInstalled")
      .orderBy("event_id")
      .execute();
    return rows.map((row) => [row.event_type, JSON.parse(row.payload)]);
  };
  const urlOf = (instanceId: string) => `${platform.url}/installer/approve?instanceId=${instanceId}`;

  test("H9 wait for the owner: the instance keeps its grant, the app gets an event, and approval ends it", async () => {
    const { appId, instanceId, siteId } = await install([required(read), required(basic)]);
    await request(appId, required(read), required(manage, "Changes prices at night"));
    expect((await instance(instanceId)).grant).toEqual([read, always, basic]);
    expect(await pending(`appId=${appId}`)).toEqual([
      {
        ...{ instanceId, appId, siteId },
        kept: [required(read)],
        added: [required(manage, "Changes prices at night")],
        dropped: [basic],
        approvalUrl: urlOf(instanceId),
        requestedAt: "2026-01-02T03:04:05.678Z",
      },
    ]);
    const asked = ["AppApprovalPending", { appId, added: [manage], approvalUrl: urlOf(instanceId) }];
    expect(await eventsOf(instanceId)).toEqual([asked]);
    const approved = await call(`POST /instances/${instanceId}/approve`);
    expect([approved.status, approved.body.grant]).toEqual([200, [manage, read, always]]);
    expect(await pending(`siteId=${siteId}`)).toEqual([]);
    const changed = { appId, granted: [manage, read, always], added: [manage], dropped: [basic] };
    expect(await eventsOf(instanceId)).toEqual([asked, ["AppGrantChanged", changed]]);
  });

  test("need a reason for each scope that is added or becomes required while the app is installed", async () => {
    const { appId, instanceId } = await install([required(read), optional(manage)]);
    const response = await call(`PATCH /apps/${appId}`, { body: { scopes: [read, basic, manage] } });
    const description =
      "is required for a scope that is added or becomes required while the app is installed";
    const missing = ["scopes[1].reason", "scopes[2].reason"].map((field) => ({
      ...{ field, description },
      violatedRule: "REQUIRED_FIELD" as const,
    }));
    expect([response.status, response.body]).toEqual([400, violations(...missing)]);
    expect((await call(`GET /apps/${appId}`)).body.scopes).toEqual([required(read), optional(manage)]);
    await platform.suspend(instanceId);
    expect((await call(`PATCH /apps/${appId}`, { body: { scopes: [read, basic] } })).status).toBe(400);
    await platform.remove(instanceId);
    expect((await call(`PATCH /apps/${appId}`, { body: { scopes: [read, basic] } })).status).toBe(200);
  });

  test("are asked about once; another added scope is asked about again", async () => {
    const { appId, instanceId } = await install([required(read)]);
    await request(appId, required(read), optional(manage, "One"));
    await request(appId, required(read), required(manage, "Other words"));
    expect(await eventsOf(instanceId)).toMatchObject([["AppApprovalPending", { added: [manage] }]]);
    await request(appId, required(read), required(manage, "One"), optional(basic, "Two"));
    expect(await eventsOf(instanceId)).toMatchObject([
      ["AppApprovalPending", { added: [manage] }],
      ["AppApprovalPending", { added: [manage, basic] }],
    ]);
    expect(await pending(`appId=${appId}`)).toMatchObject([
      { added: [{ reason: "One" }, { reason: "Two" }] },
    ]);
  });

  test("that the app no longer requests need no decision, and leave the grant with the next approval", async () => {
    const { appId, instanceId } = await install([required(read)]);
    await request(appId, required(read), required(manage, "One"));
    await request(appId);
    expect(await pending(`appId=${appId}`)).toEqual([]);
    expect((await instance(instanceId)).grant).toEqual([read, always]);
    await call(`POST /instances/${instanceId}/approve`);
    expect((await instance(instanceId)).grant).toEqual([always]);
  });

  test("that the owner declined are asked about again only when the app requires them", async () => {
    const { appId, instanceId } = await install([required(read), optional(manage)], [read]);
    expect(await instance(instanceId)).toMatchObject({ grant: [read, always], declined: [manage] });
    await request(appId, required(read), optional(manage), optional(basic, "Two"));
    expect(await pending(`appId=${appId}`)).toMatchObject([{ added: [optional(basic, "Two")] }]);
    await call(`POST /instances/${instanceId}/approve`, { body: { grant: [read] } });
    expect((await instance(instanceId)).declined).toEqual([manage, basic]);
    await request(appId, required(read), required(manage, "Prices"), optional(basic, "Two"));
    expect(await pending(`appId=${appId}`)).toMatchObject([{ added: [required(manage, "Prices")] }]);
    await request(appId, required(read), optional(manage), optional(basic));
    expect(await pending(`appId=${appId}`)).toEqual([]);
  });

  test("are copied with a site, end with the instance, and are approved by a new installation", async () => {
    const { appId, instanceId, siteId } = await install([required(read), optional(basic)], [read]);
    await request(appId, required(read), optional(basic), required(manage, "Prices"));
    const copy = await platform.platform.sites.copy({ name: "test", requestId: "" }, siteId);
    await platform.settled();
    expect(await pending(`siteId=${copy.siteId}`)).toMatchObject([
      { kept: [required(read)], added: [required(manage, "Prices")] },
    ]);
    expect(await pending(`siteId=${siteId}&appId=${appId}`)).toMatchObject([{ instanceId }]);
    await platform.remove(instanceId);
    expect(await pending(`siteId=${siteId}`)).toEqual([]);
    await platform.install({ appId, siteId });
    expect(await instance(instanceId)).toMatchObject({ grant: [manage, read, always, basic], declined: [] });
    expect(await pending(`siteId=${siteId}`)).toEqual([]);
  });

  test("are listed page by page, for a bound key only those of its app", async () => {
    const { appId, instanceId } = await install([]);
    const others: string[] = [];
    for (let count = 0; count < 2; count += 1) {
      const { siteId } = await platform.createSite();
      others.push((await platform.install({ appId, siteId })).instanceId);
    }
    await request(appId, required(read, "New"));
    const first = (await call(`GET /approvals?appId=${appId}&limit=2`)).body;
    const next = (await call(`GET /approvals?appId=${appId}&limit=2&cursor=${first.nextCursor}`)).body;
    const ids = [...first.items, ...next.items].map((item) => item.instanceId);
    expect([ids, next.nextCursor]).toEqual([[instanceId, ...others].sort(), null]);
    const { appId: otherApp } = await install([]);
    await request(otherApp, required(read, "New"));
    const key = { name: "Bound", scopes: ["instances:read"], appId: otherApp };
    const bound = managementCaller(platform, (await call("POST /api-keys", { body: key })).body.value);
    expect((await bound("GET /approvals")).body.items).toMatchObject([{ appId: otherApp }]);
    expect((await bound(`GET /approvals?appId=${appId}`)).status).toBe(404);
  });

  describe("are withdrawn by the owner", () => {
    const withdraw = (instanceId: string, ...scopes: readonly string[]) =>
      call(`POST /instances/${instanceId}/withdraw`, { body: { scopes } });

    test("at any time when they are optional, and a pending approval stays open", async () => {
      const { appId, instanceId } = await install([required(read), optional(manage), optional(basic)]);
      await request(appId, required(read), optional(manage));
      await request(appId, required(read), optional(manage), required("SCOPE.LATER", "Soon")).catch(() => {});
      const done = await withdraw(instanceId, manage, basic);
      expect([done.status, done.body]).toMatchObject([200, { grant: [read, always], declined: [manage] }]);
      expect((await eventsOf(instanceId)).at(-1)).toEqual([
        "AppGrantChanged",
        { appId, granted: [read, always], added: [], dropped: [manage, basic] },
      ]);
      await platform.suspend(instanceId);
      expect((await withdraw(instanceId, manage)).status).toBe(400);
      await platform.remove(instanceId);
      const removed = await withdraw(instanceId, read);
      expect([removed.status, removed.body]).toEqual([
        409,
        errorBody(
          "INSTANCE_NOT_INSTALLED",
          "The instance is removed; this works only while it is installed or suspended.",
          { state: "removed" },
        ),
      ]);
    });

    test("not when the app requires them", async () => {
      const { instanceId } = await install([required(read), optional(manage)]);
      const refused = await withdraw(instanceId, manage, read);
      expect([refused.status, refused.body]).toEqual([
        400,
        errorBody(
          "REQUIRED_SCOPE_MISSING",
          `The app does not work without ${read}; approve every required scope.`,
          { scopes: [read] },
        ),
      ]);
      expect((await instance(instanceId)).grant).toEqual([manage, read, always]);
    });

    test("not when they are not granted, or every instance has them", async () => {
      const { instanceId } = await install([optional(manage)], []);
      const refused = await withdraw(instanceId, manage, always);
      const broken = ["scopes[0]", "scopes[1]"].map((field) => ({
        ...{ field, description: "is not a scope that the owner can withdraw from this instance" },
        violatedRule: "INVALID_ENUM_VALUE" as const,
      }));
      expect([refused.status, refused.body]).toEqual([400, violations(...broken)]);
    });
  });

  describe("that the platform approves for all sites", () => {
    const preApprove = (appId: string, ...scopeIds: readonly string[]) =>
      call(`POST /apps/${appId}/pre-approvals`, { body: { scopeIds } });

    test("are granted without a question and marked; others are asked about", async () => {
      const { appId, instanceId } = await install([required(read)]);
      expect((await preApprove(appId, manage)).status).toBe(200);
      await request(appId, required(read), required(manage, "Prices"), optional(basic, "Name"));
      expect(await instance(instanceId)).toMatchObject({
        grant: [manage, read, always],
        preApproved: [manage],
      });
      expect(await pending(`appId=${appId}`)).toMatchObject([{ added: [optional(basic, "Name")] }]);
      expect(await eventsOf(instanceId)).toMatchObject([
        ["AppGrantChanged", { granted: [manage, read, always], added: [manage], dropped: [] }],
        ["AppApprovalPending", { added: [basic] }],
      ]);
      const { items } = (await call(`GET /audit?instanceId=${instanceId}&limit=1`)).body;
      expect(items).toMatchObject([
        { actor: "system", action: "instance.pre-approved", details: { scopes: [manage] } },
      ]);
      await call(`POST /instances/${instanceId}/approve`);
      expect((await instance(instanceId)).preApproved).toEqual([]);
    });

    test("end pending approvals", async () => {
      const { appId, instanceId } = await install([required(read)]);
      await request(appId, required(read), required(manage, "Prices"));
      await preApprove(appId, manage);
      await platform.settled();
      expect(await pending(`appId=${appId}`)).toEqual([]);
      expect((await instance(instanceId)).preApproved).toEqual([manage]);
    });

    test("are listed, and stay granted when the pre-approval ends", async () => {
      const { appId, instanceId } = await install([required(read)]);
      await preApprove(appId, manage, basic, manage);
      await request(appId, required(read), required(manage, "Prices"));
      const at = "2026-01-02T03:04:05.678Z";
      expect((await call(`GET /apps/${appId}/pre-approvals`)).body.items).toEqual([
        { scopeId: manage, createdAt: at },
        { scopeId: basic, createdAt: at },
      ]);
      expect((await call(`DELETE /apps/${appId}/pre-approvals/${manage}`)).status).toBe(200);
      expect(await instance(instanceId)).toMatchObject({
        grant: [manage, read, always],
        preApproved: [manage],
      });
      const { siteId } = await platform.createSite();
      const second = await platform.install({ appId, siteId });
      expect(second.preApproved).toEqual([]);
      const again = await call(`DELETE /apps/${appId}/pre-approvals/${manage}`);
      expect([again.status, again.body]).toEqual([
        404,
        errorBody("PRE_APPROVAL_NOT_FOUND", "The app has no pre-approval of this scope."),
      ]);
      const { items } = (await call(`GET /audit?appId=${appId}&action=app.pre-approval.deleted`)).body;
      expect(items).toMatchObject([{ actor: "admin", details: { scopeId: manage } }]);
    });

    test("are not granted where the owner declined them", async () => {
      const { appId, instanceId } = await install([required(read), optional(manage)], [read]);
      await preApprove(appId, manage);
      await platform.settled();
      expect(await instance(instanceId)).toMatchObject({ grant: [read, always], declined: [manage] });
    });

    test("are scopes of this platform, approved by the platform", async () => {
      const { appId } = await install([]);
      const unknown = await preApprove(appId, "SCOPE.UNKNOWN");
      expect([unknown.status, unknown.body]).toEqual([
        400,
        violations({
          field: "scopeIds[0]",
          description: "is not the id of a scope of this platform",
          violatedRule: "INVALID_ENUM_VALUE",
        }),
      ]);
      const key = { name: "Bound", scopes: ["apps:write"], appId };
      const bound = managementCaller(platform, (await call("POST /api-keys", { body: key })).body.value);
      const refused = await bound(`POST /apps/${appId}/pre-approvals`, { body: { scopeIds: [manage] } });
      const revoked = await bound(`DELETE /apps/${appId}/pre-approvals/${manage}`);
      expect([refused.status, revoked.status]).toEqual([403, 403]);
    });

    test("do not outlive the app", async () => {
      const { appId } = (await call("POST /apps", { body: { name: "Short" } })).body;
      await preApprove(appId, manage);
      await platform.settled();
      expect((await call(`DELETE /apps/${appId}`)).status).toBe(200);
      const { read: db } = platform.platform.database;
      const left = await db.selectFrom("pre_approvals").selectAll().where("app_id", "=", appId).execute();
      expect(left).toEqual([]);
    });
  });
});
