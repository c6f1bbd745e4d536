import { readFileSync } from "node:fs";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import {
  askToInstall,
  createAccount,
  createAccountWithPassword,
  type TestAccount,
} from "@latchkey/test-support/accounts";
import { type CallManagement, errorBody, managementCaller } from "@latchkey/test-support/management-client";
import { requestToken } from "@latchkey/test-support/request-token";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findBarriers, findOverflow, startChromium } from "../browser/chromium.ts";
import { signInOnPage, visit, visitAs } from "./dashboard-visit.ts";

const readProducts = "SCOPE.DC-STORES.READ-PRODUCTS";
const script = "<img src=x onerror=alert(1)>";

let platform: TestPlatform;
let call: CallManagement;
let browser: Browser;
let operator: TestAccount;
let developer: TestAccount;

beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores], refusedDeliveries: "allow" });
  call = managementCaller(platform);
  operator = await createAccount(platform, "operator", { isOperator: true, isDeveloper: true });
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

/** Opens the dialog of the button, and confirms it. */
async function confirm(page: Page, label: string): Promise<void> {
  await page.getByRole("button", { name: label, exact: true }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: label, exact: true }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
}

/** An app of the developer that is installed on a site, with a token. */
async function installed(name: string) {
  const app = await platform.createApp({ name, scopes: [readProducts] });
  await call(`POST /apps/${app.appId}/developers`, { body: { accountId: developer.accountId } });
  const { siteId } = await platform.createSite({ name: `Site of ${name}` });
  const { instanceId } = await platform.install({ appId: app.appId, siteId });
  const client = { appId: app.appId, secret: app.secret.value, instanceId };
  return { ...client, siteId, token: await requestToken(platform.url, client) };
}

const isActive = async (token: string) => {
  const response = await fetch(`${platform.url}/oauth2/token-info`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token }),
  });
  return ((await response.json()) as { active: boolean }).active;
};

test("an operator creates a limited API key, which works over HTTP until it is revoked", async () => {
  const { copy, page } = await open(operator, "operator/api-keys");
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByLabel("Name").fill(script);
  await page.getByLabel("App ID").fill("not an id");
  await page.getByLabel("Read apps").check();
  await page.getByRole("button", { name: "Create a key" }).click();
  await page.getByText("must be a GUID").waitFor();
  await page.getByLabel("App ID").fill("");
  await page.getByRole("button", { name: "Create a key" }).click();
  const key = managementCaller(platform, await copy("API key"));
  expect((await key("GET /apps")).status).toBe(200);
  const refused = await key("POST /apps", { body: { name: "New" } });
  expect([refused.status, refused.body]).toEqual([
    403,
    errorBody("PERMISSION_DENIED", "This call needs an API key with the scope apps:write.", {
      scope: "apps:write",
    }),
  ]);
  const row = page.getByRole("row", { name: script });
  await row.getByText("apps:read").waitFor();
  await row.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByText("There are no API keys").waitFor();
  expect((await key("GET /apps")).status).toBe(401);
});

