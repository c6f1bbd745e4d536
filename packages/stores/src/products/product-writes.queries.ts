import { canonicalGuid } from "@latchkey/server";
import type { Product } from "../catalog/product.ts";
import { allParts, documentColumns, parseProduct } from "../catalog/product-document.ts";
import { insertCollectionRows, insertOptionRows, toRow } from "../products.queries.ts";
import type { Queries, Write } from "../tables.ts";
import { replaceVariantRows } from "../variants.queries.ts";

/** Reads products of the site by their ids. Unknown ids are absent from the result. */
export async function readProductsById(
  db: Queries,
  siteId: string,
  productIds: readonly string[],
): Promise<Map<string, Product>> {
  const ids = [...new Set(productIds.flatMap((id) => canonicalGuid(id) ?? []))];
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom("stores_products")
    .select(["product_id", ...documentColumns(allParts)])
    .where("site_id", "=", siteId)
    .where("product_id", "in", ids)
    .orderBy("numeric_id")
    .execute();
  return new Map(rows.map((row) => [row.product_id, parseProduct(row)]));
}

/** Replaces a product and its rows in other tables. */
export async function replaceProduct(
  trx: Write,
  siteId: string,
  { before, after }: { before: Product; after: Product },
): Promise<void> {
  const { site_id: _site, product_id: _id, numeric_id: _number, ...columns } = toRow(siteId, after);
  await trx
    .updateTable("stores_products")
    .set(columns)
    .where("site_id", "=", siteId)
    .where("product_id", "=", after.id)
    .execute();
  await replaceVariantRows(trx, siteId, { before, after });
  if (differ(before.productOptions, after.productOptions)) {
    await deleteRowsOf(trx, siteId, { table: "stores_product_options", productId: after.id });
    await insertOptionRows(trx, siteId, [after]);
  }
  if (differ(before.collectionIds, after.collectionIds)) {
    await deleteRowsOf(trx, siteId, { table: "stores_product_collections", productId: after.id });
    await insertCollectionRows(trx, siteId, [after]);
  }
}

export async function deleteProduct(trx: Write, siteId: string, productId: string): Promise<void> {
  for (const table of [
    "stores_variants",
    "stores_product_options",
    "stores_product_collections",
    "stores_products",
  ] as const) {
    await deleteRowsOf(trx, siteId, { table, productId });
  }
}

/** Returns which of the slugs products of the site have. */
export async function takenSlugs(
  trx: Write,
  siteId: string,
  slugs: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await trx
    .selectFrom("stores_products")
    .select("slug")
    .where("site_id", "=", siteId)
    .where("slug", "in", slugs)
    .execute();
  return new Set(rows.map((row) => row.slug));
}

async function deleteRowsOf(
  trx: Write,
  siteId: string,
  rows: {
    table: "stores_variants" | "stores_products" | "stores_product_options" | "stores_product_collections";
    productId: string;
  },
): Promise<void> {
  await trx
    .deleteFrom(rows.table)
    .where("site_id", "=", siteId)
    .where("product_id", "=", rows.productId)
    .execute();
}

function differ(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) !== JSON.stringify(other);
}
