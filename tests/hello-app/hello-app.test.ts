import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { managementCaller } from "@latchkey/test-support/management-client";
import { eventually } from "@latchkey/test-support/webhook-receiver";
import { afterAll, beforeAll, expect, test } from "vitest";
import { childFlags } from "../../tools/test/responses/child-process.ts";

// Runs the example as a separate process that has only the environment, as a user does.

const root = join(import.meta.dirname, "../..");

let platform: TestPlatform;
let call: ReturnType<typeof managementCaller>;
let ids: Record<"appId" | "siteId" | "instanceId", string>;
let folder: string;
let child: ChildProcess;
let output = "";

beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores], seed: "hello app" });
  call = managementCaller(platform);
  const scopes = ["SCOPE.DC-STORES.READ-PRODUCTS", "SCOPE.DC-STORES.MANAGE-PRODUCTS"];
  const app = await platform.createApp({ name: "Hello App", scopes });
  const { siteId } = await platform.createSite({ name: "Demo <Store>" });
  const { instanceId } = await platform.install({ appId: app.appId, siteId });
  ids = { appId: app.appId, siteId, instanceId };
  folder = mkdtempSync(join(tmpdir(), "hello-app-"));
  const file = join(folder, "demo.env");
  const variables = {
    ...{ LATCHKEY_URL: platform.url, LATCHKEY_ADMIN_KEY: platform.adminKey, APP_ID: app.appId },
    ...{ APP_SECRET: app.secret.value, INSTANCE_ID: instanceId, SITE_ID: siteId, PORT: "0" },
    APP_PUBLIC_KEY: Buffer.from(app.publicKey).toString("base64"),
  };
  writeFileSync(
    file,
    Object.entries(variables)
      .map(([name, value]) => `${name}=${value}`)
      .join("\n"),
  );
  child = spawn(process.execPath, [...childFlags(), `--env-file=${file}`, "examples/hello-app/main.ts"], {
    cwd: root,
    env: { PATH: process.env.PATH },
  });
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += chunk));
});
afterAll(async () => {
  child.kill();
  await platform.close();
  rmSync(folder, { recursive: true });
});

const says = (text: string | RegExp) =>
  eventually(
    () => (typeof text === "string" ? output.includes(text) : text.test(output)),
    () => output,
  );

test("gets its instanceId in all four ways, and calls the API for it", async () => {
  const suffix = `   (instanceId ${ids.instanceId})`;
  await says(`Hello App was installed on Demo <Store>${suffix}`);
  await says(`Hello App calculated shipping rates${suffix}`);
  await says(
    '"shippingRates":[{"code":"hello","title":"Hello from Demo <Store>","cost":{"price":"4.00","currency":"USD"}}]',
  );

  await says(/^Its page, for four hours {3}(http.*)$/m);
  const [, url = ""] = /^Its page, for four hours {3}(http.*)$/m.exec(output) ?? [];
  const page = await fetch(url);
  expect([page.status, await page.text()]).toEqual([
    200,
    expect.stringContaining("<h1>Hello, demo-owner</h1>"),
  ]);
  await says(`Hello App showed its page to demo-owner${suffix}`);

  const { body } = await call(`POST /instances/${ids.instanceId}/user-token`, {
    body: { accountId: "demo-owner" },
  });
  const product = { name: "Mug & Co", productType: "physical", priceData: { price: 9 } };
  const created = await fetch(`${platform.url}/stores/v1/products`, {
    method: "POST",
    headers: { authorization: String(body.accessToken), "content-type": "application/json" },
    body: JSON.stringify({ product }),
  });
  expect(created.status).toBe(200);
  await says(`Hello App received the new product Mug & Co${suffix}`);
  expect(await (await fetch(url)).text()).toContain("<li>Mug &#38; Co</li>");
});

test("rejects a page request without the parameter of the platform", async () => {
  await says(/^Its page, for four hours {3}(http.*)$/m);
  const [, url = ""] = /^Its page, for four hours {3}(http.*)$/m.exec(output) ?? [];
  const forged = new URL(url);
  forged.searchParams.set("instance", `${forged.searchParams.get("instance")}x`);
  const page = await fetch(forged);
  expect([page.status, await page.text()]).toEqual([
    401,
    expect.stringContaining("Open this page from the dashboard of your site."),
  ]);
});

test.each([
  [
    "there is no platform",
    {},
    "hello-app: No platform is running. Start one in another terminal, in this directory: npm start",
  ],
  [
    "the platform has been stopped",
    {
      ...{ APP_ID: "a", APP_SECRET: "s", INSTANCE_ID: "i", SITE_ID: "s", LATCHKEY_ADMIN_KEY: "k", PORT: "0" },
      LATCHKEY_URL: "http://127.0.0.1:9",
    },
    "hello-app: The platform at http://127.0.0.1:9 does not respond. Start it in another terminal, in this directory: npm start",
  ],
])("prints advice when %s", async (_rule, env, advice) => {
  const lonely = spawn(process.execPath, [...childFlags(), "examples/hello-app/main.ts"], {
    ...{ cwd: root, env: { PATH: process.env.PATH, ...env } },
  });
  let text = "";
  lonely.stderr.on("data", (chunk) => (text += chunk));
  const code = await new Promise((resolve) => lonely.on("close", resolve));
  expect([code, text]).toEqual([1, expect.stringContaining(advice)]);
});
