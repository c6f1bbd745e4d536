import { failureOf } from "@latchkey/test-support/sdk/failure";
import {
  CREDENTIALS,
  createScriptedPlatform,
  json,
  type Script,
} from "@latchkey/test-support/sdk/scripted-platform";
import { describe, expect, it } from "vitest";
import { AppStrategy } from "../app-strategy.ts";
import { createClient } from "../create-client.ts";
import { collections, products } from "./index.ts";

function connect(script: Script = {}) {
  const platform = createScriptedPlatform(script);
  const modules = { products, collections };
  return { platform, client: createClient({ auth: AppStrategy(CREDENTIALS), modules, ...platform.options }) };
}

type Connected = ReturnType<typeof connect>["client"];
type Sent = readonly [method: string, path: string, body?: unknown];

const reader = "/stores-reader/v1";
const writer = "/stores/v1";

describe("what a method sends", () => {
  it.each<[string, (client: Connected) => Promise<unknown>, Sent]>([
    ["getProduct", ({ products }) => products.getProduct("p1"), ["GET", `${reader}/products/p1`]],
    [
      "getProduct for the merchant",
      ({ products }) => products.getProduct("p1", { includeMerchantSpecificData: true }),
      ["GET", `${reader}/products/p1?includeMerchantSpecificData=true`],
    ],
    [
      "createProduct",
      ({ products }) => products.createProduct({ name: "Mug", priceData: { price: 1 } }),
      ["POST", `${writer}/products`, { product: { name: "Mug", priceData: { price: 1 } } }],
    ],
    [
      "updateProduct",
      ({ products }) => products.updateProduct("p1", { name: "Cup" }),
      ["PATCH", `${writer}/products/p1`, { product: { name: "Cup", id: "p1" } }],
    ],
    ["deleteProduct", ({ products }) => products.deleteProduct("p1"), ["DELETE", `${writer}/products/p1`]],
    [
      "queryProductVariants",
      ({ products }) => products.queryProductVariants("p1", { choices: { Size: "S" } }),
      ["POST", `${reader}/products/p1/variants/query`, { choices: { Size: "S" }, id: "p1" }],
    ],
    [
      "getProductOptionsAvailability",
      ({ products }) => products.getProductOptionsAvailability("p1", { Size: "S" }),
      ["POST", `${reader}/products/p1/productOptionsAvailability`, { id: "p1", options: { Size: "S" } }],
    ],
    [
      "queryStoreVariants",
      ({ products }) => products.queryStoreVariants({ filter: { _id: { $eq: "p1-v1" } } }),
      ["POST", `${reader}/variants/query`, { query: { filter: { id: { $eq: "p1-v1" } } } }],
    ],
    [
      "getStoreVariant",
      ({ products }) => products.getStoreVariant("p1.v1"),
      ["GET", `${reader}/variants/p1.v1`],
    ],
    [
      "updateProductVariants",
      ({ products }) => products.updateProductVariants("p1", [{ variantIds: ["v1"], price: 2 }]),
      ["PATCH", `${writer}/products/p1/variants`, { id: "p1", variants: [{ variantIds: ["v1"], price: 2 }] }],
    ],
    [
      "resetAllProductVariantData",
      ({ products }) => products.resetAllProductVariantData("p1"),
      ["POST", `${writer}/products/p1/variants/resetToDefault`, { id: "p1" }],
    ],
    [
      "bulkUpdateProductsProperty",
      ({ products }) => products.bulkUpdateProductsProperty(["p1", "p2"], { price: 3 }),
      ["POST", `${writer}/bulk/products/update`, { ids: ["p1", "p2"], set: { price: 3 } }],
    ],
    [
      "bulkAdjustProductProperty",
      ({ products }) => products.bulkAdjustProductProperty({ price: { amount: 1 } }, ["p1"]),
      [
        "POST",
        `${writer}/bulk/products/adjust-properties`,
        { adjust: { price: { amount: 1 } }, ids: ["p1"] },
      ],
    ],
    [
      "addProductsToCollection",
      ({ products }) => products.addProductsToCollection("c1", ["p1"]),
      ["POST", `${writer}/collections/c1/productIds`, { id: "c1", productIds: ["p1"] }],
    ],
    [
      "removeProductsFromCollection",
      ({ products }) => products.removeProductsFromCollection("c1", ["p1"]),
      ["POST", `${writer}/collections/c1/productIds/delete`, { id: "c1", productIds: ["p1"] }],
    ],
    [
      "addProductMedia",
      ({ products }) => products.addProductMedia("p1", [{ url: "https://a.test/1.png" }]),
      ["POST", `${writer}/products/p1/media`, { id: "p1", media: [{ url: "https://a.test/1.png" }] }],
    ],
    [
      "removeProductMedia",
      ({ products }) => products.removeProductMedia("p1", ["m1"]),
      ["POST", `${writer}/products/p1/media/delete`, { id: "p1", mediaIds: ["m1"] }],
    ],
    [
      "addProductMediaToChoices",
      ({ products }) => products.addProductMediaToChoices("p1", [{ option: "Size", choice: "S" }]),
      [
        "PATCH",
        `${writer}/products/p1/choices/media`,
        { id: "p1", media: [{ option: "Size", choice: "S" }] },
      ],
    ],
    [
      "removeProductMediaFromChoices",
      ({ products }) => products.removeProductMediaFromChoices("p1", [{ option: "Size", choice: "S" }]),
      [
        "POST",
        `${writer}/products/p1/choices/media/delete`,
        { id: "p1", media: [{ option: "Size", choice: "S" }] },
      ],
    ],
    [
      "deleteProductOptions",
      ({ products }) => products.deleteProductOptions("p1"),
      ["DELETE", `${writer}/products/p1/options`],
    ],
    [
      "removeBrand",
      ({ products }) => products.removeBrand("p1"),
      ["POST", `${writer}/products/p1/remove-brand`, { id: "p1" }],
    ],
    [
      "removeRibbon",
      ({ products }) => products.removeRibbon("p1"),
      ["POST", `${writer}/products/p1/remove-ribbon`, { id: "p1" }],
    ],
    ["getCollection", ({ collections }) => collections.getCollection("c1"), ["GET", "/v2/collections/c1"]],
    [
      "getCollectionBySlug",
      ({ collections }) => collections.getCollectionBySlug("mugs"),
      ["GET", "/v2/collections/slug/mugs"],
    ],
    [
      "createCollection",
      ({ collections }) => collections.createCollection({ name: "Mugs" }),
      ["POST", `${writer}/collections`, { collection: { name: "Mugs" } }],
    ],
    [
      "updateCollection",
      ({ products }) => products.updateCollection("c1", { visible: false }),
      ["PATCH", `${writer}/collections/c1`, { collection: { visible: false, id: "c1" } }],
    ],
    [
      "deleteCollection",
      ({ collections }) => collections.deleteCollection("c1"),
      ["DELETE", `${writer}/collections/c1`],
    ],
    [
      "queryCollections",
      ({ collections }) => collections.queryCollections({ paging: { limit: 1 } }),
      ["GET", "/v2/collections/query?.r=eyJxdWVyeSI6eyJmaWx0ZXIiOnt9LCJwYWdpbmciOnsibGltaXQiOjF9fX0"],
    ],
    [
      "an id with a slash and a question",
      ({ products }) => products.deleteProduct("../apps?x"),
      ["DELETE", `${writer}/products/..%2Fapps%3Fx`],
    ],
  ])("%s", async (_name, callIt, [method, path, body]) => {
    const response = { product: {}, collection: {}, collections: [] };
    const { client, platform } = connect({ onCall: () => json(response) });
    await callIt(client);
    expect(platform.calls).toMatchObject([
      { method, url: `https://platform.test${path}`, body: body === undefined ? "" : JSON.stringify(body) },
    ]);
  });

  it.each(["", ".", "..", undefined])("fails before a request for the id %j", async (id) => {
    const { client, platform } = connect();
    await expect(client.products.getProduct(id as string)).rejects.toThrow(
      new TypeError("The ID or slug is not valid. Pass a text other than an empty one, one dot or two dots."),
    );
    expect(platform.calls).toEqual([]);
  });
});

