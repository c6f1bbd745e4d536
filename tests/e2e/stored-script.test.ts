import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { type CallManagement, managementCaller } from "@latchkey/test-support/management-client";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startChromium } from "../browser/chromium.ts";
import { signInOnPage, visit } from "./dashboard-visit.ts";

const script = `"><img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
const operator = { email: "demo@example.com", password: "the password of the demo" };
let platform: TestPlatform;
let call: CallManagement;
let browser: Browser;
/** An endpoint of an app, whose responses have script too. */
let endpoint: Server;

beforeAll(async () => {
  endpoint = createServer((_, response) => {
    response.writeHead(500, { "content-type": "text/html" }).end(script);
  }).listen(0, "127.0.0.1");
  await once(endpoint, "listening");
  platform = await createTestPlatform({ refusedDeliveries: "allow" });
  call = managementCaller(platform);
  const flags = { isDeveloper: true, isOperator: true };
  await call("POST /accounts", { body: { ...operator, ...flags, name: script } });
  browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  await platform?.close();
  endpoint?.close();
});

/** Creates one of everything, with script in each text. Returns the paths of the pages that show it. */
async function fill(): Promise<string[]> {
  const url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}`;
  const create = async (operation: string, body: object) => {
    const response = await call(operation, { body });
    expect([operation, response.status, response.text]).toEqual([operation, 200, response.text]);
    return response.body;
  };
  const scopes = [{ scopeId: "SCOPE.DC-STORES.READ-PRODUCTS", optional: true, reason: script }];
  await create("POST /permissions", { permissionId: "SCRIPT.READ", description: script });
  await create("POST /scopes", { scopeId: "SCOPE.SCRIPT", name: script, permissions: ["SCRIPT.READ"] });
  await create("POST /event-types", { eventType: "script.happened", description: script });
  const { appId } = await create("POST /apps", { name: script, scopes: [] });
  await create(`POST /apps/${appId}/secrets`, { name: script });
  const { siteId } = await create("POST /sites", { name: script, externalId: script });
  const { instanceId } = await create(`POST /sites/${siteId}/instances`, { appId });
  await create(`PATCH /apps/${appId}`, { scopes: [{ ...scopes[0], scopeId: "SCOPE.SCRIPT" }] });
  await create("POST /api-keys", { name: script, scopes: ["apps:read"] });
  const webhook = { eventType: "script.happened", url: `${url}/${encodeURIComponent(script)}` };
  const { webhookId } = await create(`POST /apps/${appId}/webhooks`, webhook);
  const { accountId } = await create("POST /accounts", { name: script, email: "script@example.com" });
  const page = { kind: "IFRAME_PAGE", url: `${url}/page?${encodeURIComponent(script)}` };
  const { extensionId } = await create(`POST /apps/${appId}/extensions`, page);
  await create("POST /events", { siteId, eventType: "script.happened", payload: { [script]: script } });
  await platform.settled();
  const { items } = (await call(`GET /deliveries?appId=${appId}`)).body;
  const app = `apps/${appId}`;
  const tabs = ["overview", "oauth", "permissions", "webhooks", "webhooks/deliveries", "extensions"];
  const operators = ["health", "keys", "api-keys", "audit", "accounts", "approvals", "retention", "jobs"];
  return [
    ...["apps", "sites", "account", "find"],
    ...[...tabs, "instances", "health", "logs"].map((tab) => `${app}/${tab}`),
    ...[`webhooks/${webhookId}`, `webhooks/deliveries/${items[0]?.deliveryId}`].map(
      (path) => `${app}/${path}`,
    ),
    ...[`extensions/${extensionId}`, `instances/${instanceId}`].map((path) => `${app}/${path}`),
    ...["", "/requests", "/members", "/settings", `/apps/${appId}`].map((path) => `sites/${siteId}${path}`),
    ...[...operators, `accounts/${accountId}`].map((path) => `operator/${path}`),
  ];
}

test("script in any text that the platform stores is shown as text on every page", async () => {
  const paths = await fill();
  const person = await visit(browser);
  const { complaints, page } = person;
  await signInOnPage(person, platform, operator);
  const shown: string[] = [];
  for (const path of paths) {
    await page.goto(`${platform.url}/dashboard/${path}`);
    await page.getByRole("heading", { level: 2 }).first().waitFor();
    await page.waitForLoadState("networkidle");
    expect([path, await page.title(), await page.locator("img[src=x]").count()]).toEqual([
      path,
      "Latchkey",
      0,
    ]);
    if ((await page.getByText("document.title='owned'").count()) > 0) shown.push(path);
  }
  const others = paths.filter((path) => !shown.includes(path)).map((path) => path.split("/").at(-1));
  expect(others).toEqual(["find", "health", "keys", "audit", "approvals", "retention", "jobs"]);
  expect(complaints).toEqual([]);
});
