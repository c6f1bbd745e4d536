import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { type CallManagement, managementCaller } from "@latchkey/test-support/management-client";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findBarriers, findOverflow, startChromium } from "../browser/chromium.ts";
import { signInOnPage, type Visit, visit } from "./dashboard-visit.ts";

const operator = { email: "demo@example.com", password: "the password of the demo" };
let platform: TestPlatform;
let call: CallManagement;
let browser: Browser;

beforeAll(async () => {
  platform = await createTestPlatform();
  call = managementCaller(platform);
  const flags = { isDeveloper: true, isOperator: true };
  await call("POST /accounts", { body: { ...operator, ...flags, name: "Demo" } });
  browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  await platform?.close();
});

async function signedIn(look?: Parameters<typeof visit>[1]): Promise<Visit> {
  const visited = await visit(browser, look);
  await signInOnPage(visited, platform, operator);
  return visited;
}

/** Creates an app in the dashboard, and returns what its buttons copy. */
async function createApp({ copy, page }: Visit, name: string) {
  await page.getByRole("link", { name: "Create an app" }).click();
  // The list has a field Name too.
  await page.getByRole("heading", { name: "Create an app" }).waitFor();
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Create the app" }).click();
  await page.getByRole("heading", { name: `${name} is created` }).waitFor();
  return { appId: await copy("App ID"), appSecret: await copy("App secret") };
}

