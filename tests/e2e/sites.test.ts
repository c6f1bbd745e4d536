import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { askToInstall, type Credentials, createAccount } from "@latchkey/test-support/accounts";
import { type CallManagement, managementCaller } from "@latchkey/test-support/management-client";
import { startWebhookReceiver, type WebhookReceiver } from "@latchkey/test-support/webhook-receiver";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findBarriers, findOverflow, startChromium } from "../browser/chromium.ts";
import { signInOnPage, type Visit, visit } from "./dashboard-visit.ts";
import { isActive, readPerson, requestToken } from "./instance-proofs.ts";
import { type PageServer, startPageServer } from "./page-server.ts";

const readProducts = "SCOPE.DC-STORES.READ-PRODUCTS";
const manageProducts = "SCOPE.DC-STORES.MANAGE-PRODUCTS";
const always = "SCOPE.DC.MANAGE-YOUR-APP";
const requested = [
  { scopeId: readProducts, reason: "Shows your products" },
  { scopeId: manageProducts, optional: true, reason: "Changes prices at night" },
];
const newScope = { scopeId: "SCOPE.READ-STOCK", reason: "Knows what is sold out" };
let platform: TestPlatform;
let call: CallManagement;
let browser: Browser;
let receiver: WebhookReceiver;
let pages: PageServer;
let people = 0;

beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores] });
  call = managementCaller(platform);
  receiver = await startWebhookReceiver();
  pages = await startPageServer();
  browser = await startChromium();
  const permissions = ["WIX_STORES.READ_PRODUCTS"];
  await call("PUT /roles/EDITOR", { body: { permissions } });
  await call("POST /scopes", { body: { scopeId: newScope.scopeId, name: "Read stock", permissions } });
});
afterAll(async () => {
  await browser?.close();
  await platform?.close();
  await receiver?.close();
  pages?.close();
});

/** A person with an account in front of the dashboard. */
type Person = Visit & Credentials & { readonly accountId: string; readonly name: string };

async function signedIn(flags: object = {}, look?: Parameters<typeof visit>[1]): Promise<Person> {
  people += 1;
  const name = `person-${people}`;
  const [email, password] = [`${name}@example.com`, `the password of ${name}`];
  const account = { name, email, password, ...flags };
  const { accountId } = (await call("POST /accounts", { body: account })).body;
  const visited = await visit(browser, look);
  await signInOnPage(visited, platform, { email, password });
  return { ...visited, accountId, email, name, password };
}

async function addMember({ accountId }: { accountId: string }, siteId: string, role = "OWNER") {
  await call(`PUT /sites/${siteId}/members/${accountId}`, { body: { role } });
}

async function createApp() {
  const app = await platform.createApp({ name: "Night Prices", scopes: requested });
  const { appId } = app;
  for (const eventType of ["AppInstalled", "AppRemoved"]) {
    await call(`POST /apps/${appId}/webhooks`, { body: { eventType, url: `${receiver.url}/${appId}` } });
  }
  for (const [kind, path] of [
    ["IFRAME_PAGE", "/prices"],
    ["EXTERNAL_PAGE", "/reports"],
  ]) {
    await call(`POST /apps/${appId}/extensions`, { body: { kind, url: `${pages.url}${path}` } });
  }
  return { appId, secret: app.secret.value };
}

const eventsOf = async (appId: string) => {
  await platform.settled();
  return receiver.received.filter(({ path }) => path === `/${appId}`).map(({ message }) => message.eventType);
};
const openSite = (page: Page, siteId: string, rest = "") =>
  page.goto(`${platform.url}/dashboard/sites/${siteId}${rest}`);
