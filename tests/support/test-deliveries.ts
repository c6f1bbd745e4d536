import { createTestPlatform, type TestPlatform, type TestPlatformOptions } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { expect, onTestFinished } from "vitest";
import { type CallManagement, managementCaller } from "./management-client.ts";
import { type Arrival, startWebhookReceiver, type WebhookReceiver } from "./webhook-receiver.ts";

export const seconds = 1_000;
export const minutes: number = 60 * seconds;
export const hours: number = 60 * minutes;

/** A platform with an app and a site, and an endpoint that keeps what arrives; closed when the test has ended. */
export interface TestDeliveries {
  readonly platform: TestPlatform;
  readonly call: CallManagement;
  readonly receiver: WebhookReceiver;
  readonly appId: string;
  readonly siteId: string;
  /** Subscribes the app; default: to where the endpoint is. @returns the webhook's id */
  subscribe(eventType: string, url?: string): Promise<string>;
  /** Installs the app on the site. */
  install(): ReturnType<TestPlatform["install"]>;
  /** @returns the event's id */
  publish(eventType: string, payload?: object): Promise<string>;
  /** Registers the event type `own`. */
  ownType(permissionId?: string): Promise<void>;
  /** All there are, by sequence. */
  deliveries(): ReturnType<typeof selectDeliveries>;
  /** Number, outcome, status and detail of each. */
  attemptsOf(): Promise<unknown[]>;
  /** What arrived, by type and sequence. */
  received(): unknown[];
  /** Moves the clock, and waits until what is due was tried. */
  advance(ms: number): Promise<void>;
}

export async function start(
  database: "sqlite" | "postgres",
  options: TestPlatformOptions = {},
): Promise<TestDeliveries> {
  const receiver = await startWebhookReceiver();
  const platform = await createTestPlatform({
    resources: [stores],
    ...{ database, now: 1_767_323_045_678, refusals: "allow" as const },
    ...options,
  });
  onTestFinished(async () => {
    await receiver.close();
    await platform.close();
  });
  const call = managementCaller(platform);
  const { appId } = await platform.createApp({ scopes: ["SCOPE.DC-STORES.READ-PRODUCTS"] });
  const { siteId } = await platform.createSite();
  return {
    ...{ platform, call, receiver, appId, siteId, ...reading(platform, receiver.arrivals) },
    async subscribe(eventType, url = receiver.url) {
      const { body, status } = await call(`POST /apps/${appId}/webhooks`, { body: { eventType, url } });
      expect(status).toBe(200);
      return String(body.webhookId);
    },
    install: () => platform.install({ appId, siteId }),
    async publish(eventType, payload = {}) {
      const { body, status } = await call("POST /events", { body: { siteId, eventType, payload } });
      expect(status).toBe(200);
      return String(body.eventId);
    },
    async ownType(permissionId) {
      const body = { eventType: "own", description: "Own", ...(permissionId ? { permissionId } : {}) };
      expect((await call("POST /event-types", { body })).status).toBe(200);
    },
    async advance(ms) {
      await platform.clock.advance(ms);
      await platform.settled();
    },
  };
}

function reading(
  { platform: { database } }: TestPlatform,
  arrivals: readonly Arrival[],
): Pick<TestDeliveries, "deliveries" | "attemptsOf" | "received"> {
  return {
    deliveries: () => selectDeliveries(database),
    async attemptsOf() {
      const select = database.read.selectFrom("delivery_attempts").selectAll().orderBy("started_at");
      const rows = await select.execute();
      return rows.map(({ attempt, detail, outcome, status }) => [attempt, outcome, status, detail]);
    },
    received: () => arrivals.map(({ claims, message }) => [message.eventType, claims.sequence]),
  };
}

function selectDeliveries(database: TestPlatform["platform"]["database"]) {
  return database.read
    .selectFrom("deliveries")
    .selectAll()
    .orderBy("sequence")
    .orderBy("delivery_id")
    .execute();
}
