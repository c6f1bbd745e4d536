import type { ResourceDatabase } from "@latchkey/server";
import { type RawBuilder, sql } from "kysely";
import { newProduct } from "../catalog/new-product.ts";
import type { Product } from "../catalog/product.ts";
import { addToNumbers } from "../products.queries.ts";
import type { StoresTables } from "../tables.ts";

/** The collections, each with every n-th product. */
const collectionSteps = { "every-hundredth": 100, "every-fourth": 4, "every-one": 1 } as const;

// A statement must end within the time limit of the server, also on a busy machine.
const chunkSize = 10_000;

/** Seeds a site with products 1 to `count`. Every tenth is hidden. */
export async function seedProducts(
  database: ResourceDatabase<StoresTables>,
  siteId: string,
  count: number,
): Promise<void> {
  for (let from = 1; from <= count; from += chunkSize) {
    await seedChunk(database, siteId, { from, to: Math.min(from + chunkSize - 1, count) });
  }
}

async function seedChunk(
  database: ResourceDatabase<StoresTables>,
  siteId: string,
  { from, to }: { from: number; to: number },
): Promise<void> {
  const site = sql.lit(siteId);
  const label = sql`cast(1000000 + i as text)`;
  const productId = sql`'00000000-0000-4000-8000-00000' || ${label}`;
  const numbers = sql`with recursive n (i) as (
    select cast(${sql.lit(from)} as integer) union all select i + 1 from n where i < ${sql.lit(to)}
  )`;
  await database.write(async (trx) => {
    await sql`insert into stores_products ${numbers}
      select ${site}, ${productId}, i, case when i % 10 = 0 then 0 else 1 end, (i % 1000) * 0.5,
        1767323045678 + i * 1000, 1767323045678 + (i % 7), 'physical', 'IN_STOCK',
        'Product ' || ${label}, 'product ' || ${label}, 'product-' || ${label}, 'product-' || ${label},
        'SKU-' || ${label}, 'sku-' || ${label}, 'Number ' || ${label} || ' of many.',
        'number ' || ${label} || ' of many.', '{"numericId":"' || cast(i as text) || '"}', '[]', '{}', '' from n`.execute(
      trx,
    );
    const products = to - from + 1;
    const hidden = Math.floor(to / 10) - Math.floor((from - 1) / 10);
    await addToNumbers(trx, siteId, { products, visible_products: products - hidden });
    for (const [collection, step] of Object.entries(collectionSteps)) {
      await sql`insert into stores_product_collections ${numbers} select ${site}, ${productId}, ${sql.lit(collection)}
        from n where i % ${sql.lit(step)} = ${sql.lit(1 % step)}`.execute(trx);
    }
  });
}

/** The index that a query uses and, on PostgreSQL, the number of rows that it reads. */
export interface Scan {
  /** Absent when the whole table is read. */
  readonly index: string | undefined;
  readonly rows: number | undefined;
}

/** Returns the query plan for the tables of products. */
export async function scansOf(
  database: ResourceDatabase<StoresTables>,
  query: RawBuilder<unknown>,
): Promise<Scan[]> {
  const compiled = query.compile(database.read);
  const explain = async <Row>(prefix: string): Promise<Row[]> =>
    (await database.read.executeQuery<Row>({ ...compiled, sql: `${prefix} ${compiled.sql}` })).rows as Row[];
  if (database.engine === "sqlite") {
    const steps = await explain<{ detail: string }>("explain query plan");
    return steps.flatMap(({ detail }) => {
      const [, table, rest] =
        /^(?:SEARCH|SCAN) (stores_products|stores_product_collections|stores_product_numbers)\b(.*)$/.exec(
          detail,
        ) ?? [];
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

/** Returns seeded products as documents, for generated queries. */
export function seededProducts(numbers: readonly number[]): Product[] {
  return numbers.map((number) => {
    const label = String(1_000_000 + number);
    const input = {
      name: `Product ${label}`,
      slug: `product-${label}`,
      sku: `SKU-${label}`,
      description: `Number ${label} of many.`,
      price: (number % 1_000) * 0.5,
      visible: number % 10 !== 0,
      collectionIds: Object.entries(collectionSteps).flatMap(([collection, step]) =>
        number % step === 1 % step ? [collection] : [],
      ),
    };
    const productId = `00000000-0000-4000-8000-00000${label}`;
    const site = { currency: "USD", url: null };
    return {
      ...newProduct(input, { productId, site, now: 1_767_323_045_678 + number * 1_000 }),
      numericId: String(number),
      lastUpdated: new Date(1_767_323_045_678 + (number % 7)).toISOString(),
    };
  });
}