test("an operator replaces the signing key, and tokens go on; a compromised key ends its tokens", async () => {
  const { token, ...client } = await installed("Signed");
  const { page } = await open(operator, "operator/keys");
  const keys = page.getByRole("region", { name: "Signing keys" });
  await keys.getByText("active", { exact: true }).waitFor();
  await keys.getByRole("button", { name: "Retire" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Retire" }).click();
  await page.getByRole("dialog").getByText("KEY_IS_ACTIVE").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();

  await confirm(page, "Create a key that signs at once");
  await keys.getByText("active", { exact: true }).nth(1).waitFor();
  await keys.getByRole("button", { name: "Retire" }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Retire" }).click();
  await keys.getByText("retired", { exact: true }).waitFor();
  const newer = await requestToken(platform.url, client);
  expect([await isActive(token), await isActive(newer)]).toEqual([true, true]);

  await keys.getByRole("row", { name: "retired" }).getByRole("button", { name: "Compromised" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Compromised" }).click();
  await keys.getByText("removed", { exact: true }).waitFor();
  expect([await isActive(token), await isActive(newer)]).toEqual([false, true]);
});

test("an operator filters the audit log, reads an entry, and exports what the API lists", async () => {
  const { siteId } = await platform.createSite({ name: "Audited" });
  for (let change = 0; change < 120; change += 1) {
    await call(`PATCH /sites/${siteId}`, { body: { name: `=Name ${change}, "quoted"` } });
  }
  const { page } = await open(operator, `operator/audit?siteId=${siteId}`);
  await page.getByLabel("Action", { exact: true }).fill("site.changed");
  await page.waitForURL(dashboard(`operator/audit?siteId=${siteId}&action=site.changed`));
  const list = page.getByRole("region", { name: "Audit log" });
  await list.getByRole("button", { name: "Details of site.changed" }).first().click();
  await page.getByRole("dialog").getByText(siteId).waitFor();
  await page.getByRole("dialog").getByRole("button").first().click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });

  const save = async (format: string) => {
    await page.getByLabel(format).check();
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save the file" }).click();
    const download = await saved;
    await page.getByText("120 entries saved").waitFor();
    return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
  };
  await page.getByRole("button", { name: "Export" }).click();
  const json = await save("JSON lines");
  const listed = [];
  let cursor = "";
  do {
    const query = `siteId=${siteId}&action=site.changed&limit=100${cursor}`;
    const { body } = await call(`GET /audit?${query}`);
    listed.push(...body.items);
    cursor = body.nextCursor === null ? "" : `&cursor=${encodeURIComponent(body.nextCursor)}`;
  } while (cursor !== "");
  expect(json.name).toBe("audit.jsonl");
  expect(json.text).toBe(listed.map((entry) => `${JSON.stringify(entry)}\n`).join(""));

  const csv = await save("CSV");
  const lines = csv.text.trimEnd().split("\r\n");
  expect(lines).toHaveLength(121);
  expect(lines[0]).toBe(
    '"entryId","occurredAt","actor","action","appId","siteId","instanceId","requestId","details"',
  );
  expect(lines[1]).toContain(`"admin","site.changed","","${siteId}","",`);

  const isSecondPage = (url: string) => url.includes("/admin/v1/audit?") && url.includes("cursor=");
  await page.route("**/admin/v1/audit?**", (route) =>
    isSecondPage(route.request().url()) ? undefined : route.continue(),
  );
  const second = page.waitForRequest((request) => isSecondPage(request.url()));
  await page.getByRole("button", { name: "Save the file" }).click();
  await page.getByText("100 entries read").waitFor();
  await second;
  const aborted = page.waitForEvent("requestfailed", (request) => isSecondPage(request.url()));
  await page.getByRole("button", { name: "Cancel" }).click();
  await aborted;
  await page.getByRole("dialog").waitFor({ state: "hidden" });
});

test("an operator creates an account, gives it a flag that it feels at once, and suspends it", async () => {
  const { page } = await open(operator, "operator/accounts");
  await page.getByRole("button", { name: "New account" }).click();
  const who = { email: "grace@example.com", password: "the password of grace" };
  await page.getByLabel("Name", { exact: true }).fill(script);
  await page.getByLabel("E-mail address of the account").fill("nobody");
  await page.getByRole("textbox", { name: "Password" }).fill(who.password);
  await page.getByRole("button", { name: "Create the account" }).click();
  await page.getByText("must be an e-mail address").waitFor();
  await page.getByLabel("E-mail address of the account").fill(who.email);
  await page.getByRole("button", { name: "Create the account" }).click();
  await page.getByRole("heading", { name: script }).waitFor();

  const person = await visit(browser);
  await signInOnPage(person, platform, who);
  await person.page.getByText("You belong to no site yet").waitFor();
  expect(await person.page.getByRole("link", { name: "Apps", exact: true }).count()).toBe(0);
  await confirm(page, "Make developer");
  await page.getByText("Developer", { exact: true }).waitFor();
  await person.page.reload();
  await person.page.getByRole("link", { name: "Apps", exact: true }).click();
  await person.page.getByText("You have no apps yet").waitFor();
  await confirm(page, "Suspend");
  await page.getByText("Suspended").waitFor();
  await person.page.reload();
  await person.page.waitForURL(`${platform.url}/sign-in?**`);

  await confirm(page, "Allow sign-in");
  await page.getByRole("textbox", { name: "New password" }).fill("short");
  await page.getByRole("button", { name: "Set the password" }).click();
  await page.getByText("must have at least 12 characters").waitFor();
  const replaced = { ...who, password: "another password of grace" };
  await page.getByRole("textbox", { name: "New password" }).fill(replaced.password);
  await page.getByRole("button", { name: "Set the password" }).click();
  await page.getByText("The password is set").waitFor();
  await signInOnPage(person, platform, replaced);

  await confirm(page, "Delete");
  await page.waitForURL(dashboard("operator/accounts"));
  const { body } = await call(`GET /accounts?email=${who.email}`);
  expect(body.items).toEqual([]);
});

test("two operators change the retention, and the second one sees what the first one saved, and decides", async () => {
  const retention = async () => {
    const { items } = (await call("GET /settings/retention")).body;
    return Object.fromEntries(items.map(({ days, kind }) => [kind, days]));
  };
  const { page } = await open(operator, "operator/retention");
  await page.getByLabel("Deliveries").fill("14");
  await page.getByText("What is older than 14 days is deleted within an hour").waitFor();
  await page.getByLabel("Events").fill("400");
  await page.getByText("Kept for 370 days longer").waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("must be at most 365").waitFor();
  await page.getByLabel("Events").fill("30");
  await call("PATCH /settings/retention", { body: { deliveries: 20, audit: 400 } });
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alert").getByText("Deliveries: 20").waitFor();
  expect(await retention()).toMatchObject({ deliveries: 20, audit: 400 });
  await page.getByRole("button", { name: "Save mine instead" }).click();
  await page.getByRole("alert").waitFor({ state: "detached" });
  expect(await retention()).toMatchObject({ deliveries: 14, events: 30, audit: 400 });
  await page.getByLabel("Deliveries").fill("");
  await page.getByRole("button", { name: "Save" }).click();
  await expect.poll(retention).toMatchObject({ deliveries: 30 });
});

test("an operator decides a request to install, and sees approvals, jobs and failing endpoints of all apps", async () => {
  const { appId } = await platform.createApp({ name: "Asked", scopes: [readProducts] });
  const { siteId } = await platform.createSite();
  await call("PUT /roles/EDITOR", { body: { permissions: [] } });
  const editor = await createAccount(platform, "editor");
  await call(`PUT /sites/${siteId}/members/${editor.accountId}`, { body: { role: "EDITOR" } });
  await askToInstall(platform, { appId, siteId, accountId: editor.accountId });
  const { page } = await open(operator, "operator/approvals");
  await confirm(page, "Approve");
  await page.getByText("No requests").waitFor();
  expect((await call(`GET /sites/${siteId}/instances`)).body.items).toMatchObject([
    { appId, state: "installed" },
  ]);
  const added = "SCOPE.DC-STORES.MANAGE-PRODUCTS";
  await call(`PATCH /apps/${appId}`, {
    body: { scopes: [readProducts, { scopeId: added, reason: "Prices" }] },
  });
  await page.getByRole("region", { name: "Permissions to approve" }).getByText(added).waitFor();

  const filter = { appId, status: "failed" };
  await call("POST /jobs", { body: { action: "resend", filter, confirmCount: 0 } });
  await page.getByRole("tab", { name: "Jobs" }).click();
  await page.getByRole("region", { name: "Jobs" }).getByText(`appId ${appId}`).waitFor();

  const url = "http://127.0.0.1:9999/paused";
  const { body } = await call(`POST /apps/${appId}/webhooks`, { body: { eventType: "AppRemoved", url } });
  await call(`POST /apps/${appId}/webhooks/${body.webhookId}/pause`);
  await page.getByRole("tab", { name: "Health" }).click();
  await page.getByText(url).waitFor();
  await page.getByText("Somebody paused it. 0 deliveries wait.").waitFor();
  await installed("Counted");
  await platform.clock.advance(5_000);
  await page.getByText("Last day").click();
  await page.waitForURL(dashboard("operator/health?step=hour"));
  const plot = page.getByRole("figure", { name: "Token requests" });
  await plot.getByRole("button", { name: "Table" }).click();
  await plot.getByRole("columnheader", { name: "issued" }).waitFor();
});

test("a developer sees nothing of these pages, and the API refuses their calls", async () => {
  const person = await open(developer, "operator/health");
  const { page } = person;
  await page.getByText("These pages are for operators.").waitFor();
  const navigation = page.getByRole("navigation", { name: "Pages" });
  expect(await navigation.getByRole("link", { name: "Find" }).count()).toBe(1);
  expect(await navigation.getByRole("link", { name: "Operator" }).count()).toBe(0);
  expect(await page.getByRole("tab").count()).toBe(0);
  const reads = ["health", "counts", "keys", "api-keys", "audit", "accounts", "approvals"];
  for (const path of [...reads, "install-requests", "jobs"]) {
    const response = await developer.call(`GET /${path}`);
    expect([path, response.status, response.body.message]).toEqual([
      path,
      403,
      expect.stringMatching(/ for an operator/),
    ]);
  }
});

test.each([
  { width: 1_280, colorScheme: "light" },
  { width: 360, colorScheme: "dark" },
] as const)(
  "every page has no barrier at $width px in $colorScheme, and shows text as text",
  async (look) => {
    await installed(script);
    const { body: key } = await call("POST /api-keys", { body: { name: script, scopes: ["apps:read"] } });
    const { accountId } = await createAccountWithPassword(platform, `ada-${look.width}`);
    await call(`PATCH /accounts/${accountId}`, { body: { name: script } });
    const { complaints, page, shoot } = await open(operator, "operator", look);
    const found: string[] = [];
    const check = async (name: string) => {
      await page.waitForLoadState("networkidle");
      await expect.poll(() => page.getByLabel("Loading").count()).toBe(0);
      await shoot(`operator-${name}`);
      found.push(...(await findBarriers(page)), ...(await findOverflow(page)));
    };
    const names = ["health", "keys", "api-keys", "audit", "accounts", "approvals", "retention", "jobs"];
    const pages = {
      ...Object.fromEntries(names.map((name) => [name, name])),
      account: `accounts/${accountId}`,
    };
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(dashboard(`operator/${path}`));
      await page.getByRole("heading", { level: 2 }).first().waitFor();
      await page.waitForLoadState("networkidle");
      for (const form of await page.getByRole("button", { name: /^New / }).all()) await form.click();
      await check(name);
    }
    await call(`DELETE /api-keys/${key.keyId}`);
    expect([found, complaints]).toEqual([[], []]);
  },
);
