import { ApiError, canonicalGuid, parseIsoTime } from "@latchkey/server";
import { type SqlBool, sql } from "kysely";
import type { UnnumberedProduct } from "./catalog/new-product.ts";
import type { Product } from "./catalog/product.ts";
import {
  allParts,
  documentColumns,
  type ProductParts,
  parseProduct,
  productJson,
  toDocument,
} from "./catalog/product-document.ts";
import { storesErrors } from "./errors.ts";
import { fold, type SiteRows } from "./query/index.ts";
import type { ProductsTable, Queries, Write } from "./tables.ts";
import { insertVariantRows } from "./variants.queries.ts";

// Keeps a statement far below the limit of SQLite, 32,766 parameters.
const chunkSize = 500;

/**
 * Stores products and assigns their numbers.
 *
 * The transaction locks the counter of the site, so numbers rise in the order of commits. A client that reads the products
 * above the last number that it has seen misses none.
 *
 * @returns the products with their numbers
 */
export async function insertProducts(
  trx: Write,
  siteId: string,
  products: readonly UnnumberedProduct[],
): Promise<Product[]> {
  const stored: Product[] = [];
  for (let start = 0; start < products.length; start += chunkSize) {
    const chunk = products.slice(start, start + chunkSize);
    const first = await takeNumbers(trx, siteId, chunk.length);
    const numbered = chunk.map((product, index) => ({ ...product, numericId: String(first + index) }));
    await trx
      .insertInto("stores_products")
      .values(numbered.map((product) => toRow(siteId, product)))
      .execute();
    await insertCollectionRows(trx, siteId, numbered);
    await insertOptionRows(trx, siteId, numbered);
    await insertVariantRows(trx, siteId, numbered);
    stored.push(...numbered);
  }
  return stored;
}

/** The products of a site that a query may find; hidden products only with `includeHidden`. */
export function productRows(siteId: string, { includeHidden }: { includeHidden: boolean }): SiteRows {
  return includeHidden ? { siteId } : { siteId, only: sql<SqlBool>`visible = 1` };
}

/** Reads the JSON of a product of the site, hidden or not. Throws `PRODUCT_NOT_FOUND`. */
export async function readProductJson(
  db: Queries,
  { productId, siteId }: { readonly siteId: string; readonly productId: string },
  parts: ProductParts,
): Promise<{ json: string; visible: boolean }> {
  const id = canonicalGuid(productId);
  const row =
    id &&
    (await db
      .selectFrom("stores_products")
      .select(["visible", ...documentColumns(parts)])
      .where("site_id", "=", siteId)
      .where("product_id", "=", id)
      .executeTakeFirst());
  if (!row) throw new ApiError(storesErrors.PRODUCT_NOT_FOUND);
  return { json: productJson(row), visible: row.visible === 1 };
}

/** Reads a product of the site, hidden or not. Throws `PRODUCT_NOT_FOUND`. */
export async function readProduct(db: Queries, siteId: string, productId: string): Promise<Product> {
  return JSON.parse((await readProductJson(db, { siteId, productId }, allParts)).json);
}

/** Reads products of a site by number, beginning after the number `after`. */
export async function readProductsAfter(
  db: Queries,
  siteId: string,
  page: { after: number; limit: number },
): Promise<Product[]> {
  const rows = await db
    .selectFrom("stores_products")
    .select(documentColumns(allParts))
    .where("site_id", "=", siteId)
    .where("numeric_id", ">", page.after)
    .orderBy("numeric_id")
    .limit(page.limit)
    .execute();
  return rows.map(parseProduct);
}

/** Deletes up to `limit` products of a site. Returns whether there were any. */
export async function deleteSomeProducts(trx: Write, siteId: string, limit: number): Promise<boolean> {
  const rows = await trx
    .selectFrom("stores_products")
    .select("product_id")
    .where("site_id", "=", siteId)
    .orderBy("product_id")
    .limit(limit)
    .execute();
  if (rows.length === 0) return false;
  const ids = rows.map((row) => row.product_id);
  for (const table of [
    "stores_variants",
    "stores_product_options",
    "stores_product_collections",
    "stores_products",
  ] as const) {
    await trx.deleteFrom(table).where("site_id", "=", siteId).where("product_id", "in", ids).execute();
  }
  return true;
}

/** Takes `count` numbers, which are never used again. Returns the first. */
export async function takeNumbers(trx: Write, siteId: string, count: number): Promise<number> {
  const { last_numeric_id: last } = await trx
    .insertInto("stores_product_numbers")
    .values({ site_id: siteId, last_numeric_id: count })
    .onConflict((conflict) =>
      conflict.column("site_id").doUpdateSet((eb) => ({
        last_numeric_id: eb("stores_product_numbers.last_numeric_id", "+", count),
      })),
    )
    .returning("last_numeric_id")
    .executeTakeFirstOrThrow();
  return last - count + 1;
}

export function toRow(siteId: string, product: Product): ProductsTable {
  return {
    site_id: siteId,
    product_id: product.id,
    numeric_id: Number(product.numericId),
    visible: product.visible ? 1 : 0,
    price: product.priceData.price,
    created_at: epochMs(product.createdDate),
    updated_at: epochMs(product.lastUpdated),
    product_type: product.productType,
    inventory_status: product.stock.inventoryStatus,
    name: product.name,
    name_folded: fold(product.name),
    slug: product.slug,
    slug_folded: fold(product.slug),
    sku: product.sku,
    sku_folded: fold(product.sku),
    description: product.description,
    description_folded: fold(product.description),
    ...toDocument(product),
  };
}

export async function insertCollectionRows(
  trx: Write,
  siteId: string,
  products: readonly Product[],
): Promise<void> {
  const rows = products.flatMap((product) =>
    [...new Set(product.collectionIds)].map((collection_id) => ({
      site_id: siteId,
      product_id: product.id,
      collection_id,
    })),
  );
  for (let start = 0; start < rows.length; start += chunkSize) {
    const values = rows.slice(start, start + chunkSize);
    await trx.insertInto("stores_product_collections").values(values).execute();
  }
}

export async function insertOptionRows(
  trx: Write,
  siteId: string,
  products: readonly Product[],
): Promise<void> {
  const rows = products.flatMap((product) =>
    product.productOptions.flatMap(({ name, choices }) => {
      // A filter finds a color by its name and by its value.
      const known = new Set(choices.flatMap(({ description, value }) => [description, value]));
      return [...known].map((choice) => ({ site_id: siteId, product_id: product.id, name, choice }));
    }),
  );
  for (let start = 0; start < rows.length; start += chunkSize) {
    const values = rows.slice(start, start + chunkSize);
    await trx.insertInto("stores_product_options").values(values).execute();
  }
}

function epochMs(isoTime: string): number {
  const time = parseIsoTime(isoTime);
  if (time === undefined) throw new TypeError("The times of a product are ISO 8601 with a zone.");
  return time;
}
