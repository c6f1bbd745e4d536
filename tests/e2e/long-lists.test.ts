import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { managementCaller } from "@latchkey/test-support/management-client";
import { sql } from "kysely";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rowsOfLists } from "../../bench/lists/seeded-lists.ts";
import { startChromium } from "../browser/chromium.ts";
import { signInOnPage, type Visit, visitUntilClosed } from "./dashboard-visit.ts";

const operator = { email: "demo@example.com", password: "the password of the demo" };
let platform: TestPlatform;
let browser: Browser;
let person: Visit;
let appId: string;

beforeAll(async () => {
  platform = await createTestPlatform();
  const flags = { isDeveloper: true, isOperator: true };
  await managementCaller(platform)("POST /accounts", { body: { ...operator, ...flags, name: "Demo" } });
  const app = await platform.createApp();
  const { siteId } = await platform.createSite();
  const { instanceId } = await platform.install({ appId: app.appId, siteId });
  appId = app.appId;
  const installed = { appId, appSecret: app.secret.value, siteId, instanceId };
  await platform.platform.database.write(async (trx) => {
    for (const statement of rowsOfLists(installed, 10_000)) await sql.raw(statement).execute(trx);
  });
  browser = await startChromium();
  person = await visitUntilClosed(browser);
  await signInOnPage(person, platform, operator);
});
afterAll(async () => {
  await browser?.close();
  await platform?.close();
});

test.each([
  ["Apps", "apps", "/apps"],
  ["Sites", "sites", "/sites"],
  ["Instances", "apps/{appId}/instances", "/apps/{appId}/instances"],
  ["Deliveries", "apps/{appId}/webhooks/deliveries", "/deliveries"],
  ["Refused requests", "apps/{appId}/logs", "/token-log"],
  ["Accounts", "operator/accounts", "/accounts"],
  ["API keys", "operator/api-keys", "/api-keys"],
  ["Audit log", "operator/audit", "/audit"],
  ["Jobs", "operator/jobs", "/jobs"],
])(
  "%s: 10,000 rows are read in pages of 100 while they are scrolled, with few rows in the document",
  async (label, path, operation) => {
    const { page } = person;
    const expected = `/admin/v1${operation.replace("{appId}", appId)}`;
    const limits: (string | null)[] = [];
    const cursors = new Set<string | null>();
    page.on("request", (request) => {
      const { pathname, searchParams } = new URL(request.url());
      if (pathname !== expected) return;
      limits.push(searchParams.get("limit"));
      cursors.add(searchParams.get("cursor"));
    });
    await page.goto(`${platform.url}/dashboard/${path.replace("{appId}", appId)}`);
    const list = page.getByRole("region", { name: label, exact: true });
    await list.getByRole("row").nth(1).waitFor();
    // The first page has no cursor.
    while (cursors.size < 4) {
      await list.evaluate((element) => element.scrollBy(0, element.clientHeight));
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
      expect(await list.getByRole("row").count()).toBeLessThan(200);
    }
    expect(new Set(limits)).toEqual(new Set(["100"]));
    page.removeAllListeners("request");
  },
);
