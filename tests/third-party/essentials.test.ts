import { createApp } from "@latchkey/sdk";
import { runAs } from "@latchkey/sdk/essentials";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { managementCaller } from "@latchkey/test-support/management-client";
import { auth, httpClient } from "@wix/essentials";
import { products } from "@wix/stores";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

// The unchanged `@wix/essentials` and `@wix/stores` in our app, without a client and without credentials in code.

let platform: TestPlatform;
let app: Awaited<ReturnType<TestPlatform["createApp"]>>;
const requests: [path: string, cache: unknown][] = [];

beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores], seed: "third-party essentials" });
  app = await platform.createApp({ scopes: ["SCOPE.DC-STORES.MANAGE-PRODUCTS"] });
  const { fetch } = globalThis;
  vi.stubGlobal("fetch", (input: RequestInfo | URL, init?: RequestInit) => {
    if (!String(input).startsWith(platform.url)) throw new Error(`${input} is not the platform.`);
    requests.push([new URL(String(input)).pathname, init?.cache]);
    return fetch(input, init);
  });
});
afterAll(async () => {
  vi.unstubAllGlobals();
  await platform.close();
});

const connect = () => createApp({ appId: app.appId, appSecret: app.secret.value, apiUrl: platform.url });

const physical = (name: string) => ({
  ...{ name, productType: products.ProductType.physical, priceData: { price: 9 } },
});

async function install(name: string) {
  const { siteId } = await platform.createSite({ name });
  const { instanceId } = await platform.install({ appId: app.appId, siteId });
  return { instanceId, siteId };
}

async function siteSeen(): Promise<unknown> {
  const response = await httpClient.fetchWithAuth("https://www.wixapis.com/apps/v1/instance");
  return ((await response.json()) as { site: { siteDisplayName: string } }).site.siteDisplayName;
}

test("acts as the instance of the context, without a client", async () => {
  const { instanceId, siteId } = await install("Corner Shop");
  await runAs(connect().instance(instanceId), async () => {
    expect(await siteSeen()).toBe("Corner Shop");
    expect(await auth.getTokenInfo()).toMatchObject({ active: true, subjectType: "APP", instanceId, siteId });
    const { product } = await products.createProduct(physical("Mug"));
    const { items } = await products.queryProducts().find();
    expect(items.map((item) => item._id)).toEqual([product?._id]);
    const getProduct = auth.elevate(products.getProduct);
    expect((await getProduct(product?._id ?? "")).product?.name).toBe("Mug");
  });
});

test("FR-E1: bypasses caches, also in third-party functions that use the global fetch", async () => {
  const { instanceId } = await install("Fresh Shop");
  requests.length = 0;
  await runAs(connect().instance(instanceId), () => auth.getTokenInfo());
  expect(requests).toEqual([
    ["/oauth2/token", "no-store"],
    ["/oauth2/token-info", "no-store"],
  ]);
});

test("keeps the contexts of 200 concurrent handlers separate", async () => {
  const installed = await Promise.all(Array.from({ length: 20 }, (_, n) => install(`Shop ${n}`)));
  const own = connect();
  const seen = await Promise.all(
    Array.from({ length: 200 }, (_, n) => runAs(own.instance(installed[n % 20]?.instanceId ?? ""), siteSeen)),
  );
  expect(seen).toEqual(Array.from({ length: 200 }, (_, n) => `Shop ${n % 20}`));
});

describe("on a page", () => {
  test("calls have the permissions of the user, elevated calls those of the app", async () => {
    const { instanceId, siteId } = await install("Book Shop");
    const call = managementCaller(platform);
    await call("PUT /roles/VIEWER", { body: { permissions: ["WIX_STORES.READ_PRODUCTS"] } });
    await call(`PUT /sites/${siteId}/members/user-1`, { body: { role: "VIEWER" } });
    const { body } = await call(`POST /instances/${instanceId}/user-token`, {
      body: { accountId: "user-1" },
    });
    const request = new Request("http://127.0.0.1/api", {
      headers: { authorization: String(body.accessToken) },
    });
    const { user, userId } = await connect().authenticate.user(request);
    expect(userId).toBe("user-1");
    await runAs(user, async () => {
      expect(await auth.getTokenInfo()).toMatchObject({
        subjectType: "USER",
        subjectId: "user-1",
        instanceId,
      });
      expect((await products.queryProducts().find()).items).toEqual([]);
      const book = physical("Book");
      await expect(products.createProduct(book)).rejects.toThrow(
        "Permission WIX_STORES.MODIFY_PRODUCTS is required",
      );
      expect((await auth.elevate(products.createProduct)(book)).product?.name).toBe("Book");
    });
  });
});
