import type { ResourceDatabase } from "@latchkey/server";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { seededRandom } from "@latchkey/test-support/seeded-random";
import { type RawBuilder, sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { newProduct } from "./catalog/new-product.ts";
import { parseProduct, type SelectedDocument } from "./catalog/product-document.ts";
import { insertProducts, productRows } from "./products.queries.ts";
import {
  countQuery,
  cursorPageQuery,
  type PageQuery,
  pageQuery,
  parseRestQuery,
  productEntity,
  readCursorPage,
  readPage,
  readQueryRequest,
} from "./query/index.ts";
import { stores } from "./stores.ts";
import type { StoresTables } from "./tables.ts";
import { generateQueries } from "./test-support/generated-queries.ts";
import { scansOf, seededProducts, seedProducts } from "./test-support/large-store.ts";
import { requestsOf } from "./test-support/query-forms.ts";
import { storesOf } from "./test-support/stores-of.ts";

// A site with 100,000 products, every tenth hidden, and another site with 2,000. What a query reads depends on its filter,
// never on the other site.

interface Shape {
  readonly asked: object;
  readonly total: number;
  /** Number of the first product of the page. */
  readonly first: number;
  /** The index that finds the products, where one does. */
  readonly index?: string;
}

const shapes: [string, Shape][] = [
  ["everything", { asked: {}, total: 90_000, first: 1 }],
  [
    "a price range",
    {
      asked: { filter: { price: { $gt: 0, $lt: 5 } }, sort: [{ price: "desc" }] },
      total: 900,
      first: 99_009,
      index: "stores_products_by_price",
    },
  ],
  [
    "one price",
    { asked: { filter: { price: 2.5 } }, total: 100, first: 5, index: "stores_products_by_price" },
  ],
  [
    "a prefix of a name",
    {
      asked: { filter: { name: { $startsWith: "PRODUCT 10999" } } },
      total: 90,
      first: 99_901,
      index: "stores_products_by_name_folded",
    },
  ],
  [
    "one name",
    {
      asked: { filter: { name: "Product 1099999" } },
      total: 1,
      first: 99_999,
      index: "stores_products_by_name",
    },
  ],
  [
    "one sku",
    { asked: { filter: { sku: "SKU-1000001" } }, total: 1, first: 1, index: "stores_products_by_sku" },
  ],
  [
    "numbers after the last one read",
    {
      asked: { filter: { numericId: { $gt: 99_989 } } },
      total: 9,
      first: 99_991,
      index: "stores_products_by_numeric_id",
    },
  ],
  [
    "a time",
    {
      asked: {
        filter: { createdDate: { $lt: "2026-01-02T03:04:16.000Z" } },
        sort: [{ createdDate: "desc" }],
      },
      total: 9,
      first: 9,
      index: "stores_products_by_created",
    },
  ],
  [
    "a collection",
    { asked: { filter: { collectionIds: { $hasSome: ["every-hundredth"] } } }, total: 1_000, first: 1 },
  ],
  [
    "two collections",
    {
      asked: {
        filter: { collectionIds: { $hasAll: ["every-hundredth", "every-fourth"] } },
        sort: [{ name: "desc" }],
      },
      total: 1_000,
      first: 99_901,
    },
  ],
  [
    "a prefix of an id",
    {
      asked: { filter: { id: { $startsWith: "00000000-0000-4000-8000-0000010999" } }, sort: [{ id: "asc" }] },
      total: 90,
      first: 99_901,
      index: "the primary key",
    },
  ],
  [
    "names after a given name",
    {
      asked: { filter: { name: { $gt: "Product 1099990" } }, sort: [{ name: "asc" }] },
      total: 9,
      first: 99_991,
      index: "stores_products_by_name",
    },
  ],
  [
    "a suffix of a name",
    { asked: { filter: { name: { $endsWith: "T 1077777" } } }, total: 1, first: 77_777 },
  ],
  ["no collection", { asked: { filter: { collectionIds: { $isEmpty: true } } }, total: 0, first: 0 }],
  [
    "a substring of a description",
    { asked: { filter: { description: { $contains: "77777" } } }, total: 1, first: 77_777 },
  ],
];
const indexed = shapes.flatMap(([name, { asked, index }]) =>
  index === undefined ? [] : ([[name, asked, index]] as const),
);

/** Filters of a hostile app. Each must be cheap or rejected. */
const many = <T>(count: number, item: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => item(at));
const hostile: [string, object][] = [
  ["100 comparisons", { $or: many(100, (at) => ({ description: { $gt: `zz${at}` } })) }],
  ["1,000 values, none of them", { name: { $nin: many(1_000, (at) => `Product ${at}`) } }],
  [
    "1,000 ids in either case",
    { id: { $in: many(1_000, (at) => `00000000-0000-4000-8000-00000100${at}A`) } },
  ],
  [
    "10 substrings that look like patterns",
    { $or: many(10, (at) => ({ description: { $contains: `${"(a+)+".repeat(60)}$${at}` } })) },
  ],
  [
    "10 suffixes of wildcards",
    { $or: many(10, (at) => ({ description: { $endsWith: `${"%_".repeat(200)}${at}` } })) },
  ],
  [
    "10 conditions on collections",
    { $or: many(10, (at) => ({ collectionIds: { $hasAll: ["every-one", `c${at}`] } })) },
  ],
  ["100 collections together", { $not: { collectionIds: { $hasAll: many(100, (at) => `c${at}`) } } }],
  [
    "products outside a collection of all products",
    { $or: [{ $not: { collectionIds: "every-one" } }, { sku: "x" }] },
  ],
  [
    "options that no product has",
    { $and: many(5, (at) => ({ [`options.Size"; drop table products; --${at}`]: { $ne: "L" } })) },
  ],
  [
    "9 levels of logic",
    many(4, (at) => at).reduce<object>((inner, at) => ({ $not: { $or: [inner, { price: at }] } }), {
      collectionIds: { $nin: ["every-fourth"] },
    }),
  ],
];
const engines = ["sqlite", "postgres"] as const;
const primaryKey = {
  sqlite: "sqlite_autoindex_stores_products_1",
  postgres: "stores_products_pkey",
} as const;

interface Store {
  readonly database: ResourceDatabase<StoresTables>;
  readonly siteId: string;
  readonly neighbourId: string;
  readonly platform: TestPlatform;
}
const opened = new Map<string, Store>();

async function openStore(engine: (typeof engines)[number]): Promise<void> {
  // Used tables have other statistics.
  vi.stubEnv("TEST_DATABASE_KEEP_SCHEMAS", "");
  const platform = await createTestPlatform({
    resources: [stores],
    database: engine,
    now: 1_767_323_045_678,
  });
  vi.unstubAllEnvs();
  const { database } = storesOf(platform);
  const { siteId } = await platform.createSite();
  const { siteId: neighbourId } = await platform.createSite();
  opened.set(engine, { platform, database, siteId, neighbourId });
  await seedProducts(database, siteId, 100_000);
  await seedProducts(database, neighbourId, 2_000);
  // PostgreSQL does this automatically after a while. SQLite plans without statistics, as in production.
  if (engine === "postgres")
    await sql`vacuum analyze stores_products, stores_product_collections`.execute(database.read);
}

function storeOn(engine: string): Store {
  const store = opened.get(engine);
  if (store === undefined) throw new Error("The store was not opened.");
  return store;
}

const queryOf = (asked: object, siteId: string): PageQuery => ({
  ...parseRestQuery({ query: asked }, productEntity),
  ...productRows(siteId, { includeHidden: false }),
});
const pageAndCount = (query: PageQuery): RawBuilder<unknown>[] => [
  pageQuery(productEntity, query),
  countQuery(productEntity, query),
];

beforeAll(async () => {
  for (const engine of engines) await openStore(engine);
}, 300_000);
afterAll(async () => {
  for (const { platform } of opened.values()) await platform.close();
});

describe.each(engines)("100,000 products on %s", (engine) => {
  test.each(shapes)("%s: the right page and the right count", async (_, { asked, first, total }) => {
    const { database, siteId } = storeOn(engine);
    const page = await readPage<SelectedDocument>(database.read, productEntity, queryOf(asked, siteId));
    expect([page.total, page.rows.map(parseProduct)[0]?.numericId]).toEqual([
      total,
      first === 0 ? undefined : String(first),
    ]);
  });

  test.each(indexed)("%s: found through its index", async (_, asked, index) => {
    const { database, siteId } = storeOn(engine);
    for (const query of pageAndCount(queryOf(asked, siteId))) {
      const [found] = await scansOf(database, query);
      expect(found?.index).toBe(index === "the primary key" ? primaryKey[engine] : index);
      expect(found?.rows ?? 0).toBeLessThanOrEqual(1_000);
    }
  });

  test.each(shapes)("%s: a query of the other site reads its own rows only", async (_, { asked }) => {
    const { database, neighbourId } = storeOn(engine);
    for (const query of pageAndCount(queryOf(asked, neighbourId))) {
      const scans = await scansOf(database, query);
      expect(scans.length).toBeGreaterThan(0);
      for (const scan of scans) {
        expect(scan).toMatchObject({
          index: expect.stringMatching(/^(stores|sqlite_autoindex)_/),
        });
        expect(scan.rows ?? 0).toBeLessThanOrEqual(2_000);
      }
    }
  });

  test.each([
    ["numericId", [{ fieldName: "numericId" }], [90_000], "stores_products_by_numeric_id", "90001"],
    ["price", [{ fieldName: "price", order: "DESC" }], [250, 50_500], "stores_products_by_price", "99499"],
    ["name", [{ fieldName: "name" }], ["Product 1090000", 90_000], "stores_products_by_name", "90001"],
    [
      "lastUpdated",
      [{ fieldName: "lastUpdated" }],
      [1_767_323_045_680, 50_000],
      "stores_products_by_updated",
      "50003",
    ],
  ])("a distant page sorted by %s is found through its index", async (_, sort, values, index, first) => {
    const { database, siteId } = storeOn(engine);
    for (const backwards of [false, true]) {
      const slice = { ...queryOf({ sort }, siteId), limit: 50, from: { values, backwards } };
      const [found] = await scansOf(database, cursorPageQuery(productEntity, slice, slice.limit + 1));
      expect(found?.index).toBe(index);
      expect(found?.rows ?? 0).toBeLessThanOrEqual(20_000);
      const { rows } = await readCursorPage<SelectedDocument>(database.read, productEntity, slice);
      expect(rows).toHaveLength(50);
      if (!backwards) expect(rows.map(parseProduct)[0]?.numericId).toBe(first);
    }
  });

  test.each(hostile)("H7 %s: few rows are read", async (_, filter) => {
    const { database, siteId } = storeOn(engine);
    const query = queryOf({ filter }, siteId);
    for (const one of pageAndCount(query)) {
      const scans = await scansOf(database, one);
      const rows = scans.reduce((sum, scan) => sum + (scan.rows ?? 0), 0);
      expect(rows).toBeLessThanOrEqual(250_000);
      // PostgreSQL may scan the whole table when most rows match. SQLite uses an index by site even then.
      if (engine === "sqlite") for (const { index } of scans) expect(index).toBeDefined();
    }
    await readPage<SelectedDocument>(database.read, productEntity, query);
  });
});

test.each(engines)(
  "H7 a substring that nearly matches everywhere in long texts is found in time on %s",
  async (engine) => {
    const { database, platform } = storeOn(engine);
    const { siteId } = await platform.createSite();
    const site = { currency: "USD", url: null };
    const long = many(20, (at) => {
      const productId = `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`;
      const input = {
        name: `Long ${at}`,
        price: 1,
        description: `${"a".repeat(7_999)}${at === 7 ? "b" : "a"}`,
      };
      return newProduct(input, { productId, site, now: 1_767_323_045_678 });
    });
    await database.write((trx) => insertProducts(trx, siteId, long));
    const total = async (operator: string, part: string): Promise<number> => {
      const asked = { filter: { $and: many(5, () => ({ description: { [operator]: part } })) } };
      return (await readPage<SelectedDocument>(database.read, productEntity, queryOf(asked, siteId))).total;
    };
    const letters = "a".repeat(499);
    expect(await total("$contains", `${letters}b`)).toBe(1);
    expect(await total("$contains", `b${letters}`)).toBe(0);
    expect(await total("$contains", letters)).toBe(20);
    expect(await total("$endsWith", `${letters}b`)).toBe(1);
    expect(await total("$endsWith", letters)).toBe(19);
  },
);

test("200 generated queries return the same of 100,000 products on both databases", async () => {
  const queries = generateQueries(
    seededRandom(77),
    seededProducts([1, 4, 10, 101, 4_242, 50_000, 77_777, 99_999]),
    200,
  );
  let found = 0;
  for (const query of queries) {
    const input = await readQueryRequest(requestsOf(query).rest);
    const [one, two] = await Promise.all(
      engines.map(async (engine) => {
        const { database, siteId } = storeOn(engine);
        const page = await readPage<SelectedDocument>(database.read, productEntity, {
          ...parseRestQuery(input, productEntity),
          ...productRows(siteId, { includeHidden: query.includeHidden }),
        });
        return { total: page.total, numbers: page.rows.map((row) => parseProduct(row).numericId) };
      }),
    );
    expect({ query, ...one }).toEqual({ query, ...two });
    found += one?.total ?? 0;
  }
  // Queries without results would prove nothing.
  expect(found).toBeGreaterThan(1_000_000);
}, 600_000);
