import {
  codeOf,
  createTestStore,
  type TestStore,
  violationsOf,
} from "@latchkey/test-support/stores/test-store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const at = "/stores/v1/products";
const unknownId = "99999999-0000-4000-8000-000000000000";

const notFound = [404, "PRODUCT_NOT_FOUND", "The store has no product with this id."];

describe.each(["sqlite", "postgres"] as const)("a product on %s", (database) => {
  let store: TestStore;
  beforeAll(async () => {
    store = await createTestStore(database);
  });
  afterAll(() => store.close());

  const create = async (product: object) => {
    const { body } = await store.call("POST", at, { body: { product } });
    return body.product;
  };
  const update = (id: string, product: object) => store.call("PATCH", `${at}/${id}`, { body: { product } });

  describe("that is created", () => {
    test("is returned, read by id, found by a query, and published in an event", async () => {
      await store.newEvents();
      const response = await store.call("POST", at, {
        body: {
          product: {
            name: "Café Mug",
            productType: "physical",
            priceData: { price: 10.5 },
            costAndProfitData: { itemCost: 8 },
            description: "<p>Holds 300 ml.</p>",
            sku: "MUG",
            visible: true,
            ribbon: "Sale",
            brand: "Millwright",
            weight: 0.2,
            discount: { type: "AMOUNT", value: 1 },
            additionalInfoSections: [{ title: "Care", description: "Wash by hand." }],
            seoData: { tags: [{ type: "title", children: "Mug" }], settings: { preventAutoRedirect: true } },
            productDimensions: { length: "10", width: "8.5", height: "9", unit: "CM" },
          },
        },
      });
      expect(response.status).toBe(200);
      const { product } = response.body;
      expect(product).toMatchObject({
        name: "Café Mug",
        slug: "cafe-mug",
        visible: true,
        productType: "physical",
        description: "<p>Holds 300 ml.</p>",
        sku: "MUG",
        weight: 0.2,
        weightRange: { minValue: 0.2, maxValue: 0.2 },
        priceData: {
          currency: "USD",
          price: 10.5,
          discountedPrice: 9.5,
          formatted: { price: "$10.50", discountedPrice: "$9.50" },
        },
        price: { price: 10.5, discountedPrice: 9.5 },
        convertedPriceData: { price: 10.5 },
        priceRange: { minValue: 10.5, maxValue: 10.5 },
        costAndProfitData: { itemCost: 8, profit: 1.5, profitMargin: 0.1579, formattedProfit: "$1.50" },
        costRange: { minValue: 8, maxValue: 8 },
        ribbon: "Sale",
        ribbons: [{ text: "Sale" }],
        brand: "Millwright",
        discount: { type: "AMOUNT", value: 1 },
        additionalInfoSections: [{ title: "Care", description: "Wash by hand." }],
        productDimensions: { length: "10", width: "8.5", height: "9", unit: "CM" },
        seoData: { tags: [{ type: "title", children: "Mug" }], settings: { preventAutoRedirect: true } },
        productPageUrl: { base: "https://shop.example", path: "/product-page/cafe-mug" },
        stock: { trackInventory: false, inStock: true, inventoryStatus: "IN_STOCK" },
        numericId: "1",
        manageVariants: false,
        collectionIds: [],
        variants: [{ id: "00000000-0000-0000-0000-000000000000", variant: { sku: "MUG", weight: 0.2 } }],
        createdDate: "2026-01-02T03:04:05.678Z",
        lastUpdated: "2026-01-02T03:04:05.678Z",
      });
      expect(product.id).toMatch(/^[0-9a-f]{8}-/);
      const read = await store.call(
        "GET",
        `${at}/${product.id}?id=${product.id}&includeMerchantSpecificData=true`,
      );
      expect(read.body.product).toEqual(product);
      const found = await store.call("POST", `${at}/query`, { body: { query: { filter: { sku: "MUG" } } } });
      expect(found.body.products).toMatchObject([{ id: product.id }]);
      expect(await store.newEvents()).toEqual([
        {
          type: "ProductCreated",
          payload: {
            productId: product.id,
            name: "Café Mug",
            price: product.priceData,
            visible: true,
            media: { items: [] },
            sku: "MUG",
            productPageUrl: product.productPageUrl,
            brand: "Millwright",
            costAndProfitData: product.costAndProfitData,
            slug: "cafe-mug",
            originatedFromVersion: "V1_CATALOG",
          },
        },
      ]);
    });

    test("gets the next number and a unique slug", async () => {
      const one = await create({ name: "Twin", priceData: { price: 1 } });
      const two = await create({ name: "Twin", priceData: { price: 1 } });
      expect([one.slug, two.slug]).toEqual(["twin", "twin-1"]);
      expect(Number(two.numericId)).toBe(Number(one.numericId) + 1);
    });

    test("accepts the older field price", async () => {
      expect(await create({ name: "Old", price: { price: 4 } })).toMatchObject({ priceData: { price: 4 } });
    });

    test("with options has their variants", async () => {
      const product = await create({
        name: "Shirt",
        priceData: { price: 20 },
        manageVariants: true,
        productOptions: [
          { name: "Size", choices: [{ value: "S", description: "S" }, { description: "L" }] },
          { optionType: "color", name: "Color", choices: [{ value: "#ff0000", description: "Red" }] },
        ],
      });
      expect(product.productOptions).toMatchObject([
        { optionType: "drop_down", name: "Size", choices: [{ value: "S" }, { value: "L", inStock: true }] },
        { optionType: "color", choices: [{ value: "#ff0000", description: "Red", visible: true }] },
      ]);
      expect(product.variants.map((variant: { choices: unknown }) => variant.choices)).toEqual([
        { Size: "S", Color: "Red" },
        { Size: "L", Color: "Red" },
      ]);
    });

    test("stores special characters unchanged", async () => {
      const name = `'); drop table products; -- \\ "☕" <b>`;
      const product = await create({
        name,
        priceData: { price: 1 },
        sku: "%_\\",
        description: "{$where: 1}",
      });
      const { body } = await store.call("GET", `${at}/${product.id}`);
      expect(body.product).toMatchObject({ name, sku: "%_\\", description: "{$where: 1}" });
    });
  });

  describe("that is changed", () => {
    test("keeps other fields, with an event that lists the changed ones", async () => {
      const made = await create({ name: "Lamp", priceData: { price: 30 }, sku: "LAMP", brand: "Lux" });
      await store.newEvents();
      await store.platform.clock.advance(60_000);
      const { body, status } = await update(made.id, {
        id: made.id,
        name: "Lamp II",
        priceData: { price: 33 },
      });
      expect(status).toBe(200);
      expect(body.product).toMatchObject({
        id: made.id,
        numericId: made.numericId,
        name: "Lamp II",
        slug: "lamp",
        sku: "LAMP",
        brand: "Lux",
        priceData: { price: 33, formatted: { price: "$33.00" } },
        priceRange: { minValue: 33, maxValue: 33 },
        variants: [{ variant: { priceData: { price: 33 } } }],
        createdDate: made.createdDate,
      });
      expect(Date.parse(body.product.lastUpdated) - Date.parse(made.lastUpdated)).toBe(60_000);
      const found = await store.call("POST", `${at}/query`, {
        body: { query: { filter: { name: "Lamp II" } } },
      });
      expect(found.body.totalResults).toBe(1);
      expect(await store.newEvents()).toEqual([
        {
          type: "ProductChanged",
          payload: {
            productId: made.id,
            changedFields: ["name", "priceData"],
            originatedFromVersion: "V1_CATALOG",
          },
        },
      ]);
    });

    test("accepts the product as it was read", async () => {
      const made = await create({
        name: "Round trip",
        priceData: { price: 5 },
        costAndProfitData: { itemCost: 2 },
        manageVariants: true,
        productOptions: [{ name: "Size", choices: [{ description: "S" }, { description: "L" }] }],
        seoData: { tags: [] },
      });
      await store.newEvents();
      const { body, status } = await update(made.id, made);
      expect([status, body.product]).toEqual([200, made]);
      expect(await store.newEvents()).toEqual([]);
      const renamed = await update(made.id, { ...made, name: "Round trip 2" });
      expect(renamed.body.product).toMatchObject({ name: "Round trip 2", priceData: made.priceData });
    });

    test("keeps the variants whose choices stay, and their ids", async () => {
      const sizes = (...names: string[]) => [
        { name: "Size", choices: names.map((description) => ({ description })) },
      ];
      const made = await create({
        name: "Sock",
        priceData: { price: 5 },
        manageVariants: true,
        productOptions: sizes("S", "M"),
      });
      const { body } = await update(made.id, { productOptions: sizes("M", "L") });
      const ids = body.product.variants.map(({ id }: { id: string }) => id);
      expect(ids[0]).toBe(made.variants[1].id);
      expect(new Set(ids).size).toBe(2);
      const found = await store.call("POST", `${at}/query`, {
        body: { query: { filter: { "options.Size": "L", name: "Sock" } } },
      });
      expect(found.body.totalResults).toBe(1);
      const gone = await store.call("POST", `${at}/query`, {
        body: { query: { filter: { "options.Size": "S", name: "Sock" } } },
      });
      expect(gone.body.totalResults).toBe(0);
    });

    test("by two concurrent requests keeps both changes", async () => {
      const made = await create({ name: "Shared", priceData: { price: 1 } });
      const changes = Array.from({ length: 8 }, (_, index) =>
        update(made.id, index % 2 === 0 ? { sku: `SKU-${index}` } : { ribbon: `R${index}` }),
      );
      await Promise.all([...changes, update(made.id, { brand: "B" }), update(made.id, { weight: 7 })]);
      const { body } = await store.call("GET", `${at}/${made.id}`);
      expect(body.product).toMatchObject({ brand: "B", weight: 7 });
      expect(body.product.sku).toMatch(/^SKU-/);
      expect(body.product.ribbon).toMatch(/^R/);
    });

    test("rejects the slug of another product", async () => {
      await create({ name: "Taken", slug: "taken", priceData: { price: 1 } });
      const made = await create({ name: "Free", priceData: { price: 1 } });
      const refused = [
        409,
        "SLUG_TAKEN",
        "Another product or collection of the store has this slug; choose another one.",
      ];
      expect(codeOf(await update(made.id, { slug: "taken" }))).toEqual(refused);
      const again = { product: { name: "x", slug: "taken", priceData: { price: 1 } } };
      expect(codeOf(await store.call("POST", at, { body: again }))).toEqual(refused);
      const moved = await update(made.id, { slug: "moved" });
      expect(moved.body.product.productPageUrl.path).toBe("/product-page/moved");
    });
  });

  describe("that is deleted", () => {
    test("is not found any more, with an event", async () => {
      const made = await create({ name: "Doomed", priceData: { price: 1 } });
      await store.newEvents();
      const { body, status } = await store.call("DELETE", `${at}/${made.id}?id=${made.id}`);
      expect([status, body]).toEqual([200, {}]);
      expect(codeOf(await store.call("GET", `${at}/${made.id}`))).toEqual(notFound);
      expect(codeOf(await store.call("DELETE", `${at}/${made.id}`))).toEqual(notFound);
      expect(await store.newEvents()).toEqual([
        { type: "ProductDeleted", payload: { productId: made.id, originatedFromVersion: "V1_CATALOG" } },
      ]);
    });
  });

  describe("is visible", () => {
    test.each(["GET", "PATCH", "DELETE"])("to its own site only: %s", async (method) => {
      const made = await create({ name: `Mine ${method}`, priceData: { price: 1 } });
      const options = { token: store.stranger, ...(method === "PATCH" ? { body: { product: {} } } : {}) };
      const foreign = await store.call(method, `${at}/${made.id}`, options);
      const unknown = await store.call(method, `${at}/${unknownId}`, options);
      const odd = await store.call(method, `${at}/%00'%22__proto__`, options);
      expect(codeOf(foreign)).toEqual(notFound);
      expect(unknown.body).toEqual(foreign.body);
      expect(odd.body).toEqual(foreign.body);
      expect((await store.call("GET", `${at}/${made.id}`)).status).toBe(200);
    });

    test("by its id in upper or lower case", async () => {
      const made = await create({ name: "Case", priceData: { price: 1 } });
      expect((await store.call("GET", `/stores-reader/v1/products/${made.id.toUpperCase()}`)).status).toBe(
        200,
      );
    });

    test("when hidden, to callers that manage products only", async () => {
      const made = await create({ name: "Hidden", priceData: { price: 1 }, visible: false });
      expect(codeOf(await store.call("GET", `${at}/${made.id}`, { token: store.reader }))).toEqual(notFound);
      expect((await store.call("GET", `${at}/${made.id}`)).body.product.visible).toBe(false);
    });
  });

  describe("is rejected", () => {
    test.each([
      ["POST", at],
      ["PATCH", `${at}/${unknownId}`],
      ["DELETE", `${at}/${unknownId}`],
    ])("for callers with read permission only, before the body is read: %s", async (method, path) => {
      const body = method === "DELETE" ? {} : { body: "{" };
      expect(codeOf(await store.call(method, path, { token: store.reader, ...body }))).toEqual([
        403,
        "PERMISSION_DENIED",
        "Permission WIX_STORES.MODIFY_PRODUCTS is required",
      ]);
      const nobody = await store.call(method, path, { token: "", ...body });
      expect(codeOf(nobody).slice(0, 2)).toEqual([401, "UNAUTHENTICATED"]);
    });

    test("for callers without read permission", async () => {
      expect(codeOf(await store.call("GET", `${at}/${unknownId}`, { token: store.outsider }))).toEqual([
        403,
        "PERMISSION_DENIED",
        "Permission WIX_STORES.READ_PRODUCTS is required",
      ]);
    });

    test("with merchant data for callers with read permission only", async () => {
      const made = await create({
        name: "Dear",
        priceData: { price: 9 },
        costAndProfitData: { itemCost: 4 },
      });
      const path = `${at}/${made.id}`;
      const bare = await store.call("GET", path, { token: store.reader });
      expect(JSON.stringify(bare.body)).not.toMatch(/cost|profit/i);
      const asked = await store.call("GET", `${path}?includeMerchantSpecificData=true`, {
        token: store.reader,
      });
      expect(codeOf(asked).slice(0, 2)).toEqual([403, "PERMISSION_DENIED"]);
      const odd = await store.call("GET", `${path}?includeMerchantSpecificData=1`);
      expect(violationsOf(odd)).toEqual([
        {
          field: "includeMerchantSpecificData",
          violatedRule: "FORMAT",
          description: "must be true or false",
        },
      ]);
    });

    test("with another method", async () => {
      const response = await store.call("PUT", `${at}/${unknownId}`, { body: {} });
      expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD, PATCH, DELETE"]);
    });
  });
});