describe("the result of a method", () => {
  it("is a product with the third-party client's names and dates", async () => {
    const { client } = connect({
      onCall: () =>
        json({ product: { id: "p1", createdDate: "2026-01-02T03:04:05Z", variants: [{ id: "v1" }] } }),
    });
    const expected = { _id: "p1", _createdDate: new Date("2026-01-02T03:04:05Z"), variants: [{ _id: "v1" }] };
    expect(await client.products.getProduct("p1")).toEqual({ product: expected });
    expect(await client.products.updateProduct("p1", {})).toEqual({ product: expected });
  });

  it("is the collection from getCollection, and an object with it elsewhere", async () => {
    const { client } = connect({ onCall: () => json({ collection: { id: "c1" } }) });
    expect(await client.collections.getCollection("c1")).toEqual({ _id: "c1" });
    expect(await client.collections.getCollectionBySlug("mugs")).toEqual({ collection: { _id: "c1" } });
    expect(await client.collections.createCollection({ name: "Mugs" })).toEqual({
      collection: { _id: "c1" },
    });
  });

  it("is undefined for methods without a result", async () => {
    const { client } = connect();
    expect(await client.products.deleteProduct("p1")).toBeUndefined();
    expect(await client.products.addProductsToCollection("c1", ["p1"])).toBeUndefined();
  });
});

describe("a method with an unknown outcome", () => {
  it("is retried when it reads", async () => {
    const { client, platform } = connect({
      onCall: (_request, count) => (count === 1 ? json({}, 502) : json({ product: { id: "p1" } })),
    });
    const reading = client.products.getProduct("p1");
    await platform.clock.advance(1_000);
    expect(await reading).toEqual({ product: { _id: "p1" } });
    expect(platform.calls).toHaveLength(2);
  });

  it("is not retried when it writes", async () => {
    const { client, platform } = connect({ onCall: () => json({ message: "", details: {} }, 502) });
    const error = await failureOf(client.products.createProduct({ name: "Mug", priceData: { price: 1 } }));
    expect([error.code, error.status, platform.calls.length]).toEqual(["server_error", 502, 1]);
  });
});

describe("a module", () => {
  it("has methods that work without it", async () => {
    const { client } = connect({ onCall: () => json({ products: [{ id: "p1" }] }) });
    const { queryProducts } = client.products;
    expect((await queryProducts().find()).items).toEqual([{ _id: "p1" }]);
  });

  it("is bound to each client separately", async () => {
    const [one, other] = [connect(), connect()];
    await one.client.products.deleteProduct("p1");
    expect([one.platform.calls.length, other.platform.calls.length]).toEqual([1, 0]);
  });

  it("cannot be changed", () => {
    expect(Object.isFrozen(products)).toBe(true);
    expect(Object.isFrozen(connect().client.products)).toBe(true);
    expect(Object.isFrozen(connect().client)).toBe(true);
  });
});
