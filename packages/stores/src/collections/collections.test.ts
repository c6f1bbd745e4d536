import { codeOf, createTestStore, type TestStore } from "@latchkey/test-support/stores/test-store";
import { tokenWith } from "@latchkey/test-support/token-with";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newProduct } from "../catalog/new-product.ts";
import { insertProducts } from "../products.queries.ts";
import { storesOf } from "../test-support/stores-of.ts";

const at = "/stores/v1/collections";
const all = "00000000-000000-000000-000000000001";
const unknownId = "99999999-0000-4000-8000-000000000000";
const actor = { name: "test", requestId: "" };

const notFound = [404, "COLLECTION_NOT_FOUND", "The store has no such collection."];

describe.each(["sqlite", "postgres"] as const)("a collection on %s", (database) => {
  let store: TestStore;
  let products: string[];
  beforeAll(async () => {
    store = await createTestStore(database);
    products = [];
    for (const name of ["A", "B", "C"]) {
      const { body } = await store.call("POST", "/stores/v1/products", {
        body: { product: { name, priceData: { price: 1 } } },
      });
      products.push(body.product.id);
    }
  });
  afterAll(() => store.close());

  const create = async (collection: object) =>
    (await store.call("POST", at, { body: { collection } })).body.collection;
  const read = async (id: string) => (await store.call("GET", `${at}/${id}`)).body.collection;
  const add = (id: string, productIds: unknown, token = store.manager) =>
    store.call("POST", `${at}/${id}/productIds`, { body: { id, productIds }, token });
  const take = (id: string, productIds: unknown) =>
    store.call("POST", `${at}/${id}/productIds/delete`, { body: { id, productIds } });

  test("is created, with an event", async () => {
    await store.newEvents();
    const response = await store.call("POST", at, {
      body: { collection: { name: "Spring Sale", description: "Everything green.", visible: false } },
    });
    const { collection } = response.body;
    expect([response.status, collection]).toEqual([
      200,
      {
        id: collection.id,
        name: "Spring Sale",
        media: { items: [] },
        numberOfProducts: 0,
        description: "Everything green.",
        slug: "spring-sale",
        visible: false,
      },
    ]);
    expect(await store.newEvents()).toEqual([
      {
        type: "CollectionCreated",
        payload: {
          collection_Id: collection.id,
          name: "Spring Sale",
          media: { items: [] },
          slug: "spring-sale",
          visible: false,
          originatedFromVersion: "V1_CATALOG",
        },
      },
    ]);
    expect(await create({ name: "Spring Sale" })).toMatchObject({ slug: "spring-sale-1", visible: true });
  });

  test.each([
    "/stores/v1/collections",
    "/stores-reader/v1/collections",
    "/v2/collections",
    "/stores/v2/collections",
  ])("is read by its id at %s", async (path) => {
    const { id } = await create({ name: `Read ${path}` });
    const response = await store.call("GET", `${path}/${id.toUpperCase()}?id=${id}`, { token: store.reader });
    expect([response.status, response.body.collection.name]).toEqual([200, `Read ${path}`]);
  });

  test.each(["/stores-reader/v1/collections", "/v2/collections", "/stores/v2/collections"])(
    "is read by its slug at %s",
    async (path) => {
      const response = await store.call("GET", `${path}/slug/all-products?slug=all-products`);
      expect(response.body.collection).toMatchObject({ id: all, name: "All Products", numberOfProducts: 3 });
      expect(codeOf(await store.call("GET", `${path}/slug/none`))).toEqual(notFound);
      expect(codeOf(await store.call("GET", `${path}/other/all-products`))).toEqual([
        404,
        "ENDPOINT_NOT_SERVED",
        expect.stringMatching(/^This path is not served here with this method\. /),
      ]);
    },
  );

  test("is changed, with an event that lists the changed fields", async () => {
    const made = await create({ name: "Old" });
    await store.newEvents();
    const { body } = await store.call("PATCH", `${at}/${made.id}`, {
      body: { collection: { ...made, name: "New", slug: "brand-new" } },
    });
    expect(body.collection).toEqual({ ...made, name: "New", slug: "brand-new" });
    expect(await read(made.id)).toEqual(body.collection);
    expect(await store.newEvents()).toEqual([
      {
        type: "CollectionChanged",
        payload: {
          collection_Id: made.id,
          changedFields: ["name", "slug"],
          originatedFromVersion: "V1_CATALOG",
        },
      },
    ]);
    await store.call("PATCH", `${at}/${made.id}`, { body: { collection: { name: "New" } } });
    expect(await store.newEvents()).toEqual([]);
  });

  test("gains and loses products, and the products change too", async () => {
    const { id } = await create({ name: "JsonObject" });
    await store.newEvents();
    const [a = "", b = "", c = ""] = products;
    expect(await add(id, [a, b, a])).toMatchObject({ status: 200, body: {} });
    expect(await read(id)).toMatchObject({ numberOfProducts: 2 });
    const found = await store.call("POST", "/stores/v1/products/query", {
      body: { query: { filter: { collectionIds: { $hasSome: [id] } } } },
    });
    expect(found.body.products.map(({ name }: { name: string }) => name)).toEqual(["A", "B"]);
    expect(found.body.products[0].collectionIds).toContain(id);
    expect(await store.newEvents()).toMatchObject([
      { type: "ProductChanged", payload: { productId: a, changedFields: ["collectionIds"] } },
      { type: "ProductChanged", payload: { productId: b, changedFields: ["collectionIds"] } },
      { type: "CollectionChanged", payload: { collection_Id: id, changedFields: ["numberOfProducts"] } },
    ]);
    await add(id, [b]);
    expect(await store.newEvents()).toEqual([]);
    expect(await take(id, [b, c, unknownId])).toMatchObject({ status: 200, body: {} });
    expect(await read(id)).toMatchObject({ numberOfProducts: 1 });
    expect((await store.newEvents()).map(({ type }) => type)).toEqual([
      "ProductChanged",
      "CollectionChanged",
    ]);
  });

  test("loses the products that are deleted", async () => {
    const { id } = await create({ name: "Shrinking" });
    const { body } = await store.call("POST", "/stores/v1/products", {
      body: { product: { name: "Brief", priceData: { price: 1 } } },
    });
    await add(id, [body.product.id]);
    await store.call("DELETE", `/stores/v1/products/${body.product.id}`);
    expect(await read(id)).toMatchObject({ numberOfProducts: 0 });
  });

  test("is deleted, and its products stay", async () => {
    const { id } = await create({ name: "Doomed" });
    const [a = ""] = products;
    await add(id, [a]);
    await store.newEvents();
    const response = await store.call("DELETE", `${at}/${id}?id=${id}`);
    expect([response.status, response.body]).toEqual([200, {}]);
    expect(codeOf(await store.call("GET", `${at}/${id}`))).toEqual(notFound);
    expect((await store.call("GET", `/stores/v1/products/${a}`)).body.product.collectionIds).not.toContain(
      id,
    );
    expect(await store.newEvents()).toEqual([
      { type: "CollectionDeleted", payload: { collection_Id: id, originatedFromVersion: "V1_CATALOG" } },
    ]);
  });

  test("of more than 1,000 products is removed from each product when it is deleted", async () => {
    const { id } = await create({ name: "Huge" });
    const { clock } = store.platform.platform;
    const { database: db } = storesOf(store.platform);
    const site = await store.platform.createSite();
    const token = await tokenWith(store.platform, "SCOPE.DC-STORES.MANAGE-PRODUCTS", site.siteId);
    const made = await store.call("POST", at, { body: { collection: { name: "Huge" } }, token });
    const own = made.body.collection.id;
    const many = Array.from({ length: 1_001 }, (_, index) => {
      const productId = `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
      const input = { name: `P${index}`, price: 1, collectionIds: [own, id] };
      return newProduct(input, { productId, site, now: clock.now() });
    });
    await db.write((trx) => insertProducts(trx, site.siteId, many));
    const read = await store.call("GET", `${at}/${own}`, { token });
    expect(read.body.collection.numberOfProducts).toBe(1_001);
    expect((await store.call("DELETE", `${at}/${own}`, { token })).status).toBe(200);
    await store.platform.settled();
    const left = await db.read
      .selectFrom("stores_products")
      .select("document")
      .where("site_id", "=", site.siteId)
      .execute();
    const ids = left.map(({ document }) => JSON.stringify(JSON.parse(document).collectionIds));
    expect([left.length, new Set(ids)]).toEqual([1_001, new Set([JSON.stringify([id])])]);
  });

  test("of all products can only be renamed", async () => {
    const builtIn = [
      409,
      "COLLECTION_IS_BUILT_IN",
      "The collection of all products is built in and cannot be changed.",
    ];
    expect(codeOf(await store.call("DELETE", `${at}/${all}`))).toEqual(builtIn);
    expect(codeOf(await add(all, products))).toEqual(builtIn);
    expect(codeOf(await take(all, products))).toEqual(builtIn);
    const { body } = await store.call("PATCH", `${at}/${all}`, {
      body: { collection: { name: "Everything" } },
    });
    expect(body.collection).toMatchObject({ id: all, name: "Everything", slug: "all-products" });
    await store.call("PATCH", `${at}/${all}`, { body: { collection: { name: "All Products" } } });
    for (const change of [{ visible: false }, { slug: "everything" }, { description: "All of it" }]) {
      const response = await store.call("PATCH", `${at}/${all}`, {
        body: { collection: { name: "Everything", ...change } },
      });
      expect(codeOf(response)).toEqual(builtIn);
    }
    const unchanged = await read(all);
    expect(unchanged).toMatchObject({
      name: "All Products",
      slug: "all-products",
      description: "",
      visible: true,
    });
    const sentBack = { ...unchanged, name: "Whole" };
    expect((await store.call("PATCH", `${at}/${all}`, { body: { collection: sentBack } })).status).toBe(200);
    await store.call("PATCH", `${at}/${all}`, { body: { collection: { name: "All Products" } } });
  });

  test("gets all products of two concurrent requests", async () => {
    const { id } = await create({ name: "Busy" });
    await Promise.all(products.map((product) => add(id, [product])));
    expect(await read(id)).toMatchObject({ numberOfProducts: 3 });
  });

  test("is copied with its site, under a new id", async () => {
    const { id } = await create({ name: "Copied" });
    await add(id, products);
    const { settled, sites } = store.platform.platform;
    const { database: db } = storesOf(store.platform);
    const copy = await sites.copy(actor, store.siteId);
    const rows = await db.read
      .selectFrom("stores_collections")
      .select(["collection_id", "name"])
      .where("site_id", "=", copy.siteId)
      .execute();
    expect(rows).toContainEqual({ collection_id: all, name: "All Products" });
    const copied = rows.find(({ name }) => name === "Copied");
    expect(copied?.collection_id).not.toBe(id);
    const members = await db.read
      .selectFrom("stores_product_collections")
      .select("product_id")
      .where("site_id", "=", copy.siteId)
      .where("collection_id", "=", copied?.collection_id ?? "")
      .execute();
    expect(members).toHaveLength(3);
    await sites.remove(actor, copy.siteId);
    await settled();
    const left = await db.read
      .selectFrom("stores_collections")
      .select("name")
      .where("site_id", "=", copy.siteId)
      .execute();
    expect(left).toEqual([]);
    expect(codeOf(await store.call("GET", `${at}/${id}`, { token: store.stranger }))).toEqual(notFound);
  });

  describe("rejects", () => {
    test.each([
      ["GET", `${at}/ID`],
      ["PATCH", `${at}/ID`],
      ["DELETE", `${at}/ID`],
      ["POST", `${at}/ID/productIds`],
      ["POST", `${at}/ID/productIds/delete`],
    ])("requests of another site with COLLECTION_NOT_FOUND: %s %s", async (method, path) => {
      const { id } = await create({ name: "Mine" });
      const body = path.endsWith("ID") ? { collection: { name: "x" } } : { productIds: [] };
      const ask = (one: string) =>
        store.call(method, path.replace("ID", one), {
          token: store.stranger,
          ...(method === "POST" || method === "PATCH" ? { body } : {}),
        });
      expect(codeOf(await ask(id))).toEqual(notFound);
      expect((await ask(unknownId)).body).toEqual((await ask(id)).body);
      expect(codeOf(await ask("%00'%22__proto__"))).toEqual(notFound);
      expect(await read(id)).toMatchObject({ name: "Mine" });
    });

    test.each([
      ["POST", at],
      ["PATCH", `${at}/${unknownId}`],
      ["DELETE", `${at}/${unknownId}`],
      ["POST", `${at}/${unknownId}/productIds`],
      ["POST", `${at}/${unknownId}/productIds/delete`],
    ])("callers with read permission only: %s %s", async (method, path) => {
      const body = method === "DELETE" ? {} : { body: "{" };
      expect(codeOf(await store.call(method, path, { token: store.reader, ...body }))).toEqual([
        403,
        "PERMISSION_DENIED",
        "Permission WIX_STORES.MODIFY_PRODUCTS is required",
      ]);
    });

    test.each([`${at}/${all}`, "/v2/collections/query", "/v2/collections/slug/all-products"])(
      "callers without read permission: %s",
      async (path) => {
        expect(codeOf(await store.call("GET", path, { token: store.outsider }))).toEqual([
          403,
          "PERMISSION_DENIED",
          "Permission WIX_STORES.READ_PRODUCTS is required",
        ]);
        expect(codeOf(await store.call("GET", path, { token: "" }))[0]).toBe(401);
      },
    );

    test("a slug in use", async () => {
      await create({ name: "One", slug: "one" });
      const { id } = await create({ name: "Two" });
      const taken = [
        409,
        "SLUG_TAKEN",
        "Another product or collection of the store has this slug; choose another one.",
      ];
      const again = { collection: { name: "x", slug: "one" } };
      expect(codeOf(await store.call("POST", at, { body: again }))).toEqual(taken);
      expect(codeOf(await store.call("PATCH", `${at}/${id}`, { body: again }))).toEqual(taken);
    });

    test("unknown products and those of another site, and adds none", async () => {
      const { id } = await create({ name: "Strict" });
      const [a = ""] = products;
      expect(codeOf(await add(id, [a, unknownId]))).toEqual([
        404,
        "PRODUCT_NOT_FOUND",
        "The store has no product with this id.",
      ]);
      expect(await read(id)).toMatchObject({ numberOfProducts: 0 });
    });

    test.each([
      ["no name", { collection: {} }, "collection.name", "REQUIRED_FIELD"],
      ["an empty name", { collection: { name: " " } }, "collection.name", "MIN_LENGTH"],
      ["a long name", { collection: { name: "x".repeat(51) } }, "collection.name", "MAX_LENGTH"],
      ["a name that is not text", { collection: { name: 1 } }, "collection.name", "VALIDATION"],
      [
        "a long description",
        { collection: { name: "x", description: "x".repeat(601) } },
        "collection.description",
        "MAX_LENGTH",
      ],
      ["a flag of text", { collection: { name: "x", visible: "yes" } }, "collection.visible", "VALIDATION"],
      ["a slug with a blank", { collection: { name: "x", slug: "a b" } }, "collection.slug", "FORMAT"],
      ["an unknown field", { collection: { name: "x", colour: 1 } }, "collection", "FIELD_NOT_ALLOWED"],
      ["nothing", {}, "collection", "REQUIRED_FIELD"],
    ])("a new collection with %s", async (_, body, field, violatedRule) => {
      await store.newEvents();
      const response = await store.call("POST", at, { body });
      expect([response.status, response.body.message]).toEqual([400, "Validation failed"]);
      expect(response.body.details.validationError.fieldViolations).toMatchObject([{ field, violatedRule }]);
      expect(await store.newEvents()).toEqual([]);
    });

    test.each([
      ["1,001 products", Array(1_001).fill(unknownId), "productIds", "MAX_SIZE"],
      ["a product id that is not text", [1], "productIds[0]", "VALIDATION"],
      ["no list", "a", "productIds", "VALIDATION"],
    ])("%s", async (_, productIds, field, violatedRule) => {
      const response = await add(all, productIds);
      expect(response.status).toBe(400);
      expect(response.body.details.validationError.fieldViolations[0]).toMatchObject({ field, violatedRule });
    });
  });
});
