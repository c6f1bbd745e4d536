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

const unknown = "00000000-0000-4000-8000-000000000000";
const catalog = "com.wix.ecommerce.catalog.api.v1";

describe.each(engines)("own events on %s", (database) => {
  let platform: TestPlatform;
  let call: CallManagement;
  let appId: string;
  let siteId: string;
  beforeAll(async () => {
    platform = await createTestPlatform({ resources: [stores], database, now: 1_767_323_045_678 });
    call = managementCaller(platform);
    appId = (await platform.createApp()).appId;
    siteId = (await platform.createSite()).siteId;
    await call("POST /event-types", { body: { eventType: "acme.v1.thing_created", description: "Made" } });
    await call("POST /event-types", { body: { eventType: "acme.said", description: "Said" } });
  });
  afterAll(() => platform?.close());

  test("have types, which are listed with the built-in ones", async () => {
    const again = await call("POST /event-types", {
      body: { eventType: "acme.said", description: "Said" },
    });
    expect([again.status, again.body]).toEqual([
      409,
      errorBody("EVENT_TYPE_EXISTS", "There is an event type of this name already."),
    ]);
    const types = (await call("GET /event-types?limit=100")).body.items.map((type) => type.eventType);
    expect(types).toEqual(
      expect.arrayContaining(["AppInstalled", "PaidPlanPurchased", "acme.said", `${catalog}.ProductCreated`]),
    );
    const reserved = { eventType: "latchkey.mine", description: "Mine" };
    expect((await call("POST /event-types", { body: reserved })).body).toEqual(
      violations({
        field: "eventType",
        description: "must not begin with latchkey., which is reserved for the platform",
        violatedRule: "FORMAT",
      }),
    );
    const permission = { eventType: "acme.new", description: "New", permissionId: "NOBODY.KNOWS" };
    expect((await call("POST /event-types", { body: permission })).body).toEqual(
      violations({
        field: "permissionId",
        description: "is not the id of a permission of this platform",
        violatedRule: "INVALID_ENUM_VALUE",
      }),
    );
  });

  const entity = { entityFqdn: "acme.v1.thing", slug: "created", entityId: "1" };
  const createdEvent = { entity: { id: "1" } };
  test.each<[string, object, number, string]>([
    ["neither payload nor entity", { eventType: "acme.said" }, 400, "body"],
    ["both", { eventType: "acme.said", payload: {}, entity: { ...entity, createdEvent } }, 400, "body"],
    ["a payload that is a list", { eventType: "acme.said", payload: [] }, 400, "payload"],
    ["an unknown type", { eventType: "acme.unknown", payload: {} }, 404, "EVENT_TYPE_NOT_FOUND"],
    ["a type that the platform publishes", { eventType: "AppInstalled", payload: {} }, 400, "eventType"],
    [
      "a type that a resource publishes",
      { eventType: `${catalog}.ProductCreated`, payload: {} },
      400,
      "eventType",
    ],
    [
      "an entity of another type",
      { eventType: "acme.said", entity: { ...entity, createdEvent } },
      400,
      "eventType",
    ],
    ["an entity without a change", { eventType: "acme.v1.thing_created", entity }, 400, "entity"],
    [
      "an entity with two changes",
      { eventType: "acme.v1.thing_created", entity: { ...entity, createdEvent, deletedEvent: {} } },
      400,
      "entity",
    ],
    [
      "a payload too large",
      { eventType: "acme.said", payload: { text: "x".repeat(65_536) } },
      413,
      "BODY_TOO_LARGE",
    ],
    ["an unknown site", { eventType: "acme.said", payload: {}, siteId: unknown }, 404, "SITE_NOT_FOUND"],
    [
      "an unknown instance",
      { eventType: "acme.said", payload: {}, instanceId: unknown },
      404,
      "INSTANCE_NOT_FOUND",
    ],
  ])("are rejected with %s", async (_, event, status, named) => {
    const response = await call("POST /events", { body: { siteId, ...event } });
    const { applicationError, validationError } = (response.body as never as { details: Details }).details;
    expect([response.status, applicationError?.code ?? validationError?.fieldViolations[0]?.field]).toEqual([
      status,
      named,
    ]);
  });

  test("published twice with one Idempotency-Key are one", async () => {
    const sent = {
      body: { siteId, eventType: "acme.said", payload: { n: 1 } },
      headers: { "idempotency-key": "said" },
    };
    const [first, second] = await Promise.all([call("POST /events", sent), call("POST /events", sent)]);
    expect(first?.body.eventId).toBe(second?.body.eventId);
    const { read } = platform.platform.database;
    const rows = await read.selectFrom("events").selectAll().where("event_type", "=", "acme.said").execute();
    expect(rows.map(({ payload }) => payload)).toEqual(['{"n":1}']);
  });

  test("cannot be published to an instance of another site or a removed one", async () => {
    const elsewhere = await platform.install({ appId, siteId: (await platform.createSite()).siteId });
    const publish = (instanceId: string) =>
      call("POST /events", { body: { siteId, instanceId, eventType: "PlanReactivated", payload: {} } });
    expect((await publish(elsewhere.instanceId)).status).toBe(404);
    const here = await platform.install({ appId, siteId });
    expect((await publish(here.instanceId)).status).toBe(200);
    await platform.remove(here.instanceId);
    const gone = await publish(here.instanceId);
    expect([
      gone.status,
      (gone.body as never as { details: Details }).details.applicationError?.code,
    ]).toEqual([409, "INSTANCE_NOT_INSTALLED"]);
  });
});

interface Details {
  readonly applicationError?: { readonly code: string };
  readonly validationError?: { readonly fieldViolations: readonly { readonly field: string }[] };
}