const memberOf = (siteId: string, accountId: string) => call(`GET /sites/${siteId}/members/${accountId}`);
const appOn = async (siteId: string) => (await call(`GET /sites/${siteId}/apps`)).body.items[0];
const confirm = async (page: Page, label: string) => {
  await page.getByRole("dialog").getByRole("button", { name: label }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
};

test("an owner creates a site, installs an app with consent, opens its pages, decides about its permissions, and removes it", async () => {
  const person = await signedIn({ isDeveloper: true });
  const { accountId, complaints, page } = person;
  const app = await createApp();
  const { appId, secret } = app;
  await page.getByRole("link", { name: "Sites", exact: true }).click();
  await page.getByRole("link", { name: "Create your first site" }).click();
  // The list has a field Name too.
  await page.getByRole("heading", { name: "Create a site" }).waitFor();
  await page.getByLabel("Name").fill("Corner Shop");
  await page.getByRole("button", { name: "Create the site" }).click();
  await page.getByRole("heading", { name: "Corner Shop" }).waitFor();
  await page.getByRole("link", { name: "Install an app" }).click();
  await page.getByLabel("App ID").fill(appId);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("heading", { name: "Install Night Prices on Corner Shop?" }).waitFor();
  await page.getByRole("button", { name: "Install" }).click();
  await page.getByRole("table").getByRole("link", { name: "Night Prices" }).waitFor();
  const siteId = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  const { instanceId } = (await appOn(siteId)) ?? { instanceId: "" };
  expect(await eventsOf(appId)).toEqual(["AppInstalled"]);

  // The iframe page.
  const count = pages.requests.length;
  await page.getByRole("link", { name: "Open /prices" }).click();
  const frame = page.locator("iframe");
  await page.frameLocator("iframe").getByText("The page of the app").waitFor();
  const opened = pages.requests[count];
  expect(await readPerson(platform, opened?.url, secret)).toMatchObject({
    parameter: { instanceId, appDefId: appId, uid: accountId, permissions: "OWNER" },
  });
  expect(opened?.headers.referer).toBeUndefined();
  expect(await frame.getAttribute("sandbox")).toBe("allow-scripts allow-forms allow-same-origin");
  expect(await frame.getAttribute("referrerpolicy")).toBe("no-referrer");
  await page.getByRole("link", { name: "Apps of the site" }).click();

  // The external page.
  const [tab] = await Promise.all([
    page.context().waitForEvent("page"),
    page.getByRole("link", { name: "Open /reports in a new tab" }).click(),
  ]);
  await tab.getByText("The page of the app").waitFor();
  expect(await tab.evaluate(() => [globalThis.opener, document.referrer])).toEqual([null, ""]);
  expect(await readPerson(platform, new URL(tab.url()), secret)).toMatchObject({
    parameter: { instanceId, uid: accountId },
  });
  await tab.close();

  // A permission that the app adds, beside those that it has.
  await page.getByRole("link", { name: "Night Prices" }).click();
  await call(`PATCH /apps/${appId}`, { body: { scopes: [...requested, newScope] } });
  const after = page.getByRole("region", { name: "After the approval" });
  await after.getByText("The developer says: Knows what is sold out").waitFor();
  await person.shoot("new-permissions");
  expect(await page.getByRole("region", { name: "Now" }).getByText("Read stock").count()).toBe(0);
  await page.getByRole("button", { name: "Approve" }).click();
  await after.waitFor({ state: "detached" });
  const grantOf = async () => (await call(`GET /instances/${instanceId}`)).body.grant;
  expect(await grantOf()).toEqual([always, manageProducts, readProducts, newScope.scopeId].sort());

  // An optional one is withdrawn, and allowed again.
  await page.getByRole("button", { name: "Withdraw" }).click();
  await confirm(page, "Withdraw");
  expect(await grantOf()).not.toContain(manageProducts);
  await page.getByRole("button", { name: "Allow" }).click();
  await confirm(page, "Allow");
  expect(await grantOf()).toContain(manageProducts);

  // Removed: the token is refused at once, and a reinstall keeps the id.
  const token = (await requestToken(platform, instanceId, app)).body.access_token;
  expect(await isActive(platform, token)).toBe(true);
  await page.getByRole("button", { name: "Remove" }).click();
  const text = await page.getByRole("dialog").textContent();
  for (const part of ["tokens are invalid at once", "webhook AppRemoved", "stays", "The instance ID is kept"])
    expect(text).toContain(part);
  await confirm(page, "Remove");
  expect(await isActive(platform, token)).toBe(false);
  expect((await requestToken(platform, instanceId, app)).status).toBe(404);
  expect(await eventsOf(appId)).toEqual(["AppInstalled", "AppRemoved"]);
  await page.getByRole("link", { name: "Install it again" }).click();
  await page.getByRole("button", { name: "Install" }).click();
  await page.getByRole("table").getByRole("link", { name: "Night Prices" }).waitFor();
  expect((await appOn(siteId))?.instanceId).toBe(instanceId);
  expect(complaints).toEqual([]);
});

test("a hostile page of an app cannot leave its frame, read the dashboard, or use its session", async () => {
  const person = await signedIn();
  const { page } = person;
  const { siteId } = await platform.createSite();
  await addMember(person, siteId);
  const { appId } = await createApp();
  await platform.install({ appId, siteId });
  await openSite(page, siteId);
  await page.getByRole("link", { name: "Open /prices" }).click();
  const inFrame = page.frameLocator("iframe");
  await inFrame.getByText("The page of the app").click();
  const address = page.url();
  const attempts = await inFrame.locator("body").evaluate(async (_, url) => {
    const attempt = async (act: () => unknown) => {
      try {
        return String(await act());
      } catch (error) {
        return (error as Error).name;
      }
    };
    const post = { method: "POST", credentials: "include", body: '{"name":"Evil"}' } as const;
    return {
      top: await attempt(() => window.top?.location.assign("https://evil.example/")),
      parent: await attempt(() => window.parent.document.title),
      popup: await attempt(() => window.open(`${url}/dashboard`)),
      read: await attempt(() => fetch(`${url}/admin/v1/me`, { credentials: "include" })),
      change: await attempt(() => fetch(`${url}/admin/v1/sites`, post)),
      dialog: await attempt(() => window.confirm("Your password?")),
      cookies: await attempt(() => document.cookie),
    };
  }, platform.url);
  expect(attempts).toEqual({
    ...{ top: "SecurityError", parent: "SecurityError", popup: "null" },
    ...{ read: "TypeError", change: "TypeError", dialog: "false", cookies: "" },
  });
  // A form that leads the frame to the server is blocked by the policy of the dashboard.
  await inFrame.locator("body").evaluate((_, url) => {
    const form = document.createElement("form");
    Object.assign(form, { method: "post", action: `${url}/admin/v1/sites`, enctype: "text/plain" });
    document.body.append(form);
    form.submit();
  }, platform.url);
  await page.getByText("This page cannot be shown in a frame").waitFor();
  expect(page.url()).toBe(address);
  expect((await call("GET /sites?limit=100")).text).not.toContain("Evil");
});

test("a member without the right asks for an app, and sees what the owner decided; only an owner is offered changes", async () => {
  const [owner, member] = [await signedIn(), await signedIn()];
  const { siteId } = await platform.createSite({ name: "Bakery" });
  await addMember(owner, siteId);
  await addMember(member, siteId, "EDITOR");
  const { appId } = await createApp();
  await openSite(member.page, siteId);
  await member.page.getByRole("link", { name: "Ask for an app" }).click();
  await member.page.getByLabel("App ID").fill(appId);
  await member.page.getByRole("button", { name: "Continue" }).click();
  await member.page.getByRole("button", { name: "Ask an owner" }).click();
  await member.page.getByRole("heading", { name: "An owner has to decide" }).waitFor();
  await openSite(member.page, siteId, "/requests");
  const asked = member.page.getByRole("row", { name: "Night Prices" });
  await asked.getByText("Waiting for an owner").waitFor();
  expect(await asked.getByRole("button").count()).toBe(0);

  await openSite(owner.page, siteId, "/requests");
  const [tab] = await Promise.all([
    owner.page.context().waitForEvent("page"),
    owner.page.getByRole("row", { name: member.name }).getByRole("link", { name: "Decide" }).click(),
  ]);
  await tab.getByLabel("Manage Products").uncheck();
  await tab.getByRole("button", { name: "Install" }).click();
  await tab.getByRole("heading", { name: "Night Prices is installed on Bakery" }).waitFor();
  await asked.getByText("Approved").waitFor();

  await member.page.getByRole("tab", { name: "Apps" }).click();
  await member.page.getByRole("link", { name: "Night Prices" }).click();
  await member.page.getByText("Not allowed").waitFor();
  for (const name of ["Remove", "Revoke all tokens", "Suspend", "Allow", "Withdraw"]) {
    expect(await member.page.getByRole("button", { name, exact: true }).count()).toBe(0);
  }
  await member.page.getByRole("tab", { name: "Settings" }).click();
  await member.page.getByText("Site ID").waitFor();
  expect(await member.page.getByRole("button", { name: "Delete the site" }).count()).toBe(0);
  await member.page.getByRole("tab", { name: "Members" }).click();
  await member.page.getByRole("cell", { name: "EDITOR" }).waitFor();
  expect(await member.page.getByRole("combobox").count()).toBe(0);
});

test("two owners change the same: the second one sees what the first one did, and decides", async () => {
  const [first, second] = [await signedIn(), await signedIn()];
  const { siteId } = await platform.createSite({ name: "Two owners" });
  for (const owner of [first, second]) await addMember(owner, siteId);
  const { appId } = await createApp();
  const { instanceId } = await platform.install({ appId, siteId });

  // A scope: the page of the second one is older than the change of the first one.
  const { page } = second;
  await openSite(page, siteId, `/apps/${appId}`);
  await page.getByRole("button", { name: "Withdraw" }).click();
  // What the page reads arrives after the decision of the second one.
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await page.route(`**/apps/${appId}`, (route) => released.then(() => route.continue()));
  await call(`POST /instances/${instanceId}/withdraw`, { body: { scopes: [manageProducts] } });
  await page.getByRole("dialog").getByRole("button", { name: "Withdraw" }).click();
  release();
  await page.getByRole("alert").getByText("Somebody else changed this meanwhile").waitFor();
  await page.getByText("Not allowed").waitFor();
  expect(await page.getByRole("dialog").count()).toBe(0);

  // The name.
  await openSite(page, siteId, "/settings");
  await page.getByLabel("Name").fill("Mine");
  await openSite(first.page, siteId, "/settings");
  await first.page.getByLabel("Name").fill("Theirs");
  await first.page.getByRole("button", { name: "Save" }).click();
  await first.page.getByRole("heading", { name: "Theirs" }).waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alert").getByText("Theirs").waitFor();
  expect((await call(`GET /sites/${siteId}`)).body.name).toBe("Theirs");
  await page.getByRole("button", { name: "Save mine instead" }).click();
  await page.getByRole("heading", { name: "Mine" }).waitFor();

  // The role of a member, who then leaves.
  await openSite(page, siteId, "/members");
  const role = page.getByLabel(`Role of ${first.name}`);
  await role.selectOption("EDITOR");
  await expect.poll(async () => (await memberOf(siteId, first.accountId)).body.role).toBe("EDITOR");
  await openSite(first.page, siteId, "/settings");
  await first.page.getByText("Site ID").waitFor();
  expect(await first.page.getByRole("button", { name: "Save" }).count()).toBe(0);
  await page.getByRole("row", { name: first.name }).getByRole("button", { name: "Remove" }).click();
  await confirm(page, "Remove");
  expect((await memberOf(siteId, first.accountId)).status).toBe(404);
  await page.getByLabel("Account ID").fill(first.accountId);
  await page.getByRole("button", { name: "Add the member" }).click();
  await page.getByRole("row", { name: first.name }).waitFor();

  // A copy, which is deleted.
  await page.getByRole("tab", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Copy the site" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Copy the site" }).click();
  await page.waitForURL((url) => !url.pathname.includes(siteId));
  await page.getByRole("table").getByRole("link", { name: "Night Prices" }).waitFor();
  const copyId = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  expect(await appOn(copyId)).toMatchObject({ originInstanceId: instanceId, state: "installed" });
  await page.getByRole("tab", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Delete the site" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete the site" }).click();
  await page.getByRole("heading", { name: "Sites" }).waitFor();
  expect((await call(`GET /sites/${copyId}`)).status).toBe(404);
});

