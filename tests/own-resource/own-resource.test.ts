import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { managementCaller } from "@latchkey/test-support/management-client";
import { startWebhookReceiver, type WebhookReceiver } from "@latchkey/test-support/webhook-receiver";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bookings } from "../../examples/own-resource/bookings.ts";

const eventType = "acme.bookings.v1.booking_created";
const readOnly = ["SCOPE.BOOKINGS.READ"];

describe.each(["sqlite", "postgres"] as const)("the API of examples/own-resource on %s", (database) => {
  let platform: TestPlatform;
  let receiver: WebhookReceiver;
  let app: Awaited<ReturnType<TestPlatform["createApp"]>>;
  let manage: ReturnType<typeof managementCaller>;
  let webhookId: string;

  beforeAll(async () => {
    platform = await createTestPlatform({ database, resources: [bookings] });
    receiver = await startWebhookReceiver();
    app = await platform.createApp({
      scopes: [{ scopeId: "SCOPE.BOOKINGS.MANAGE", optional: true }, ...readOnly],
    });
    manage = managementCaller(platform);
    const webhook = await manage(`POST /apps/${app.appId}/webhooks`, {
      body: { eventType, url: receiver.url },
    });
    webhookId = String(webhook.body.webhookId);
  });
  afterAll(async () => {
    await platform.close();
    await receiver.close();
  });

  /** An access token of the app for a site. */
  const tokenFor = async (siteId: string, grant?: readonly string[]): Promise<string> => {
    const { instanceId } = await platform.install({
      appId: app.appId,
      siteId,
      ...(grant === undefined ? {} : { grant }),
    });
    return await tokenOf(instanceId);
  };
  const tokenOf = async (instanceId: string): Promise<string> => {
    const response = await fetch(`${platform.url}/oauth2/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: app.appId,
        client_secret: app.secret.value,
        instance_id: instanceId,
      }),
    });
    return ((await response.json()) as { access_token: string }).access_token;
  };
  const call = async (method: string, path: string, options: { token?: string; body?: object } = {}) => {
    const response = await fetch(`${platform.url}/bookings/v1/bookings${path}`, {
      method,
      headers: {
        ...(options.token === undefined ? {} : { authorization: options.token }),
        ...(options.body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: tests compare it with literals
    return { status: response.status, body: (await response.json()) as any };
  };
  const table = { guest: "Ada", seats: 2 };

  test("a token with the permission creates a booking, which tokens of other sites cannot read", async () => {
    const [own, other] = [await platform.createSite(), await platform.createSite()];
    const token = await tokenFor(own.siteId);
    const created = await call("POST", "", { token, body: table });
    expect([created.status, created.body.booking]).toEqual([200, expect.objectContaining(table)]);
    const { id } = created.body.booking;
    expect(await call("GET", `/${id}`, { token })).toEqual(created);
    const foreign = await call("GET", `/${id}`, { token: await tokenFor(other.siteId) });
    expect([foreign.status, foreign.body]).toEqual([
      404,
      {
        message: "The site has no booking with this id.",
        details: {
          applicationError: {
            code: "BOOKING_NOT_FOUND",
            description: "The site has no booking with this id.",
            data: {},
          },
        },
      },
    ]);
  });

  test("rejects a call without a token or without the permission", async () => {
    const { siteId } = await platform.createSite();
    const reader = await tokenFor(siteId, readOnly);
    expect((await call("POST", "", { body: table })).status).toBe(401);
    const denied = await call("POST", "", { token: reader, body: table });
    expect([denied.status, denied.body.details.applicationError]).toEqual([
      403,
      {
        code: "PERMISSION_DENIED",
        description: "Permission BOOKINGS.MANAGE is required",
        data: {
          permission: "BOOKINGS.MANAGE",
          approvalUrl: expect.stringContaining("/installer/approve?instanceId="),
        },
      },
    ]);
  });

  test("rejects an invalid booking with a violation for each field", async () => {
    const { siteId } = await platform.createSite();
    const refused = await call("POST", "", { token: await tokenFor(siteId), body: { guest: "", seats: 0 } });
    expect([refused.status, refused.body.details.validationError.fieldViolations]).toEqual([
      400,
      [
        {
          field: "guest",
          description: "must not be empty",
          violatedRule: "MIN_LENGTH",
          data: { threshold: 1 },
        },
        { field: "seats", description: "must be at least 1", violatedRule: "MIN", data: { threshold: 1 } },
      ],
    ]);
  });

  test("delivers an event for each new booking to the webhook of the app", async () => {
    const { siteId } = await platform.createSite();
    const token = await tokenFor(siteId);
    const before = receiver.received.length;
    const { booking } = (await call("POST", "", { token, body: table })).body;
    await platform.settled();
    const received = receiver.received
      .slice(before)
      .map(({ message, payload }) => [message.eventType, payload]);
    expect(received).toEqual([[eventType, { bookingId: booking.id, seats: 2 }]]);
  });

  test("copies bookings with their site, and deletes them with it", async () => {
    const { siteId } = await platform.createSite();
    const token = await tokenFor(siteId);
    const { booking } = (await call("POST", "", { token, body: table })).body;
    const copy = String((await manage(`POST /sites/${siteId}/copy`)).body.siteId);
    const { items } = (await manage(`GET /sites/${copy}/instances`)).body;
    const copiedToken = await tokenOf(items[0]?.instanceId ?? "");
    expect((await call("GET", `/${booking.id}`, { token: copiedToken })).body.booking).toEqual(booking);
    await manage(`DELETE /sites/${copy}`);
    await platform.settled();
    const { read } = platform.platform.platformFor<{ bookings_bookings: { site_id: string } }>(
      bookings,
    ).database;
    const left = await read.selectFrom("bookings_bookings").select("site_id").execute();
    expect(left.map((row) => row.site_id)).not.toContain(copy);
    expect(left.map((row) => row.site_id)).toContain(siteId);
  });

  test("sends the sample of the event type in a test delivery", async () => {
    await tokenFor((await platform.createSite()).siteId);
    const before = receiver.received.length;
    expect((await manage(`POST /apps/${app.appId}/webhooks/${webhookId}/test`)).status).toBe(200);
    await platform.settled();
    const payloads = receiver.received.slice(before).map(({ payload }) => payload);
    expect(payloads).toEqual([{ bookingId: "00000000-0000-4000-8000-000000000001", seats: 2, test: true }]);
  });

  test("is described in the API document, with its tag", async () => {
    const document = (await (await fetch(`${platform.url}/openapi.json`)).json()) as {
      paths: Record<string, object>;
      tags: object[];
    };
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(["/bookings/v1/bookings", "/bookings/v1/bookings/{bookingId}"]),
    );
    expect(document.tags).toContainEqual({ name: "Bookings", description: "Bookings of a site." });
  });
});
