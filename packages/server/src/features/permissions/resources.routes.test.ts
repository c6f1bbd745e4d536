import {
  type CallManagement,
  errorBody,
  managementCaller,
  violations,
} from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";

const bookings = { identifier: "https://api.example.com/bookings", name: "Bookings" };

describe.each(["sqlite", "postgres"] as const)("resources on %s", (engine) => {
  let platform: TestPlatform;
  let call: CallManagement;

  beforeAll(async () => {
    platform = await createTestPlatform({ database: engine });
    call = managementCaller(platform);
  });
  afterAll(() => platform.close());

  test("do not exist at first: the platform's own APIs need no resource", async () => {
    expect((await call("GET /resources")).body).toEqual({ items: [], nextCursor: null });
  });

  test("are created, listed by identifier, and recorded in the audit log", async () => {
    const created = await call("POST /resources", { body: bookings });
    expect([created.status, created.body]).toEqual([200, bookings]);
    const calendar = { identifier: "urn:example:Calendar", name: "Calendar" };
    const api = { identifier: "HTTPS://api.example.com/", name: "API" };
    await call("POST /resources", { body: calendar });
    await call("POST /resources", { body: api });
    expect((await call("GET /resources")).body.items).toEqual([api, bookings, calendar]);
    const first = await call("GET /resources?limit=2");
    expect(first.body.items).toEqual([api, bookings]);
    const second = await call(`GET /resources?limit=2&cursor=${first.body.nextCursor}`);
    expect(second.body).toEqual({ items: [calendar], nextCursor: null });
    const audit = await call("GET /audit?limit=3");
    expect(audit.body.items.map(({ action, actor, details }) => [action, actor, details]).at(-1)).toEqual([
      "resource.created",
      "admin",
      bookings,
    ]);
  });

  test("have unique identifiers, compared by character", async () => {
    const again = await call("POST /resources", { body: { ...bookings, name: "Again" } });
    expect([again.status, again.body]).toEqual([
      409,
      errorBody("RESOURCE_EXISTS", "A resource with this identifier exists already."),
    ]);
    const other = { identifier: `${bookings.identifier}/`, name: "With a slash" };
    expect((await call("POST /resources", { body: other })).status).toBe(200);
  });

  test.each([
    "bookings",
    "/bookings",
    "//api.example.com",
    "https://api.example.com/#part",
    "https://api.example.com/a b",
    'https://api.example.com/"',
    "https://api.example.com/\n",
    "https://api.example.com/ä",
    "https:",
    "",
  ])("cannot have the identifier %j", async (identifier) => {
    const response = await call("POST /resources", { body: { identifier, name: "No" } });
    expect([response.status, response.body]).toEqual([
      400,
      violations({
        field: "identifier",
        description: "must be an absolute URI without fragment, such as https://api.example.com/bookings",
        violatedRule: "FORMAT",
      }),
    ]);
  });

  test.each(["", "/"])("cannot have the address of the platform itself, followed by %j", async (end) => {
    const response = await call("POST /resources", { body: { identifier: platform.url + end, name: "No" } });
    expect([response.status, response.body]).toEqual([
      400,
      violations({
        field: "identifier",
        description: "is the address of the platform itself, whose APIs need no resource",
        violatedRule: "FIELD_NOT_ALLOWED",
      }),
    ]);
  });
});
