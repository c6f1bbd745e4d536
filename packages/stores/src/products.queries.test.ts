import type { ResourceDatabase } from "@latchkey/server";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newProduct, type UnnumberedProduct } from "./catalog/new-product.ts";
import { parseProduct, type SelectedDocument } from "./catalog/product-document.ts";
import { insertProducts, productRows } from "./products.queries.ts";
import { type Page, parseRestQuery, productEntity, readPage } from "./query/index.ts";
import { stores } from "./stores.ts";
import type { StoresTables } from "./tables.ts";
import { storesOf } from "./test-support/stores-of.ts";

const actor = { name: "test", requestId: "" };

function productNamed(name: string, number: number): UnnumberedProduct {
  const productId = `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
  const options = [{ name: "Size", choices: [{ description: "S" }, { description: "L" }] }];
  const site = { currency: "EUR", url: "https://shop.example" };
  return newProduct(
    { name, price: number, options, collectionIds: ["c1", "c1", "c2"] },
    { productId, site, now: 1_767_323_045_678 },
  );
}

const numbered = (count: number): UnnumberedProduct[] =>
  Array.from({ length: count }, (_, index) => productNamed(`Product ${index + 1}`, index + 1));

function read(
  database: ResourceDatabase<StoresTables>,
  siteId: string,
  query: object,
): Promise<Page<SelectedDocument>> {
  return readPage<SelectedDocument>(database.read, productEntity, {
    ...parseRestQuery({ query }, productEntity),
    ...productRows(siteId, { includeHidden: true }),
  });
}

async function namesAndNumbers(
  database: ResourceDatabase<StoresTables>,
  siteId: string,
  query: object = {},
): Promise<string[]> {
  const page = await read(database, siteId, query);
  return page.rows.map(parseProduct).map(({ name, numericId }) => `${numericId} ${name}`);
}

async function rowsOf(database: ResourceDatabase<StoresTables>, siteId: string): Promise<number[]> {
  const tables = ["stores_products", "stores_product_collections", "stores_product_options"] as const;
  return await Promise.all(
    tables.map(async (table) => {
      const rows = await database.read
        .selectFrom(table)
        .select("product_id")
        .where("site_id", "=", siteId)
        .execute();
      return rows.length;
    }),
  );
}

describe.each(["sqlite", "postgres"] as const)("products on %s", (engine) => {
  let platform: TestPlatform;
  let database: ResourceDatabase<StoresTables>;

  beforeAll(async () => {
    platform = await createTestPlatform({ resources: [stores], database: engine, now: 1_767_323_045_678 });
    database = storesOf(platform).database;
  });
  afterAll(() => platform.close());

  test("get ascending numbers, separately for each site", async () => {
    const [one, two] = [await platform.createSite(), await platform.createSite()];
    await database.write((trx) =>
      insertProducts(trx, one.siteId, [productNamed("A", 1), productNamed("B", 2)]),
    );
    await database.write((trx) => insertProducts(trx, two.siteId, [productNamed("A", 1)]));
    await database.write((trx) => insertProducts(trx, one.siteId, [productNamed("C", 3)]));
    expect(await namesAndNumbers(database, one.siteId)).toEqual(["1 A", "2 B", "3 C"]);
    expect(await namesAndNumbers(database, two.siteId)).toEqual(["1 A"]);
  });

  test("never get the number of a deleted product", async () => {
    const { siteId } = await platform.createSite();
    await database.write((trx) => insertProducts(trx, siteId, [productNamed("A", 1), productNamed("B", 2)]));
    await database.write((trx) => trx.deleteFrom("stores_products").where("name", "=", "B").execute());
    await database.write((trx) => insertProducts(trx, siteId, [productNamed("C", 3)]));
    expect(await namesAndNumbers(database, siteId)).toEqual(["1 A", "3 C"]);
  });

  test("use no number when the transaction fails", async () => {
    const { siteId } = await platform.createSite();
    const failing = database.write(async (trx) => {
      await insertProducts(trx, siteId, [productNamed("A", 1)]);
      throw new Error("stop");
    });
    await expect(failing).rejects.toThrow("stop");
    await database.write((trx) => insertProducts(trx, siteId, [productNamed("B", 2)]));
    expect(await namesAndNumbers(database, siteId)).toEqual(["1 B"]);
  });

  test("get distinct numbers from eight concurrent writers", async () => {
    const { siteId } = await platform.createSite();
    const writers = Array.from({ length: 8 }, (_, writer) =>
      database.write(async (trx) => {
        await insertProducts(trx, siteId, [productNamed("x", writer * 2 + 1)]);
        await insertProducts(trx, siteId, [productNamed("x", writer * 2 + 2)]);
      }),
    );
    await Promise.all(writers);
    const rows = await database.read
      .selectFrom("stores_products")
      .select("numeric_id")
      .where("site_id", "=", siteId)
      .orderBy("numeric_id")
      .execute();
    expect(rows.map((row) => row.numeric_id)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
    ]);
  });

  test("with equal sort keys are paged without gap or repetition", async () => {
    const { siteId } = await platform.createSite();
    const twins = Array.from({ length: 7 }, (_, index) => ({ ...productNamed("Twin", 7 - index), sku: "" }));
    await database.write((trx) => insertProducts(trx, siteId, twins));
    const page = (offset: number) =>
      namesAndNumbers(database, siteId, { sort: [{ sku: "desc" }], paging: { limit: 3, offset } });
    expect(await page(0)).toEqual(["7 Twin", "6 Twin", "5 Twin"]);
    expect(await page(3)).toEqual(["4 Twin", "3 Twin", "2 Twin"]);
    expect(await page(6)).toEqual(["1 Twin"]);
    expect(await page(9)).toEqual([]);
  });

  test("are counted on and after the last page", async () => {
    const { siteId } = await platform.createSite();
    await database.write((trx) => insertProducts(trx, siteId, numbered(5)));
    const total = async (limit: number, offset: number) =>
      (await read(database, siteId, { paging: { limit, offset } })).total;
    const totals = [
      await total(2, 0),
      await total(2, 4),
      await total(5, 0),
      await total(2, 5),
      await total(2, 9),
    ];
    expect(totals).toEqual([5, 5, 5, 5, 5]);
  });

  test("are copied with their site, under new ids", async () => {
    const { siteId } = await platform.createSite();
    await database.write((trx) => insertProducts(trx, siteId, numbered(1_203)));
    const copy = await platform.platform.sites.copy(actor, siteId);
    expect(await rowsOf(database, copy.siteId)).toEqual([1_203, 2_406, 2_406]);
    const [first] = (await read(database, copy.siteId, { filter: { numericId: 1 } })).rows.map(parseProduct);
    expect(first).toMatchObject({
      name: "Product 1",
      numericId: "1",
      productPageUrl: { base: "", path: "/product-page/product-1" },
      createdDate: "2026-01-02T03:04:05.678Z",
    });
    expect(first?.id).not.toBe("00000000-0000-4000-8000-000000000001");
    expect(await rowsOf(database, siteId)).toEqual([1_203, 2_406, 2_406]);
  });

  test("are deleted with their site, and no others", async () => {
    const [doomed, other] = [await platform.createSite(), await platform.createSite()];
    await database.write((trx) => insertProducts(trx, doomed.siteId, numbered(1_203)));
    await database.write((trx) => insertProducts(trx, other.siteId, numbered(3)));
    await platform.platform.sites.remove(actor, doomed.siteId);
    await platform.settled();
    expect(await rowsOf(database, doomed.siteId)).toEqual([0, 0, 0]);
    expect(await rowsOf(database, other.siteId)).toEqual([3, 6, 6]);
  });
});
