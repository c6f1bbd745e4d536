import { type RawBuilder, sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../db/index.ts";
import { createTestPlatform, type TestPlatform } from "../testing/index.ts";
import type { Product } from "./product.ts";
import { productRows } from "./products.store.ts";
import {
  countQuery,
  type PageQuery,
  pageQuery,
  parseRestQuery,
  productEntity,
  readPage,
} from "./query/index.ts";

// A site with 100,000 products, one in ten of them hidden, and a neighbour with 2,000: what a query reads depends on
// what it asks for, and never on the neighbour.

async function plant(database: Database, siteId: string, count: number): Promise<void> {
  const label = sql`cast(1000000 + i as text)`;
  const productId = sql`'00000000-0000-4000-8000-00000' || ${label}`;
  const numbers = sql`with recursive n (i) as (select 1 union all select i + 1 from n where i < ${sql.lit(count)})`;
  await database.write(async (trx) => {
    await sql`insert into products ${numbers}
      select ${sql.lit(siteId)}, ${productId}, i, case when i % 10 = 0 then 0 else 1 end, (i % 1000) * 0.5,
        1767323045678 + i * 1000, 1767323045678 + (i % 7), 'physical', 'IN_STOCK',
        'Product ' || ${label}, 'product ' || ${label}, 'product-' || ${label}, 'product-' || ${label},
        'SKU-' || ${label}, 'sku-' || ${label}, 'Number ' || ${label} || ' of many.', 'number ' || ${label} || ' of many.',
        '{"numericId":"' || cast(i as text) || '"}' from n`.execute(trx);
    await sql`insert into product_collections ${numbers}
      select ${sql.lit(siteId)}, ${productId}, 'every-hundredth' from n where i % 100 = 1`.execute(trx);
    await sql`insert into product_collections ${numbers}
      select ${sql.lit(siteId)}, ${productId}, 'every-fourth' from n where i % 4 = 1`.execute(trx);
  });
}

/** How a table is read: through which index, and on PostgreSQL how many of its rows. */
interface Scan {
  /** Absent when the whole table is read. */
  readonly index: string | undefined;
  readonly rows: number | undefined;
}

async function scansOf(database: Database, query: RawBuilder<unknown>): Promise<Scan[]> {
  const compiled = query.compile(database.read);
  const explain = async <Row>(prefix: string): Promise<Row[]> =>
    (await database.read.executeQuery<Row>({ ...compiled, sql: `${prefix} ${compiled.sql}` })).rows as Row[];
  if (database.engine === "sqlite") {
    const steps = await explain<{ detail: string }>("explain query plan");
    return steps.flatMap(({ detail }) => {
      const [, table, rest] = /^(?:SEARCH|SCAN) (products|product_collections)\b(.*)$/.exec(detail) ?? [];
      if (table === undefined) return [];
      return [
        { table, index: /^SEARCH.*INDEX (\w+) \(site_id=\?/.exec(detail)?.[1] ?? rest, rows: undefined },
      ];
    });
  }
  const [row] = await explain<{ "QUERY PLAN": [{ Plan: PlanNode }] }>("explain (analyze, format json)");
  return row === undefined ? [] : scansIn(row["QUERY PLAN"][0].Plan);
}

interface PlanNode {
  readonly "Node Type": string;
  readonly "Index Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly PlanNode[];
}

function scansIn(node: PlanNode): Scan[] {
  const inner = (node.Plans ?? []).flatMap(scansIn);
  if (!node["Node Type"].endsWith("Scan") || node["Node Type"] === "CTE Scan") return inner;
  const rows = (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"];
  const bitmap = node.Plans?.[0];
  const index = node["Index Name"] ?? bitmap?.["Index Name"];
  return [{ index, rows }];
}

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
      index: "products_by_price",
    },
  ],
  ["one price", { asked: { filter: { price: 2.5 } }, total: 100, first: 5, index: "products_by_price" }],
  [
    "a beginning of a name",
    {
      asked: { filter: { name: { $startsWith: "PRODUCT 10999" } } },
      total: 90,
      first: 99_901,
      index: "products_by_name_folded",
    },
  ],
  [
    "one name",
    { asked: { filter: { name: "Product 1099999" } }, total: 1, first: 99_999, index: "products_by_name" },
  ],
  ["one sku", { asked: { filter: { sku: "SKU-1000001" } }, total: 1, first: 1, index: "products_by_sku" }],
  [
    "what follows the last number seen",
    {
      asked: { filter: { numericId: { $gt: 99_989 } } },
      total: 9,
      first: 99_991,
      index: "products_by_numeric_id",
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
      index: "products_by_created",
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
    "part of a description",
    { asked: { filter: { description: { $contains: "77777" } } }, total: 1, first: 77_777 },
  ],
];
const indexed = shapes.flatMap(([name, { asked, index }]) =>
  index === undefined ? [] : ([[name, asked, index]] as const),
);

describe.each(["sqlite", "postgres"] as const)("100,000 products on %s", (engine) => {
  let platform: TestPlatform;
  let database: Database;
  let siteId: string;
  let neighbourId: string;

  beforeAll(async () => {
    platform = await createTestPlatform({ database: engine });
    database = platform.platform.database;
    ({ siteId } = await platform.createSite());
    ({ siteId: neighbourId } = await platform.createSite());
    await plant(database, siteId, 100_000);
    await plant(database, neighbourId, 2_000);
    // What PostgreSQL does by itself after a while; SQLite plans without statistics, as in production.
    if (engine === "postgres") await sql`vacuum analyze products, product_collections`.execute(database.read);
  });
  afterAll(() => platform.close());

  const queryOf = (asked: object, site = siteId): PageQuery => ({
    ...parseRestQuery({ query: asked }, productEntity),
    ...productRows({ siteId: site, includeHidden: false }),
  });

  test.each(shapes)("%s: the right page and the right count", async (_, { asked, first, total }) => {
    const page = await readPage<Product>(database.read, productEntity, queryOf(asked));
    expect([page.total, page.documents[0]?.numericId]).toEqual([total, String(first)]);
  });

  test.each(indexed)("%s: found through its index", async (_, asked, index) => {
    for (const query of bothQueries(queryOf(asked))) {
      const [found] = await scansOf(database, query);
      expect(found?.index).toBe(index);
      expect(found?.rows ?? 0).toBeLessThanOrEqual(1_000);
    }
  });

  test.each(shapes)("%s: the neighbour's query reads its own rows only", async (_, { asked }) => {
    for (const query of [pageQuery(productEntity, queryOf(asked, neighbourId)), countQuery(productEntity, queryOf(asked, neighbourId))]) {
      const scans = await scansOf(database, query);
      expect(scans.length).toBeGreaterThan(0);
      for (const scan of scans) {
        expect(scan).toMatchObject({
          index: expect.stringMatching(/^(products|product_collections|sqlite_autoindex)_/),
        });
        expect(scan.rows ?? 0).toBeLessThanOrEqual(2_000);
      }
    }
  });
});
