import { createTestPlatform, type TestPlatform, type TestPlatformOptions } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { expect, onTestFinished } from "vitest";
import { type CallManagement, managementCaller } from "./management-client.ts";
import { startWebhookReceiver, type WebhookReceiver } from "./webhook-receiver.ts";

export const seconds = 1_000;
export const minutes: number = 60 * seconds;
export const hours: number = 60 * minutes;

/** A platform with an app and a site, and an endpoint that records requests. All are closed when the test ends. */
export interface DeliveryFixture {
  readonly platform: TestPlatform;
  readonly call: CallManagement;
  readonly receiver: WebhookReceiver;
  readonly appId: string;
  readonly siteId: string;
  /** Subscribes the app to an event type. Default address: the endpoint. @returns the webhook id */
  subscribe(eventType: string, url?: string): Promise<string>;
  /** Installs the app on the site. */
  install(): ReturnType<TestPlatform["install"]>;
  /** @returns the event id */
  publish(eventType: string, payload?: object): Promise<string>;
  /** Creates the event type `own`. */
  createOwnType(permissionId?: string): Promise<void>;
  /** All deliveries, by sequence. */
  deliveries(): ReturnType<typeof selectDeliveries>;
  /** Number, outcome, status and detail of each attempt. */
  attempts(): Promise<unknown[]>;
  /** Type and sequence of each received event. */
  received(): unknown[];
  /** Moves the clock, and waits until no delivery is due or in flight. */
  advance(ms: number): Promise<void>;
}

export async function startDeliveryFixture(
  database: "sqlite" | "postgres",
  options: TestPlatformOptions = {},
): Promise<DeliveryFixture> {
  const receiver = await startWebhookReceiver();
  const platform = await createTestPlatform({
    resources: [stores],
    database,
    now: 1_767_323_045_678,
    refusedDeliveries: "allow",
    ...options,
  });
  onTestFinished(async () => {
    await receiver.close();
    await platform.close();
  });
  const { read } = platform.platform.database;
  const call = managementCaller(platform);
  const { appId } = await platform.createApp({
    scopes: [{ scopeId: "SCOPE.DC-STORES.READ-PRODUCTS", optional: true }],
  });
  const { siteId } = await platform.createSite();
  const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const response = await call(`POST ${path}`, { body });
    expect(response.status).toBe(200);
    return response.body;
  };
  return {
    platform,
    call,
    receiver,
    appId,
    siteId,
    subscribe: async (eventType, url = receiver.url) =>
      String((await post(`/apps/${appId}/webhooks`, { eventType, url })).webhookId),
    install: () => platform.install({ appId, siteId }),
    publish: async (eventType, payload = {}) =>
      String((await post("/events", { siteId, eventType, payload })).eventId),
    async createOwnType(permissionId) {
      const permission = permissionId === undefined ? {} : { permissionId };
      await post("/event-types", { eventType: "own", description: "Own", ...permission });
    },
    deliveries: () => selectDeliveries(platform),
    async attempts() {
      const rows = await read.selectFrom("delivery_attempts").selectAll().orderBy("started_at").execute();
      return rows.map(({ attempt, detail, outcome, status }) => [attempt, outcome, status, detail]);
    },
    received: () => receiver.received.map(({ claims, message }) => [message.eventType, claims.sequence]),
    async advance(ms) {
      await platform.clock.advance(ms);
      await platform.settled();
    },
  };
}

function selectDeliveries({ platform: { database } }: TestPlatform) {
  const select = database.read.selectFrom("deliveries").selectAll();
  return select.orderBy("sequence").orderBy("delivery_id").execute();
}
