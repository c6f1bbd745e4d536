import { stores } from "@latchkey/stores";
import { type CallManagement, errorBody, managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../../testing/index.ts";
import { engines } from "../../../testing/test-database.ts";

const url = "http://127.0.0.1:9999/hooks";

describe.each(engines)("FR-B6: the history of an event on %s", (database) => {
  let platform: TestPlatform;
  let call: CallManagement;
  let siteId: string;
  beforeAll(async () => {
    platform = await createTestPlatform({
      ...{ resources: [stores], database, now: 1_767_323_045_678, refusedDeliveries: "allow" },
    });
    call = managementCaller(platform);
    siteId = (await platform.createSite()).siteId;
    const permissionId = "WIX_STORES.READ_PRODUCTS";
    for (const eventType of ["Booked", "Other"]) {
      await call("POST /event-types", { body: { eventType, description: "A booking", permissionId } });
    }
  });
  afterAll(() => platform.close());

  /** Installs an app that may subscribe and have the permission. */
  const install = async (eventType?: string, scopes = ["SCOPE.DC-STORES.READ-PRODUCTS"]) => {
    const { appId } = await platform.createApp({ scopes });
    if (eventType !== undefined) await call(`POST /apps/${appId}/webhooks`, { body: { eventType, url } });
    const { instanceId } = await platform.install({ appId, siteId });
    return { appId, instanceId };
  };

  test("names for each instance its deliveries, or why it has none", async () => {
    const subscribed = await install("Booked");
    const elsewhere = await install("Other");
    const unpermitted = await install("Booked", []);
    const suspended = await install("Booked");
    await platform.suspend(suspended.instanceId);
    const removed = await install("Booked");
    await platform.remove(removed.instanceId);
    await platform.settled();
    const body = { siteId, eventType: "Booked", payload: { seats: 2 } };
    const { eventId } = (await call("POST /events", { body })).body;
    await platform.settled();
    const late = await install("Booked");
    await platform.settled();

    const { items } = (await call(`GET /events/${eventId}/recipients`)).body;
    const reasons = new Map(items.map((item) => [item.instanceId, item.reason]));
    expect(reasons).toEqual(
      new Map([
        [subscribed.instanceId, null],
        [elsewhere.instanceId, "not_subscribed"],
        [unpermitted.instanceId, "no_permission"],
        [suspended.instanceId, "suspended"],
        [removed.instanceId, "not_installed"],
        [late.instanceId, "eligible_later"],
      ]),
    );
    const deliveries = items.flatMap((item) => item.deliveries as { appId: string; eventId: string }[]);
    expect(deliveries).toMatchObject([{ appId: subscribed.appId, eventId, status: "pending", attempts: 1 }]);
    expect((await call(`GET /events/${eventId}`)).body).toEqual({
      ...{ eventId, eventType: "Booked", siteId, instanceId: null },
      ...{ occurredAt: "2026-01-02T03:04:05.678Z", fannedOutAt: "2026-01-02T03:04:05.678Z" },
      ...{ payload: { seats: 2 }, identity: null },
    });
  });

  test("of one instance has this instance as its only recipient", async () => {
    const { instanceId } = await install();
    await platform.settled();
    const [event] = (await call(`GET /sites/${siteId}/events?limit=1`)).body.items;
    expect(event).toMatchObject({ eventType: "AppInstalled", instanceId });
    const { items } = (await call(`GET /events/${event?.eventId}/recipients`)).body;
    expect(items).toMatchObject([{ instanceId, deliveries: [], reason: "not_subscribed" }]);
  });

  test("lists the events of a site in a time", async () => {
    const typesOf = async (query: string) =>
      (await call(`GET /sites/${siteId}/events?limit=100${query}`)).body.items.map((item) => item.eventType);
    expect(await typesOf("")).toContain("Booked");
    expect(await typesOf("&since=2026-01-02T03:04:06Z")).toEqual([]);
    expect(await typesOf("&until=2026-01-02T03:04:05Z")).toEqual([]);
  });

  test("that is unknown is 404", async () => {
    const unknown = "00000000-0000-4000-8000-000000000000";
    for (const path of [`/events/${unknown}`, `/events/${unknown}/recipients`]) {
      const { body, status } = await call(`GET ${path}`);
      expect([status, body]).toEqual([404, errorBody("EVENT_NOT_FOUND", "There is no event with this id.")]);
    }
  });
});