async function requestToken(instanceId: string, { appId, appSecret }: { appId: string; appSecret: string }) {
  return await fetch(`${platform.url}/oauth2/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: appId,
      client_secret: appSecret,
      instance_id: instanceId,
    }),
  });
}

test("a developer signs in, creates an app, and gets tokens with the copied values, also while the secret is replaced", async () => {
  const person = await signedIn();
  const { copy, page } = person;
  const first = await createApp(person, "Loyalty Points");
  const { siteId } = await platform.createSite({ name: "Corner Shop" });
  const { instanceId } = await platform.install({ appId: first.appId, siteId });
  const token = await requestToken(instanceId, first);
  expect([token.status, await token.json()]).toEqual([200, expect.objectContaining({ expires_in: 14_400 })]);

  await page.getByRole("link", { name: "Continue to the app" }).click();
  await page.getByRole("tab", { name: "OAuth" }).click();
  await page.getByLabel("Name of a new secret").fill("2027");
  await page.getByRole("button", { name: "Create a secret" }).click();
  const second = { appId: first.appId, appSecret: await copy("App secret") };
  const secrets = page.getByRole("table", { name: "Secrets" });
  const row = secrets.getByRole("row", { name: "2027" });
  await row.getByRole("button", { name: "Promote" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Promote" }).click();
  await row.getByText("Primary").waitFor();
  for (const credentials of [first, second]) {
    expect((await requestToken(instanceId, credentials)).status).toBe(200);
  }
  await secrets.getByRole("row", { name: "First secret" }).getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  expect((await requestToken(instanceId, first)).status).toBe(401);
  expect((await requestToken(instanceId, second)).status).toBe(200);
  const { body } = await call(`GET /apps/${first.appId}/public-key`);
  expect(await copy("PEM")).toBe(body.publicKey);
  expect(await copy("Base64, on one line")).toBe(body.publicKeyBase64);
  expect(person.complaints).toEqual([]);
});

test("revoking all tokens in the dashboard ends them", async () => {
  const person = await signedIn();
  const { page } = person;
  const credentials = await createApp(person, "Revoked");
  const { siteId } = await platform.createSite();
  const { instanceId } = await platform.install({ appId: credentials.appId, siteId });
  const { access_token: token } = (await (await requestToken(instanceId, credentials)).json()) as {
    access_token: string;
  };
  await page.goto(`${platform.url}/dashboard/apps/${credentials.appId}/oauth`);
  await page.getByRole("button", { name: "Revoke all tokens" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke all tokens" }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  const info = await fetch(`${platform.url}/oauth2/token-info`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token }),
  });
  expect(await info.json()).toEqual({ active: false });
});

test("a field shows what the API says about it, and nothing is saved", async () => {
  const { page } = await signedIn();
  await page.goto(`${platform.url}/dashboard/apps/new`);
  await page.getByLabel("Name").fill("x".repeat(10_000));
  await page.getByRole("button", { name: "Create the app" }).click();
  await page.getByText("must have at most 200 characters").waitFor();
  expect(await page.getByLabel("Name").getAttribute("aria-invalid")).toBe("true");
  const { appId } = await platform.createApp({ name: "Legacy" });
  await page.goto(`${platform.url}/dashboard/apps/${appId}/oauth`);
  await page.getByLabel("App URL").fill("https://app.example/");
  await page.getByLabel("Redirect URLs").fill("https://app.example/\nhttps://app.example/#here");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Line 2 must not have a fragment").waitFor();
  expect((await call(`GET /apps/${appId}`)).body.legacy).toBeNull();
});

test("a person sees what another one saved meanwhile, and decides", async () => {
  const { page } = await signedIn();
  const { appId } = await platform.createApp({ name: "Two people" });
  await page.goto(`${platform.url}/dashboard/apps/${appId}/oauth`);
  await page.getByLabel("App URL").fill("https://mine.example/");
  await page.getByLabel("Redirect URLs").fill("https://mine.example/back");
  const theirs = { appUrl: "https://theirs.example/", redirectUrls: ["https://theirs.example/back"] };
  await call(`PATCH /apps/${appId}`, { body: { legacy: theirs } });
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alert").getByText("https://theirs.example/back").waitFor();
  expect((await call(`GET /apps/${appId}`)).body.legacy).toEqual(theirs);
  await page.getByRole("button", { name: "Save mine instead" }).click();
  await page.getByRole("alert").waitFor({ state: "detached" });
  expect((await call(`GET /apps/${appId}`)).body.legacy).toMatchObject({ appUrl: "https://mine.example/" });
});

test("while the server cannot be reached, a banner says so; what was sent is done once afterwards", async () => {
  const { page } = await signedIn();
  await page.goto(`${platform.url}/dashboard/apps/new`);
  await page.getByLabel("Name").fill("Patient");
  await page.route("**/*", (route) => route.abort());
  await page.getByRole("button", { name: "Create the app" }).click();
  await page.getByRole("alert").getByText("The server cannot be reached").waitFor();
  expect(await page.getByLabel("Name").inputValue()).toBe("Patient");
  await page.unroute("**/*");
  await page.getByRole("heading", { name: "Patient is created" }).waitFor();
  expect(await page.getByText("The server cannot be reached").count()).toBe(0);
  const { items } = (await call("GET /apps?limit=100")).body;
  expect(items.filter(({ name }) => name === "Patient")).toHaveLength(1);
});

test("H5 a page of another port can neither read nor change anything with the session", async () => {
  const person = await signedIn();
  const other = createServer((_, response) => response.end("<title>The app</title>")).listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  await person.page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
  const refused = person.page.waitForResponse(`${platform.url}/admin/v1/apps`);
  const result = await person.page.evaluate(async (url) => {
    const init = {
      method: "POST",
      mode: "no-cors",
      credentials: "include",
      body: '{"name":"Evil"}',
    } as const;
    await fetch(`${url}/admin/v1/apps`, init);
    return await fetch(`${url}/admin/v1/me`, { credentials: "include" }).then(
      () => "read",
      () => "blocked",
    );
  }, platform.url);
  other.close();
  // Without the cookie the status would be 401.
  expect([(await refused).status(), result]).toEqual([403, "blocked"]);
  expect((await call("GET /apps?limit=100")).text).not.toContain("Evil");
});

test("text of an app is shown as text", async () => {
  const { complaints, page } = await signedIn();
  const name = "<img src=x onerror=alert(1)>";
  const { appId } = await platform.createApp({ name });
  await page.goto(`${platform.url}/dashboard/apps/${appId}`);
  await page.getByRole("heading", { name }).waitFor();
  expect(complaints).toEqual([]);
});

test("a list of 10,000 apps is read in pages of 100 while it is scrolled, with few rows in the document", async () => {
  await seedApps(10_000);
  const { page } = await signedIn();
  const limits = new Set<string | null>();
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.pathname === "/admin/v1/apps") limits.add(url.searchParams.get("limit"));
  });
  await page.reload();
  const list = page.getByRole("region", { name: "Apps" });
  for (const shown of ["Seeded 0150", "Seeded 0350", "Seeded 0550"]) {
    const row = list.getByText(shown);
    while ((await row.count()) === 0) {
      await list.evaluate((element) => element.scrollBy(0, element.clientHeight));
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    }
    expect(await list.getByRole("row").count()).toBeLessThan(200);
  }
  expect([...limits]).toEqual(["100"]);
  await page.getByLabel("Name").fill("seeded 9999");
  await list.getByText("Seeded 9999").waitFor();
  expect([await list.getByRole("row").count(), new URL(page.url()).search]).toEqual([2, "?name=seeded+9999"]);
  await page.getByLabel("Name").fill("No such app");
  await page.getByText("No app has this name").waitFor();
});

/** Copies an app as often as wanted; their ids come before those of all others. */
async function seedApps(count: number): Promise<void> {
  await platform.createApp();
  const { database } = platform.platform;
  await database.write(async (trx) => {
    const app = await trx.selectFrom("apps").selectAll().limit(1).executeTakeFirstOrThrow();
    for (let index = 0; index < count; index += 500) {
      const copies = Array.from({ length: 500 }, (_, at) => {
        const number = String(index + at).padStart(4, "0");
        return { ...app, name: `Seeded ${number}`, app_id: `00000000-0000-4000-8000-00000000${number}` };
      });
      await trx.insertInto("apps").values(copies).execute();
    }
  });
}

test("a page whose data has not arrived has no barrier", async () => {
  const { page } = await signedIn();
  const { appId } = await platform.createApp({ name: "Late Points" });
  await page.route(`**/admin/v1/apps/${appId}**`, () => {});
  await page.goto(`${platform.url}/dashboard/apps/${appId}`);
  await page.getByRole("status", { name: "Loading" }).first().waitFor();
  expect(await findBarriers(page)).toEqual([]);
});

test.each([
  { width: 1_280, colorScheme: "light" },
  { width: 360, colorScheme: "dark" },
] as const)("every page has no barrier at $width px in $colorScheme, and breaks no policy", async (look) => {
  const person = await signedIn(look);
  const { complaints, page, shoot } = person;
  const { appId } = await platform.createApp({ name: "Loyalty Points" });
  const found: string[] = [];
  const pages = { apps: "apps", new: "apps/new", overview: `apps/${appId}`, oauth: `apps/${appId}/oauth` };
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(`${platform.url}/dashboard/${path}`);
    await page.getByRole("heading", { level: 2 }).first().waitFor();
    await page.waitForLoadState("networkidle");
    await shoot(name);
    found.push(...(await findBarriers(page)), ...(await findOverflow(page)));
  }
  expect([found, complaints]).toEqual([[], []]);
});
