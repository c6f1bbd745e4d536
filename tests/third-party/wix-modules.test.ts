import { AppStrategy, createApp, createClient, LatchkeyError } from "@latchkey/sdk";
import { createManagement } from "@latchkey/server/dev";
import { appInstances } from "@wix/app-management";
import { collections, products } from "@wix/stores";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Demo, startDemo } from "../docs/demo.ts";

// The unchanged REST modules of the third-party packages in our client.
const modules = { products, collections, appInstances };
const unknown = "00000000-0000-4000-8000-000000000000";
let demo: Demo;
let credentials: { appId: string; appSecret: string; instanceId: string };

beforeAll(async () => {
  demo = await startDemo();
  const { APP_ID = "", APP_SECRET = "", INSTANCE_ID = "" } = demo.variables;
  credentials = { appId: APP_ID, appSecret: APP_SECRET, instanceId: INSTANCE_ID };
});
afterAll(() => demo.close());

/** Records the URLs of a client's requests. */
function connect(change: object = {}, response?: (url: string) => Response | undefined) {
  const sent: { url: string; method: string; token: string | null }[] = [];
  const client = createClient({
    auth: AppStrategy({ ...credentials, ...change }),
    modules,
    apiUrl: demo.variables.LATCHKEY_URL ?? "",
    fetch: async (input, init = {}) => {
      const url = String(input);
      sent.push({ url, method: init.method ?? "GET", token: new Headers(init.headers).get("authorization") });
      return response?.(url) ?? fetch(input, init);
    },
  });
  return { client, sent };
}

async function refusalOf(
  work: Promise<unknown>,
): Promise<LatchkeyError & { details?: Record<string, unknown> }> {
  try {
    await work;
  } catch (error) {
    if (LatchkeyError.is(error)) return error;
    throw error;
  }
  return expect.fail("There was no error.");
}

describe("the third-party modules in our client", () => {
  test("query, read and write, with their own names and dates", async () => {
    const { client } = connect();
    const { items, totalCount } = await client.products.queryProducts().startsWith("name", "colombia").find();
    expect([items.map(({ name }) => name), totalCount]).toEqual([["Colombia Huila"], 1]);
    const { product } = await client.products.getProduct(items[0]?._id ?? "");
    expect(product?._createdDate).toBeInstanceOf(Date);
    const { instance } = await client.appInstances.getAppInstance();
    expect(instance?.instanceId).toBe(credentials.instanceId);
    expect((await client.collections.queryCollections().find()).items).not.toEqual([]);
  });

  test("get their usual host, and their requests go to the platform only", async () => {
    const { client, sent } = connect();
    await client.products.queryProducts().find();
    const ids = Array.from({ length: 150 }, (_, index) => `00000000-0000-4000-8000-${index + 1e11}`);
    await client.products.queryProducts().in("_id", ids).find();
    await client.products.getProduct(unknown).catch(() => undefined);
    const path = "/stores-reader/v1/products";
    expect(sent.map(({ method, url }) => `${method} ${url.split("?")[0]}`)).toEqual(
      [
        "POST /oauth2/token",
        `GET ${path}/query-platformized`,
        `POST ${path}/query-platformized`,
        `GET ${path}/${unknown}`,
      ].map((each) => each.replace(" ", ` ${demo.variables.LATCHKEY_URL}`)),
    );
  });

  test("share one token request among 20 first calls, where the third-party client sends 20", async () => {
    const { client, sent } = connect();
    await Promise.all(Array.from({ length: 20 }, () => client.products.queryProducts().limit(1).find()));
    expect(sent.filter(({ url }) => url.endsWith("/oauth2/token"))).toHaveLength(1);
  });

  test("get one new token after a 401", async () => {
    const { client, sent } = connect();
    await client.products.queryProducts().find();
    const { LATCHKEY_ADMIN_KEY = "", LATCHKEY_URL = "" } = demo.variables;
    const { call } = createManagement(LATCHKEY_URL, LATCHKEY_ADMIN_KEY);
    await call("POST", `/instances/${credentials.instanceId}/revoke-tokens`, {});
    expect((await client.products.queryProducts().find()).items).toHaveLength(22);
    expect(new Set(sent.map(({ token }) => token)).size).toBe(3);
  });

  test("can be given to an app, for all of its instances", async () => {
    const { instanceId, ...app } = credentials;
    const { LATCHKEY_URL: apiUrl } = demo.variables;
    const handle = createApp({ ...app, apiUrl, modules }).instance(instanceId);
    expect((await handle.products.queryProducts().find()).items).toHaveLength(22);
  });

  test("keep enumerations and builders; events exist on a client and not on an instance handle", () => {
    const { client } = connect();
    expect(client.products.SortOrder.DESC).toBe("DESC");
    expect(client.products.utils.query.Filter("name").eq("Mug").filter).toEqual({ name: { $eq: "Mug" } });
    expect(client.products.onProductCreated).toBeTypeOf("function");
    const { instanceId, ...app } = credentials;
    const { LATCHKEY_URL: apiUrl } = demo.variables;
    const handle = createApp({ ...app, apiUrl, modules }).instance(instanceId);
    expect(Object.keys(handle.products)).not.toContain("onProductCreated");
    // @ts-expect-error instances have no events
    handle.products.onProductCreated;
  });
});

describe("an error", () => {
  test("has our code, and the details of the third-party client", async () => {
    const { client } = connect();
    const error = await refusalOf(client.products.getProduct(unknown));
    expect([error.code, error.status, error.reason]).toEqual(["not_found", 404, "PRODUCT_NOT_FOUND"]);
    expect(error.message).toContain("failed with status 404");
    expect(error.details).toMatchObject({ applicationError: { code: "PRODUCT_NOT_FOUND" } });
    expect(error.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("has violations under the wire's names, and in the details under those of the arguments", async () => {
    const { client } = connect();
    const product = { name: "Mug", productType: "physical", priceData: { price: -1 } } as const;
    const error = await refusalOf(client.products.updateProduct(unknown, product));
    expect([error.code, error.violations?.map(({ field }) => field)]).toEqual([
      "validation_failed",
      ["product.priceData.price"],
    ]);
    expect(error.details).toMatchObject({
      validationError: { fieldViolations: [{ field: "product.priceData.price" }] },
    });
  });

  test("for which the platform has no code has the status as its code in the details", async () => {
    const { client } = connect({}, (url) =>
      url.includes("/products/") ? new Response("<html>", { status: 403 }) : undefined,
    );
    const error = await refusalOf(client.products.getProduct(unknown));
    expect([error.code, error.status]).toEqual(["permission_denied", 403]);
    expect(error.details).toMatchObject({ applicationError: { code: 403 } });
  });

  test("of a token request has our code, not the system error of the third-party client", async () => {
    const { client } = connect({ instanceId: unknown });
    const calls = [client.products.getProduct(unknown), client.products.queryProducts().find()];
    for (const error of await Promise.all(calls.map(refusalOf))) {
      expect([error.code, error.status, error.reason]).toEqual([
        "token_request_failed",
        404,
        "invalid_grant",
      ]);
      expect(error.message).toMatch(/^The token request failed with status 404/);
      expect(JSON.parse(JSON.stringify(error))).toMatchObject({ code: "token_request_failed", status: 404 });
    }
  });

  test("of the network has our code", async () => {
    const { client } = connect({}, () => {
      throw new TypeError("fetch failed");
    });
    const error = await refusalOf(client.products.queryProducts().find());
    expect([error.code, error.status]).toEqual(["network", undefined]);
    expect(error.message).toContain("could not be sent");
  });
});
