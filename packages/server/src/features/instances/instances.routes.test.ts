import { stores } from "@latchkey/stores";
import {
  type CallManagement,
  errorBody,
  managementCaller,
  violations,
} from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";

const read = "SCOPE.DC-STORES.READ-PRODUCTS";
const manage = "SCOPE.DC-STORES.MANAGE-PRODUCTS";
const always = "SCOPE.DC.MANAGE-YOUR-APP";
const unknownId = "00000000-0000-4000-8000-000000000000";

describe.each(["sqlite", "postgres"] as const)("instances on %s", (engine) => {
  let platform: TestPlatform;
  let call: CallManagement;

  beforeAll(async () => {
    platform = await createTestPlatform({ resources: [stores], database: engine, now: 1_767_323_045_678 });
    call = managementCaller(platform);
  });
  afterAll(() => platform.close());

  const appAndSite = async () => {
    const app = await platform.createApp({ scopes: [read, { scopeId: manage, optional: true }] });
    const site = await platform.createSite();
    return { appId: app.appId, siteId: site.siteId };
  };
  const installed = async () => {
    const { appId, siteId } = await appAndSite();
    const { body } = await call(`POST /sites/${siteId}/instances`, { body: { appId } });
    return body;
  };

  test("are created with every scope that the app requests, or with those that the owner approves", async () => {
    const { appId, siteId } = await appAndSite();
    const all = await call(`POST /sites/${siteId}/instances`, { body: { appId } });
    expect([all.status, all.body]).toEqual([
      200,
      {
        instanceId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        appId,
        siteId,
        state: "installed",
        grant: [manage, read, always],
        declined: [],
        preApproved: [],
        originInstanceId: null,
        setupCompletedAt: null,
        createdAt: "2026-01-02T03:04:05.678Z",
        updatedAt: "2026-01-02T03:04:05.678Z",
        lastTokenAt: null,
      },
    ]);
    expect((await call(`GET /instances/${all.body.instanceId}`)).body).toEqual(all.body);
    const other = await platform.createSite();
    const some = await call(`POST /sites/${other.siteId}/instances`, { body: { appId, grant: [read] } });
    expect(some.body.grant).toEqual([read, always]);
  });

  test("are not created for an unknown or disabled app, twice, or with scopes that the app does not request", async () => {
    const { appId, siteId } = await appAndSite();
    const install = (body: object) => call(`POST /sites/${siteId}/instances`, { body });
    const unknown = await install({ appId: unknownId });
    expect([unknown.status, unknown.body]).toEqual([
      404,
      errorBody("APP_NOT_FOUND", "There is no app with this id."),
    ]);
    const more = await install({ appId, grant: [read, "SCOPE.OTHER"] });
    expect([more.status, more.body]).toEqual([
      400,
      violations({
        field: "grant[1]",
        description: "is not among the scopes that the app requests",
        violatedRule: "INVALID_ENUM_VALUE",
      }),
    ]);
    await call(`PATCH /apps/${appId}`, { body: { enabled: false } });
    const disabled = await install({ appId });
    expect([disabled.status, disabled.body]).toEqual([
      409,
      errorBody("APP_DISABLED", "The app is disabled; enable it first."),
    ]);
    await call(`PATCH /apps/${appId}`, { body: { enabled: true } });
    const { body } = await install({ appId });
    const again = await install({ appId });
    expect([again.status, again.body]).toEqual([
      409,
      errorBody("INSTANCE_ALREADY_INSTALLED", "The app is already installed on this site.", {
        instanceId: body.instanceId,
        state: "installed",
      }),
    ]);
  });

  test("are not created without a scope that the app requires", async () => {
    const { appId, siteId } = await appAndSite();
    const refused = [
      400,
      errorBody(
        "REQUIRED_SCOPE_MISSING",
        `The app does not work without ${read}; approve every required scope.`,
        { scopes: [read] },
      ),
    ];
    for (const grant of [[], [manage]]) {
      const response = await call(`POST /sites/${siteId}/instances`, { body: { appId, grant } });
      expect([response.status, response.body]).toEqual(refused);
    }
    expect((await call(`GET /sites/${siteId}/instances`)).body.items).toEqual([]);
    expect((await call(`GET /audit?siteId=${siteId}`)).body.items).toHaveLength(1);
    const { body } = await call(`POST /sites/${siteId}/instances`, { body: { appId, grant: [read] } });
    const narrowed = await call(`POST /instances/${body.instanceId}/approve`, { body: { grant: [manage] } });
    expect([narrowed.status, narrowed.body]).toEqual(refused);
    expect((await call(`GET /instances/${body.instanceId}`)).body.grant).toEqual([read, always]);
  });

  test("keep their id when they are removed and installed again", async () => {
    const before = await installed();
    const removed = await call(`DELETE /instances/${before.instanceId}`);
    expect([removed.status, removed.body]).toMatchObject([200, { state: "removed" }]);
    expect((await call(`DELETE /instances/${before.instanceId}`)).status).toBe(200);
    const again = await call(`POST /sites/${before.siteId}/instances`, {
      body: { appId: before.appId, grant: [read] },
    });
    expect(again.body).toMatchObject({
      instanceId: before.instanceId,
      state: "installed",
      grant: [read, always],
    });
  });

  test("are suspended only while installed, and resumed only while suspended", async () => {
    const { instanceId } = await installed();
    const step = async (name: string) => {
      const { status, body } = await call(`POST /instances/${instanceId}/${name}`);
      return [status, body];
    };
    const wrongState = (is: string, must: string) => [
      409,
      errorBody("INSTANCE_NOT_INSTALLED", `The instance is ${is}; this works only while it is ${must}.`, {
        state: is,
      }),
    ];
    expect(await step("resume")).toEqual(wrongState("installed", "suspended"));
    expect(await step("suspend")).toMatchObject([200, { state: "suspended" }]);
    expect(await step("suspend")).toEqual(wrongState("suspended", "installed"));
    expect(await step("approve")).toEqual(wrongState("suspended", "installed"));
    expect(await step("resume")).toMatchObject([200, { state: "installed" }]);
  });

  test("get another grant, from the scopes that the app requests", async () => {
    const { instanceId } = await installed();
    const narrowed = await call(`POST /instances/${instanceId}/approve`, { body: { grant: [read] } });
    expect([narrowed.status, narrowed.body.grant]).toEqual([200, [read, always]]);
    const all = await call(`POST /instances/${instanceId}/approve`);
    expect([all.status, all.body.grant]).toEqual([200, [manage, read, always]]);
    const more = await call(`POST /instances/${instanceId}/approve`, { body: { grant: ["SCOPE.OTHER"] } });
    expect(more.status).toBe(400);
  });

  test("are listed by site and by app, and by state", async () => {
    const { appId, siteId } = await appAndSite();
    const other = await platform.createSite();
    const one = await platform.install({ appId, siteId });
    const two = await platform.install({ appId, siteId: other.siteId });
    await platform.suspend(two.instanceId);
    const idsOf = async (path: string) =>
      (await call(`GET ${path}`)).body.items.map(({ instanceId }) => instanceId);
    expect(await idsOf(`/sites/${siteId}/instances`)).toEqual([one.instanceId]);
    expect(await idsOf(`/apps/${appId}/instances`)).toEqual([one.instanceId, two.instanceId].sort());
    expect(await idsOf(`/apps/${appId}/instances?state=suspended`)).toEqual([two.instanceId]);
    expect(await idsOf(`/sites/${siteId}/instances?state=removed`)).toEqual([]);
    const bad = await call(`GET /apps/${appId}/instances?state=gone`);
    expect([bad.status, bad.body]).toEqual([
      400,
      violations({
        field: "state",
        description: "must be one of installed, suspended, removed",
        violatedRule: "INVALID_ENUM_VALUE",
        data: { allowed: ["installed", "suspended", "removed"] },
      }),
    ]);
  });

  test("that do not exist are 404 on every path", async () => {
    for (const id of [unknownId, "x"]) {
      for (const operation of [
        `GET /instances/${id}`,
        `DELETE /instances/${id}`,
        `POST /instances/${id}/suspend`,
        `POST /instances/${id}/resume`,
        `POST /instances/${id}/approve`,
        `POST /instances/${id}/revoke-tokens`,
      ]) {
        const response = await call(operation);
        expect([operation, response.status, response.body]).toEqual([
          operation,
          404,
          errorBody("INSTANCE_NOT_FOUND", "There is no instance with this id."),
        ]);
      }
    }
  });

  test("have their changes in the audit log, and those that apps receive in events", async () => {
    const { instanceId, siteId } = await installed();
    for (const name of ["suspend", "resume", "approve", "revoke-tokens"]) {
      await call(`POST /instances/${instanceId}/${name}`);
    }
    await call(`DELETE /instances/${instanceId}`);
    const audit = await call(`GET /audit?siteId=${siteId}`);
    expect(audit.body.items.map(({ action }) => action).reverse()).toEqual([
      "site.created",
      "instance.installed",
      "instance.suspended",
      "instance.resumed",
      "instance.approved",
      "instance.tokens.revoked",
      "instance.removed",
    ]);
    const events = await platform.platform.database.read
      .selectFrom("events")
      .select("event_type")
      .where("instance_id", "=", instanceId)
      .orderBy("event_id")
      .execute();
    expect(events.map((event) => event.event_type)).toEqual([
      "AppInstalled",
      "latchkey.instance_suspended",
      "latchkey.instance_resumed",
      "latchkey.tokens_revoked",
      "AppRemoved",
    ]);
  });
});
