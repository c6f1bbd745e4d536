import { afterEach, expect, test, vi } from "vitest";
import { createTestPlatform, type TestPlatformOptions } from "../index.ts";
import { engines } from "../test-database.ts";

afterEach(() => vi.restoreAllMocks());

/** Installs an app without webhooks. */
async function install(options: TestPlatformOptions = {}) {
  const printed: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  const platform = await createTestPlatform(options);
  const { appId } = await platform.createApp();
  const { siteId } = await platform.createSite();
  const { instanceId } = await platform.install({ appId, siteId });
  return { appId, instanceId, platform, printed, siteId };
}

const line = (appId: string, eventType: string) =>
  `latchkey: No webhook has the event type ${eventType}, so the app ${appId} did not get it. If it should: await platform.createWebhook({ appId, eventType: "${eventType}", url }). refusedDeliveries: "allow" hides this.\n`;

test.each(engines)("settled() names each event type that no webhook has, once, on %s", async (database) => {
  const { appId, instanceId, platform, printed, siteId } = await install({ database });
  await platform.settled();
  await platform.settled();
  expect(printed).toEqual([line(appId, "AppInstalled")]);

  const url = await platform.serve(() => new Response());
  await platform.createWebhook({ appId, eventType: "AppRemoved", url });
  await platform.createEventType({ eventType: "BookingMoved" });
  await platform.publish({ siteId, eventType: "BookingMoved" });
  await platform.manage("POST /permissions", { permissionId: "BOOKINGS.READ", description: "Read bookings" });
  await platform.manage("POST /scopes", {
    scopeId: "SCOPE.BOOKINGS",
    name: "Bookings",
    permissions: ["BOOKINGS.READ"],
  });
  await platform.manage(`PATCH /apps/${appId}`, {
    scopes: [{ scopeId: "SCOPE.BOOKINGS", optional: true, reason: "It shows bookings." }],
  });
  await platform.approve(instanceId, ["SCOPE.BOOKINGS"]);
  const { read } = platform.platform.database;
  const types = await read.selectFrom("events").select("event_type").distinct().execute();
  expect(types).toContainEqual({ event_type: "AppGrantChanged" });
  await platform.remove(instanceId);
  await platform.settled();
  expect(printed.slice(1)).toEqual([line(appId, "BookingMoved")]);
  await platform.close();
});

test('refusedDeliveries: "allow" prints nothing, and neither does a platform without an event for an app', async () => {
  const { platform, printed } = await install({ refusedDeliveries: "allow" });
  await platform.settled();
  await platform.close();
  await using other = await createTestPlatform();
  const { siteId } = await other.createSite();
  await other.createEventType({ eventType: "BookingMoved" });
  await other.publish({ siteId, eventType: "BookingMoved" });
  await other.settled();
  expect(printed).toEqual([]);
});