test("an operator suspends an app and resumes it; a session is ended and the password changed on the page Account", async () => {
  const operator = await signedIn({ isOperator: true });
  const { page } = operator;
  const { siteId } = await platform.createSite();
  const app = await createApp();
  const { instanceId } = await platform.install({ appId: app.appId, siteId });
  await openSite(page, siteId, `/apps/${app.appId}`);
  for (const [label, status] of [
    ["Suspend", 404],
    ["Resume", 200],
  ] as const) {
    await page.getByRole("button", { name: label }).click();
    await confirm(page, label);
    expect([label, (await requestToken(platform, instanceId, app)).status]).toEqual([label, status]);
  }
  const other = await visit(browser);
  await signInOnPage(other, platform, operator);
  await page.getByRole("link", { name: "Account" }).click();
  await page.getByRole("button", { name: "End" }).click();
  await confirm(page, "End");
  await other.page.reload();
  await other.page.waitForURL(`${platform.url}/sign-in?**`);
  const current = page.getByRole("textbox", { name: "Current password" });
  await current.fill("not the password");
  await page.getByLabel("New password").fill("another long password");
  await page.getByRole("button", { name: "Change the password" }).click();
  await page.getByRole("alert").getByText("WRONG_PASSWORD").waitFor();
  await current.fill(operator.password);
  await page.getByRole("button", { name: "Change the password" }).click();
  await page.getByText("The password is changed.").waitFor();
  await signInOnPage(other, platform, { ...operator, password: "another long password" });
});

