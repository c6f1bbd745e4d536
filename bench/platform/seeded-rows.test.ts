import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rowsOfLists } from "../lists/seeded-lists.ts";
import {
  dueDeliveries,
  expiredDeliveries,
  pendingEvents,
  subscribers,
} from "../webhooks/seeded-deliveries.ts";
import type { InstalledApp } from "./installed-app.ts";
import { sitesWithInstances } from "./seeded-instances.ts";
import { products } from "./seeded-products.ts";

const eventType = "own.benchmark";

describe.each(["sqlite", "postgres"] as const)("the seeded rows of the benchmarks, on %s", (database) => {
  let platform: TestPlatform;
  let app: InstalledApp;

  beforeAll(async () => {
    platform = await createTestPlatform({ resources: [stores], database });
    await platform.createEventType({ eventType, description: "Benchmark" });
    const { appId, secret } = await platform.createApp();
    const { siteId } = await platform.createSite();
    const { instanceId } = await platform.install({ appId, siteId });
    app = { appId, appSecret: secret.value, siteId, instanceId };
  });
  afterAll(() => platform?.close());

  test.each<[string, () => Iterable<string>]>([
    ["sites with instances", () => sitesWithInstances(app, 2)],
    ["products", () => products(app.siteId, 2)],
    ["long lists", () => rowsOfLists(app, 2)],
    ["due deliveries", () => dueDeliveries({ appId: app.appId, eventType, webhookIds: ["webhook"] }, 2)],
    ["expired deliveries", () => expiredDeliveries(app.appId, 2)],
    ["pending events", () => pendingEvents(app.siteId, eventType, 2)],
    ["subscribers", () => subscribers(app.siteId, eventType, 2)],
  ])("%s fit the schema", async (_, rows) => {
    const undone = new Error("undone");
    const inserting = platform.platform.database.write(async (trx) => {
      for (const statement of rows()) await sql.raw(statement).execute(trx);
      throw undone;
    });
    await expect(inserting).rejects.toBe(undone);
  });
});
