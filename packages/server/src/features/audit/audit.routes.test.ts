import { type CallManagement, managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";

let platform: TestPlatform;
let admin: CallManagement;
let bound: CallManagement;
let ids: Record<"appId" | "siteId" | "instanceId", string>;
let otherInstance: string;

beforeAll(async () => {
  platform = await createTestPlatform();
  admin = managementCaller(platform);
  const { appId } = await platform.createApp();
  const { siteId } = await platform.createSite();
  ids = { appId, siteId, instanceId: (await platform.install({ appId, siteId })).instanceId };
  otherInstance = (await platform.install({ appId: (await platform.createApp()).appId, siteId })).instanceId;
  await platform.suspend(ids.instanceId);
  const key = await admin("POST /api-keys", { body: { name: "key", scopes: ["audit:read"], appId } });
  bound = managementCaller(platform, key.body.value);
});
afterAll(() => platform.close());

const queryOf = (filters: object) => new URLSearchParams(filters as Record<string, string>).toString();
const actions = async (call: CallManagement, filters: object) =>
  (await call(`GET /audit?${queryOf(filters)}`)).body.items.map(({ action }) => action);

test("lists the changes of one instance", async () => {
  const changes = ["instance.suspended", "instance.installed"];
  const { instanceId } = ids;
  expect(await actions(admin, { instanceId })).toEqual(changes);
  expect(
    await actions(admin, { instanceId, since: new Date(platform.clock.now() + 1).toISOString() }),
  ).toEqual([]);
  expect(await actions(bound, { instanceId })).toEqual(changes);
  expect(await actions(bound, { instanceId: otherInstance })).toEqual([]);
});

test("combines an app with an action, also for a key of the app", async () => {
  const { appId } = ids;
  expect(await actions(admin, { appId, action: "instance.suspended" })).toEqual(["instance.suspended"]);
  expect(await actions(bound, { action: "instance.suspended" })).toEqual(["instance.suspended"]);
});

test("combines any filters", async () => {
  const { appId, instanceId, siteId } = ids;
  expect(await actions(admin, { siteId, action: "instance.suspended" })).toEqual(["instance.suspended"]);
  expect(await actions(admin, { instanceId, actor: "nobody" })).toEqual([]);
  expect(await actions(admin, { appId, siteId, instanceId, action: "instance.installed" })).toEqual([
    "instance.installed",
  ]);
});
