import {
  createTestStore,
  type StoreResponse,
  type TestStore,
} from "@latchkey/test-support/stores/test-store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { storesOf } from "../test-support/stores-of.ts";

const at = "/stores-reader/v1/variants";

describe.each(["sqlite", "postgres"] as const)("variants of a store on %s", (database) => {
  let store: TestStore;
  let shirt: { id: string; variants: { id: string }[] };
  let mug: { id: string };
  beforeAll(async () => {
    store = await createTestStore(database);
    const create = async (product: object) =>
      (await store.call("POST", "/stores/v1/products", { body: { product } })).body.product;
    mug = await create({ name: "Mug", priceData: { price: 5 }, sku: "MUG" });
    shirt = await create({
      name: "Shirt",
      priceData: { price: 20 },
      manageVariants: true,
      productOptions: [{ name: "Size", choices: [{ description: "S" }, { description: "L" }] }],
    });
    await create({ name: "Hidden Shirt", priceData: { price: 1 }, sku: "HIDDEN", visible: false });
    await store.call("PATCH", `/stores/v1/products/${shirt.id}/variants`, {
      body: { variants: [{ choices: { Size: "L" }, sku: "SHIRT-L" }] },
    });
  });
  afterAll(() => store.close());

  const query = (asked: object, token = store.reader) =>
    store.call("POST", `${at}/query`, { body: { query: asked }, token });
  const skus = ({ body }: StoreResponse) => body.variants.map(({ sku }: { sku: string }) => sku);

  test("are found by their own fields and by name and collections of the product", async () => {
    const one = await query({ filter: { sku: { $startsWith: "shirt" } } });
    expect([one.status, one.body]).toEqual([
      200,
      {
        variants: [
          {
            id: `${shirt.id}-${shirt.variants[1]?.id}`,
            variantId: shirt.variants[1]?.id,
            productId: shirt.id,
            variantName: "L",
            productName: "Shirt",
            managedVariant: true,
            sku: "SHIRT-L",
            stock: { trackQuantity: false, inStock: true },
            choices: { Size: "L" },
            collectionIds: [],
            preorderInfo: { enabled: false },
          },
        ],
        metadata: { count: 1, offset: 0, total: 1 },
      },
    ]);
    expect(skus(await query({ filter: { productName: "Mug" } }))).toEqual(["MUG"]);
    expect(
      skus(await query({ filter: { productId: { $in: [shirt.id] } }, sort: [{ fieldName: "sku" }] })),
    ).toEqual(["", "SHIRT-L"]);
    const { body } = await store.call("POST", "/stores/v1/collections", {
      body: { collection: { name: "Cups" } },
    });
    const { id } = body.collection;
    await store.call("POST", `/stores/v1/collections/${id}/productIds`, { body: { productIds: [mug.id] } });
    expect(skus(await query({ filter: { collectionIds: { $hasSome: [id] } } }))).toEqual(["MUG"]);
  });

  test("of hidden products require permission to manage products and a flag", async () => {
    const total = async (body: object, token: string) =>
      (await store.call("POST", `${at}/query`, { body, token })).body.metadata?.total;
    expect(await total({}, store.reader)).toBe(3);
    expect(await total({}, store.manager)).toBe(3);
    expect(await total({ includeHiddenProducts: true }, store.manager)).toBe(4);
    expect(await total({ includeHiddenProducts: true }, store.reader)).toBeUndefined();
    expect(await total({}, store.stranger)).toBe(0);
  });

  test("follow renames, changed options and the deletion of their product", async () => {
    const { body } = await store.call("POST", "/stores/v1/products", {
      body: { product: { name: "Before", priceData: { price: 1 }, sku: "FOLLOW" } },
    });
    const path = `/stores/v1/products/${body.product.id}`;
    await store.call("PATCH", path, { body: { product: { name: "After" } } });
    expect((await query({ filter: { sku: "FOLLOW" } })).body.variants).toMatchObject([
      { productName: "After", variantName: "After", managedVariant: false },
    ]);
    const options = [{ name: "Size", choices: [{ description: "S" }, { description: "M" }] }];
    await store.call("PATCH", path, { body: { product: { productOptions: options, manageVariants: true } } });
    expect((await query({ filter: { sku: "FOLLOW" } })).body.metadata.total).toBe(2);
    await store.call("DELETE", path);
    expect((await query({ filter: { productName: "After" } })).body.metadata.total).toBe(0);
  });

  test("are read by id, with a hyphen or a dot as separator", async () => {
    const [{ id } = { id: "" }] = shirt.variants;
    for (const between of ["-", "."]) {
      const response = await store.call("GET", `${at}/${shirt.id}${between}${id}`, { token: store.reader });
      expect([response.status, response.body.variant?.variantName]).toEqual([200, "S"]);
    }
    const odd = await store.call("GET", `${at}/${shirt.id}`);
    expect([odd.status, odd.body.details.applicationError.code]).toEqual([404, "PRODUCT_NOT_FOUND"]);
  });

  test("are copied and deleted with their site", async () => {
    const { settled, sites } = store.platform.platform;
    const { database: db } = storesOf(store.platform);
    const actor = { name: "test", requestId: "" };
    const copy = await sites.copy(actor, store.siteId);
    const rows = () =>
      db.read.selectFrom("stores_variants").select("sku").where("site_id", "=", copy.siteId).execute();
    expect((await rows()).map(({ sku }) => sku).sort()).toEqual(["", "HIDDEN", "MUG", "SHIRT-L"]);
    await sites.remove(actor, copy.siteId);
    await settled();
    expect(await rows()).toEqual([]);
  });

  test.each([
    ["an unknown field", { filter: { price: 1 } }, "query.filter", "INVALID_ENUM_VALUE"],
    ["an unknown operator", { filter: { sku: { $where: "1" } } }, "query.filter.sku", "INVALID_ENUM_VALUE"],
    ["a limit above 100", { paging: { limit: 101 } }, "query.paging.limit", "MAX"],
  ])("cannot be queried with %s", async (_, asked, field, violatedRule) => {
    const response = await query(asked);
    expect(response.status).toBe(400);
    expect(response.body.details.validationError.fieldViolations).toMatchObject([{ field, violatedRule }]);
  });
});