test.each([
  { width: 1_280, colorScheme: "light" },
  { width: 360, colorScheme: "dark" },
] as const)("every page has no barrier at $width px in $colorScheme, and breaks no policy", async (look) => {
  const person = await signedIn({ isDeveloper: true }, look);
  const { complaints, page, shoot } = person;
  const { siteId } = await platform.createSite({ name: "Corner Shop" });
  await addMember(person, siteId);
  const { appId } = await createApp();
  await platform.install({ appId, siteId });
  await call(`PATCH /apps/${appId}`, { body: { scopes: [{ scopeId: readProducts }, newScope] } });
  const other = await createAccount(platform, `other-${people}`);
  await addMember(other, siteId, "EDITOR");
  const asked = await platform.createApp({ name: "Loyalty Points" });
  await askToInstall(platform, { appId: asked.appId, siteId, accountId: other.accountId });
  const { items: extensions } = (await call(`GET /apps/${appId}/extensions`)).body;
  const extensionId = extensions.find(({ kind }) => kind === "IFRAME_PAGE")?.extensionId;
  const found: string[] = [];
  const addresses = {
    sites: "sites",
    "new-site": "sites/new",
    site: `sites/${siteId}`,
    install: `sites/${siteId}/install`,
    "site-app": `sites/${siteId}/apps/${appId}`,
    requests: `sites/${siteId}/requests`,
    members: `sites/${siteId}/members`,
    settings: `sites/${siteId}/settings`,
    account: "account",
    "page-of-app": `sites/${siteId}/pages/${appId}/${extensionId}`,
  };
  for (const [name, path] of Object.entries(addresses)) {
    await page.goto(`${platform.url}/dashboard/${path}`);
    await page.locator("h2, iframe").first().waitFor();
    await page.waitForLoadState("networkidle");
    await shoot(name);
    found.push(...(await findBarriers(page)), ...(await findOverflow(page)));
  }
  expect([found, complaints]).toEqual([[], []]);
});
