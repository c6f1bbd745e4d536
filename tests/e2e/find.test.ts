import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { createAccount, type TestAccount } from "@latchkey/test-support/accounts";
import {
  type CallManagement,
  managementCaller,
  sendManagement,
} from "@latchkey/test-support/management-client";
import { requestToken } from "@latchkey/test-support/request-token";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findBarriers, findOverflow, startChromium } from "../browser/chromium.ts";
import { type visit, visitAs } from "./dashboard-visit.ts";

const readProducts = "SCOPE.DC-STORES.READ-PRODUCTS";
const script = "<img src=x onerror=alert(1)>";

let platform: TestPlatform;
let call: CallManagement;
let browser: Browser;
let developer: TestAccount;

beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores] });
  call = managementCaller(platform);
  developer = await createAccount(platform, "developer", { isDeveloper: true });
  browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  await platform?.close();
});

const dashboard = (path: string) => `${platform.url}/dashboard/${path}`;
const open = (who: TestAccount, path: string, look: Parameters<typeof visit>[1] = {}) =>
  visitAs(who, { browser, platform, path, look });

/** An app of the developer that is installed on a site, with a token. */
async function installed(name: string) {
  const app = await platform.createApp({ name, scopes: [readProducts] });
  await call(`POST /apps/${app.appId}/developers`, { body: { accountId: developer.accountId } });
  const { siteId } = await platform.createSite({ name: `Site of ${name}` });
  const { instanceId } = await platform.install({ appId: app.appId, siteId });
  const client = { appId: app.appId, secret: app.secret.value, instanceId };
  return { ...client, token: await requestToken(platform.url, client) };
}

test("a developer finds a failed call by its request id, from any page, and reads why it failed and what to do", async () => {
  const { appId, instanceId } = await installed("Failing");
  const failed = await fetch(`${platform.url}/oauth2/token`, {
    method: "POST",
    body: new URLSearchParams({
      ...{ grant_type: "client_credentials", client_id: appId, instance_id: instanceId },
      client_secret: "wrong",
    }),
  });
  const requestId = String(failed.headers.get("x-request-id"));
  await platform.clock.advance(5_000);
  const { page } = await open(developer, "apps");
  await page.getByRole("heading", { name: "Apps" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByLabel("Id, secret or token").fill(requestId);
  await page.keyboard.press("Enter");
  const found = page.getByRole("dialog").getByRole("article");
  await found.getByText("wrong_secret").waitFor();
  expect(await found.innerText()).toMatch(/Refused request[\s\S]*401[\s\S]*POST \/oauth2\/token/);
  await found.getByText("The App secret is not one of the app.").waitFor();
  await found.getByText("or create another one").waitFor();
  expect(await found.getByRole("link").getAttribute("href")).toBe(
    `/dashboard/apps/${appId}/logs?requestId=${requestId}`,
  );
  await page.keyboard.press("Escape");

  await page.goto(dashboard(`find?id=${requestId}`));
  await page.getByRole("article").getByText(appId).waitFor();
  await page.getByLabel("Id, secret or token").fill(appId);
  await page.getByRole("button", { name: "Find", exact: true }).last().click();
  await page.waitForURL(dashboard(`find?id=${appId}`));
  await page.getByRole("link", { name: "Open the app" }).click();
  await page.waitForURL(dashboard(`apps/${appId}/overview`));
  await page.goBack();
  await page.getByLabel("Id, secret or token").fill("00000000-0000-4000-8000-000000000000");
  await page.keyboard.press("Enter");
  await page.getByText("Nothing that you may read has this id.").waitFor();
});

test("a whole token and a whole secret are explained, and are in no address, history or request line", async () => {
  const { appId, instanceId, secret, token } = await installed("Pasted");
  const person = await open(developer, "find");
  const { page } = person;
  const addresses: string[] = [];
  page.on("request", (request) => addresses.push(request.url()));
  page.on("framenavigated", (frame) => addresses.push(frame.url()));
  const paste = async (text: string) => {
    await page.getByLabel("Id, secret or token").fill(text);
    await page.keyboard.press("Enter");
  };
  const found = page.getByRole("article");
  for (const text of [token, `Bearer ${token}`]) {
    await paste(text);
    await found.getByText("Valid", { exact: true }).waitFor();
    await found.getByText(readProducts).waitFor();
    await found.getByText("granted now").first().waitFor();
    await found.getByText(instanceId).waitFor();
  }
  await paste(secret);
  await found.getByText("App secret", { exact: true }).waitFor();
  expect(await found.getByRole("link").getAttribute("href")).toBe(`/dashboard/apps/${appId}/oauth`);
  await call(`DELETE /instances/${instanceId}`);
  await paste(token);
  await found.getByText("instance_not_installed").waitFor();
  await found.getByText("The instance is removed or suspended.").waitFor();

  await page.goto(dashboard("apps"));
  await page.getByRole("heading", { name: "Apps" }).waitFor();
  await page.keyboard.press("/");
  await paste(secret);
  await page.getByRole("dialog").getByText("App secret", { exact: true }).waitFor();
  const history = await page.evaluate(() => {
    const { navigation } = globalThis as unknown as { navigation: { entries(): { url: string }[] } };
    return navigation.entries().map(({ url }) => url);
  });
  const seen = decodeURIComponent([...addresses, ...history, page.url()].join("\n"));
  expect(seen).toContain("/admin/v1/find");
  expect([seen.includes(token.slice(0, 20)), seen.includes(secret.slice(0, 12))]).toEqual([false, false]);
  expect(person.complaints).toEqual([]);
});

test("nobody finds what they may not read", async () => {
  const operator = await createAccount(platform, "operator", { isOperator: true });
  const body = { id: operator.accountId };
  expect((await sendManagement(platform, "POST /find", { body })).status).toBe(401);
  expect((await developer.call("POST /find", { body })).body.items).toEqual([]);
  const { page } = await open(developer, `find?id=${operator.accountId}`);
  await page.getByText("Nothing that you may read has this id.").waitFor();
  const ofOperator = await open(operator, `find?id=${operator.accountId}`);
  await ofOperator.page.getByRole("link", { name: "Open the account" }).click();
  await ofOperator.page.waitForURL(dashboard(`operator/accounts/${operator.accountId}`));
  await ofOperator.page.getByRole("heading", { name: "operator", exact: true }).waitFor();
});

test.each([
  { width: 1_280, colorScheme: "light" },
  { width: 360, colorScheme: "dark" },
] as const)(
  "page and palette have no barrier at $width px in $colorScheme, and show text as text",
  async (look) => {
    const { appId, token } = await installed(script);
    const { complaints, page, shoot } = await open(developer, "find", look);
    const found: string[] = [];
    const check = async (name: string) => {
      await page.getByRole("article").waitFor();
      await shoot(name);
      found.push(...(await findBarriers(page)), ...(await findOverflow(page)));
    };
    await page.getByLabel("Id, secret or token").fill(token);
    await page.keyboard.press("Enter");
    await check("find-token");
    await page.goto(dashboard("apps"));
    await page.getByRole("button", { name: "Find" }).click();
    await page.getByLabel("Id, secret or token").fill(appId);
    await page.keyboard.press("Enter");
    await page.getByRole("article").getByText(script).waitFor();
    await check("palette");
    expect([found, complaints]).toEqual([[], []]);
  },
);
