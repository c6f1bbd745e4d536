import {
  createManagement,
  type Demo,
  type DemoEnv,
  type Management,
  prepareDemo,
  shellCommands,
} from "@latchkey/server/dev";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Output, Step } from "./output.ts";
import { runWalkthrough } from "./walkthrough.ts";

let platform: TestPlatform;
let management: Management;

beforeEach(async () => {
  platform = await createTestPlatform({ resources: [stores] });
  management = createManagement(platform.url, platform.adminKey);
});
afterEach(() => platform.close());

/** What `npm start` does once its server listens. */
async function start(env: DemoEnv = {}): Promise<{ demo: Demo; results: string[] }> {
  const { url } = platform;
  const demo = await prepareDemo({ management, url }, env);
  const results: string[] = [];
  const step = ({ result }: Step): void => void results.push(...result);
  const output: Output = { title() {}, step, end() {} };
  await runWalkthrough({
    url,
    demo,
    credentialsFile: ".latchkey/demo.env",
    commands: shellCommands("sh"),
    management,
    output,
  });
  return { demo, results };
}

const secrets = { appSecret: "", password: "" };
const fileOf = ({ appId, appSecret }: Demo): DemoEnv => ({ APP_ID: appId, APP_SECRET: appSecret });

interface Secrets {
  readonly items: readonly { readonly secretId: string; readonly primary: boolean }[];
}

/** Replaces the app's secret as `docs/guides/protect-your-secrets.md` says, and ends the old one. */
async function replaceSecret({ appId }: Demo, end: "delete" | "compromise"): Promise<void> {
  const secrets = `/apps/${appId}/secrets`;
  const { items } = await management.call<Secrets>("GET", secrets);
  const old = items.find(({ primary }) => primary)?.secretId;
  const { secretId } = await management.call<{ secretId: string }>("POST", secrets, { name: "From June" });
  await management.call("POST", `${secrets}/${secretId}/promote`);
  if (end === "delete") await management.call("DELETE", `${secrets}/${old}`);
  else await management.call("POST", `${secrets}/${old}/compromise`);
}

describe("the demo exists and its walkthrough runs", () => {
  const changes: readonly (readonly [string, (demo: Demo) => Promise<unknown>])[] = [
    ["nothing", async () => {}],
    ["its secret was replaced", (demo) => replaceSecret(demo, "delete")],
    ["its secret was marked compromised", (demo) => replaceSecret(demo, "compromise")],
    ["the app was disabled", ({ appId }) => management.call("PATCH", `/apps/${appId}`, { enabled: false })],
    ["the app asks for no scopes", ({ appId }) => management.call("PATCH", `/apps/${appId}`, { scopes: [] })],
    [
      "the app's tokens are spelled as Wix spells them",
      ({ appId }) => management.call("PATCH", `/apps/${appId}`, { tokenFormat: "wix" }),
    ],
    [
      "the app was deleted",
      async ({ appId, instanceId }) => {
        await management.call("DELETE", `/instances/${instanceId}`);
        await management.call("DELETE", `/apps/${appId}`);
      },
    ],
    ["the site was deleted", ({ siteId }) => management.call("DELETE", `/sites/${siteId}`)],
    [
      "the app was removed from the site",
      ({ instanceId }) => management.call("DELETE", `/instances/${instanceId}`),
    ],
    [
      "the instance was suspended",
      ({ instanceId }) => management.call("POST", `/instances/${instanceId}/suspend`),
    ],
    [
      "the app asks for no scopes and the owner approved that",
      async ({ appId, instanceId }) => {
        await management.call("PATCH", `/apps/${appId}`, { scopes: [] });
        await management.call("POST", `/instances/${instanceId}/approve`, { grant: [] });
      },
    ],
    ["a month has passed", () => management.call("POST", "/dev/clock", { advance: "30d" })],
  ];

  test.each(changes)("after: %s", async (_, change) => {
    const first = await start();
    await change(first.demo);
    const again = await start(fileOf(first.demo));
    expect({ ...again.demo, ...secrets }).toEqual({ ...first.demo, ...secrets });
    expect(again.results).toContain("200  22 products");
    expect(again.results).toContain("instanceId unchanged");
    expect(again.results.slice(-2)).toEqual(["401  with the old token", "the app received: AppInstalled"]);
  });
});

test("a secret that works is kept, one that does not is replaced by a new one", async () => {
  const first = await start();
  const same = await start(fileOf(first.demo));
  expect(same.demo.appSecret).toBe(first.demo.appSecret);
  await replaceSecret(first.demo, "delete");
  const other = await start(fileOf(first.demo));
  expect(other.demo.appSecret).toMatch(/^lks_/);
  expect(other.demo.appSecret).not.toBe(first.demo.appSecret);
});

test("a password that signs in is kept, and a lost one is replaced, for the same account", async () => {
  const { url } = platform;
  const first = await prepareDemo({ management, url }, {});
  const same = await prepareDemo({ management, url }, { DASHBOARD_PASSWORD: first.password });
  expect(same.password).toBe(first.password);
  const other = await prepareDemo({ management, url }, { DASHBOARD_PASSWORD: "lost" });
  expect(other.password).not.toBe(first.password);
  const { items } = await management.call<{ items: object[] }>("GET", "/accounts");
  expect(items).toMatchObject([{ email: "demo@example.com", isDeveloper: true, isOperator: true }]);
});

test("the file of credentials can be lost again and again", async () => {
  for (let count = 0; count < 12; count += 1) {
    await prepareDemo({ management, url: platform.url }, {});
  }
  await start();
});

test("the page of the demo's app opens, and its plugin responds, also after the next start", async () => {
  let env: DemoEnv = {};
  for (let round = 0; round < 2; round += 1) {
    const { demo } = await start(env);
    env = fileOf(demo);
    const { appId, instanceId, siteId } = demo;
    const { items } = await management.call<{ items: { extensionId: string; kind: string }[] }>(
      "GET",
      `/apps/${appId}/extensions`,
    );
    expect(items.map(({ kind }) => kind).toSorted()).toEqual(["IFRAME_PAGE", "SERVICE_PLUGIN"]);
    const extensionId = items.find(({ kind }) => kind === "IFRAME_PAGE")?.extensionId;
    await management.call("PUT", `/sites/${siteId}/members/demo-owner`, { role: "OWNER" });
    const { url } = await management.call<{ url: string }>("POST", `/instances/${instanceId}/page-url`, {
      extensionId,
      accountId: "demo-owner",
    });
    const page = await fetch(url);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("Hello, demo-owner")]);
    const { results } = await management.call<{ results: unknown[] }>("POST", "/service-plugins/call", {
      siteId,
      componentType: "ECOM_SHIPPING_RATES",
      method: "getShippingRates",
      request: { lineItems: [{ name: "Mug", quantity: 2, price: "14.00" }] },
    });
    expect(results).toEqual([
      expect.objectContaining({
        response: {
          shippingRates: [{ code: "hello", title: "Hello App", cost: { price: "4.00", currency: "USD" } }],
        },
      }),
    ]);
  }
});
