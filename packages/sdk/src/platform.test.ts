import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { failureOf, printedForms } from "@latchkey/test-support/sdk/failure";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AppStrategy, createApp, createClient } from "./index.ts";
import { createResourceServer } from "./resource-server/index.ts";
import { products } from "./stores/index.ts";

const READ = "SCOPE.DC-STORES.READ-PRODUCTS";
const MANAGE = "SCOPE.DC-STORES.MANAGE-PRODUCTS";
const HOUR = 3_600_000;

interface Demo {
  readonly appId: string;
  readonly siteId: string;
  readonly instanceId: string;
  readonly publicKey: string;
  readonly secret: string;
}

describe("against the real platform", () => {
  let platform: TestPlatform;
  let demo: Demo;

  beforeAll(async () => {
    platform = await createTestPlatform({ resources: [stores], seed: "sdk" });
    const response = await fetch(`${platform.url}/admin/v1/dev/demo`, {
      method: "POST",
      headers: { authorization: `Bearer ${platform.adminKey}`, "content-type": "application/json" },
      body: "{}",
    });
    expect(response.status).toBe(200);
    demo = (await response.json()) as Demo;
  });

  afterAll(() => platform.close());

  /** Creates a `fetch` that counts requests to the token endpoint and to the API. */
  function counted() {
    const counts = { tokens: 0, calls: 0 };
    const countingFetch: typeof fetch = (input, init) => {
      counts[String(input).endsWith("/oauth2/token") ? "tokens" : "calls"] += 1;
      return fetch(input, init);
    };
    return { counts, fetch: countingFetch };
  }

  function clientOf(change: object = {}, options: object = {}) {
    const auth = AppStrategy({
      appId: demo.appId,
      appSecret: demo.secret,
      instanceId: demo.instanceId,
      ...change,
    });
    return createClient({
      auth,
      modules: { products },
      apiUrl: platform.url,
      clock: platform.clock,
      ...options,
    });
  }

  async function installed(scopes: readonly string[], grant = scopes) {
    const app = await platform.createApp({
      scopes: scopes.map((scopeId) => ({ scopeId, optional: true })),
    });
    const { instanceId } = await platform.install({ appId: app.appId, siteId: demo.siteId, grant });
    return { appId: app.appId, appSecret: app.secret.value, instanceId };
  }

  it("runs the article's sample with only the import changed", async () => {
    process.env.LATCHKEY_URL = platform.url;
    try {
      const myClient = createClient({
        auth: AppStrategy({
          appId: demo.appId,
          appSecret: demo.secret,
          publicKey: demo.publicKey,
          instanceId: demo.instanceId,
        }),
        modules: {
          products,
        },
      });
      const { items } = await myClient.products.queryProducts().find();
      // The shop has 24 products. Two of them are hidden.
      expect(items).toHaveLength(22);
      expect(items[0]?._id).toMatch(/^[0-9a-f-]{36}$/);
      expect(items[0]?._createdDate).toBeInstanceOf(Date);
    } finally {
      delete process.env.LATCHKEY_URL;
    }
  });

  it("filters, sorts and pages products with the builder", async () => {
    const query = clientOf().products.queryProducts();
    const all = await query.ascending("price").limit(100).find();
    const prices = all.items.map(({ priceData }) => priceData.price);
    expect(prices).toEqual([...prices].sort((one, other) => one - other));
    const middle = prices[12] ?? 0;

    const dear = await query.gt("price", middle).descending("price", "name").limit(3).find();
    expect(dear.totalCount).toBe(prices.filter((price) => price > middle).length);
    expect(dear.items.map(({ priceData }) => priceData.price)).toEqual(prices.slice(-3).reverse());
    expect(dear.hasNext()).toBe(true);
    const next = await dear.next();
    expect(next.currentPage).toBe(1);
    expect(next.items[0]?._id).not.toBe(dear.items[0]?._id);

    const [one] = all.items;
    const same = await query
      .hasSome("_id", [one?._id ?? ""])
      .eq("slug", one?.slug ?? "")
      .ge("_createdDate", one?._createdDate ?? "")
      .startsWith("name", one?.name.slice(0, 2) ?? "")
      .contains("name", one?.name.slice(1, 3) ?? "")
      .find();
    expect(same.items).toEqual([one]);
  });

  it("pages all products by cursor, forward and back", async () => {
    const { products: own } = clientOf();
    const all = await own.queryProducts({ sort: [{ fieldName: "_createdDate" }], paging: { limit: 100 } });
    const pages = [
      await own.queryProducts({ sort: [{ fieldName: "_createdDate" }], cursorPaging: { limit: 10 } }),
    ];
    for (let cursor = pages[0]?.metadata.cursors?.next; cursor !== undefined; ) {
      const page = await own.queryProducts({ cursorPaging: { limit: 10, cursor } });
      pages.push(page);
      cursor = page.metadata.cursors?.next;
    }
    const ids = pages.map((page) => page.products.map(({ _id }) => _id));
    expect(ids.flat()).toEqual(all.products.map(({ _id }) => _id));
    expect(pages).toHaveLength(3);
    const { prev = "" } = pages[1]?.metadata.cursors ?? {};
    const back = await own.queryProducts({ cursorPaging: { limit: 10, cursor: prev } });
    expect(back.products.map(({ _id }) => _id)).toEqual(ids[0]);
  });

  it("reports each invalid field of a query", async () => {
    const error = await failureOf(clientOf().products.queryProducts().limit(101).find());
    expect(error).toMatchObject({ code: "validation_failed", status: 400, requestId: expect.any(String) });
    expect(error.violations).toEqual([
      expect.objectContaining({ field: "query.paging.limit", violatedRule: "MAX", data: { threshold: 100 } }),
    ]);
  });

  it("FR-D §3: names the unknown field of a query, and only fields that its builder takes", async () => {
    const query = clientOf().products.queryProducts();
    const error = await failureOf(query.gt("prize" as "price", 5).find());
    expect([error.code, error.status]).toEqual(["validation_failed", 400]);
    expect(error.message).toContain(
      "query.filter: has the unknown field prize (did you mean price?); use one of",
    );
    for (const [name, value] of [
      ["id", demo.siteId],
      ["createdDate", "2026-01-02T03:04:05Z"],
    ] as const) {
      expect(error.message).toContain(` ${name},`);
      expect((await query.eq(name as "_id", value).find()).items).toEqual([]);
    }
  });

  it("FR-D §3: separates the invalid fields of a product", async () => {
    const product = { name: "", productType: "gift" as "physical", priceData: { price: "5" as never } };
    const error = await failureOf(clientOf().products.createProduct(product));
    expect([error.code, error.status]).toEqual(["validation_failed", 400]);
    expect(error.message).toContain(
      "(Validation failed: product.name: must not be empty; product.productType: must be one of physical, digital; product.priceData.price: must be a number)",
    );
  });

  it("requests one token for 1,000 first calls, and one more after its expiry", async () => {
    const { counts, fetch } = counted();
    const client = clientOf({}, { fetch });
    const call = async () => {
      const response = await client.fetchWithAuth("/apps/v1/instance");
      // The connection stays in use until the response is read.
      await response.text();
      return response.status;
    };
    const callAll = async () => new Set(await Promise.all(Array.from({ length: 1_000 }, call)));
    expect(await callAll()).toEqual(new Set([200]));
    expect(counts).toEqual({ tokens: 1, calls: 1_000 });
    await platform.clock.advance(4 * HOUR);
    expect(await callAll()).toEqual(new Set([200]));
    expect(counts).toEqual({ tokens: 2, calls: 2_000 });
  });

  it("gets one new token and retries once after a reinstall revoked the old one", async () => {
    const { counts, fetch } = counted();
    const app = await installed([READ]);
    const client = clientOf(app, { fetch });
    await client.products.queryProducts().find();
    await platform.remove(app.instanceId);
    await platform.install({ appId: app.appId, siteId: demo.siteId, grant: [READ] });
    expect((await client.products.queryProducts().find()).items).not.toEqual([]);
    expect(counts).toEqual({ tokens: 2, calls: 3 });
  });

  it("explains why a removed instance gets no token", async () => {
    const app = await installed([READ]);
    const client = clientOf(app);
    await client.products.queryProducts().find();
    await platform.remove(app.instanceId);
    const error = await failureOf(client.products.queryProducts().find());
    expect(error).toMatchObject({ code: "token_request_failed", status: 404, reason: "invalid_grant" });
    expect(error.requestId).toEqual(expect.any(String));
    expect(printedForms(error)).not.toContain(app.appSecret);
  });

  it("explains why a wrong secret gets no token, without showing the secret", async () => {
    const wrong = "lks_00000000000000000000000000000000000000000003GTfko";
    const error = await failureOf(clientOf({ appSecret: wrong }).products.queryProducts().find());
    expect(error).toMatchObject({
      code: "token_request_failed",
      status: 401,
      reason: "invalid_client",
      retryable: false,
    });
    expect(error.requestId).toEqual(expect.any(String));
    expect(error.message).toContain("Check appId and appSecret");
    expect(printedForms(error)).not.toContain(wrong);
  });

  it("names the permission that the owner revoked", async () => {
    const app = await installed([READ]);
    const client = clientOf(app);
    await client.products.queryProducts().find();
    await platform.approve(app.instanceId, []);
    const error = await failureOf(client.products.queryProducts().find());
    expect(error).toMatchObject({
      code: "permission_denied",
      status: 403,
      reason: "PERMISSION_DENIED",
      permission: "WIX_STORES.READ_PRODUCTS",
    });
  });

  it("narrows the token of a handle to the requested scopes", async () => {
    const { appId, appSecret, instanceId } = await installed([READ, MANAGE]);
    const app = createApp({ appId, appSecret, apiUrl: platform.url, clock: platform.clock });
    const hiddenToo = {
      method: "POST",
      body: '{"includeHiddenProducts":true}',
      headers: { "content-type": "application/json" },
    };
    const askedAs = async (scopes?: string[]): Promise<number> =>
      (await app.instance(instanceId, { scopes }).fetchWithAuth("/stores/v1/products/query", hiddenToo))
        .status;
    expect(await askedAs()).toBe(200);
    expect(await askedAs([READ])).toBe(403);
    expect(await askedAs([READ, MANAGE])).toBe(200);
    const error = await failureOf(
      app.instance(instanceId, { scopes: ["SCOPE.NO-SUCH"] }).fetchWithAuth("/apps/v1/instance"),
    );
    expect(error).toMatchObject({ code: "token_request_failed", status: 400, reason: "invalid_scope" });
  });

  it("calls a resource with a token for it, as the instance", async () => {
    const identifier = "urn:example:bookings";
    const admin = async (path: string, body: object): Promise<{ value: string }> => {
      const response = await fetch(`${platform.url}/admin/v1/${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${platform.adminKey}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      expect(response.status).toBe(200);
      return response.json();
    };
    await admin("resources", { identifier, name: "Bookings" });
    const key = await admin("api-keys", {
      name: "Bookings",
      scopes: ["tokens:introspect"],
      resource: identifier,
    });
    const guard = createResourceServer({ issuer: platform.url, audience: identifier, apiKey: key.value });
    const api = createServer((request, response) => {
      guard.require(request).then(
        (access) => response.end(JSON.stringify(access)),
        (error) => response.writeHead(error.status).end(),
      );
    }).listen(0, "127.0.0.1");
    await once(api, "listening");
    const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
    const { appId, appSecret, instanceId } = await installed([READ]);
    const app = createApp({ appId, appSecret, apiUrl: platform.url, clock: platform.clock });
    const response = await app.instance(instanceId).resource({ identifier, url }).fetchWithAuth("/bookings");
    expect(await response.json()).toMatchObject({ appId, instanceId, siteId: demo.siteId });
    api.closeAllConnections();
    await promisify(api.close.bind(api))();
  });

  it("narrows the exchange of a page's token to the requested scopes", async () => {
    const app = await installed([READ, MANAGE]);
    const { headers } = await clientOf(app).auth.getAuthHeaders();
    const ofPage = { ...app, instanceId: undefined, accessToken: headers.Authorization };
    const deletesAs = async (scopes?: string[]): Promise<number> => {
      const path = "/stores/v1/products/00000000-0000-4000-8000-000000000000";
      return (await clientOf({ ...ofPage, scopes }).fetchWithAuth(path, { method: "DELETE" })).status;
    };
    expect(await deletesAs()).toBe(404);
    expect(await deletesAs([READ])).toBe(403);
  });
});
