import { ApiError, canonicalGuid } from "@latchkey/server";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { UnnumberedProduct } from "./catalog/new-product.ts";
import type { Product } from "./catalog/product.ts";
import {
  allParts,
  documentColumns,
  type ProductParts,
  parseProduct,
  productJson,
} from "./catalog/product-document.ts";
import { storesErrors } from "./errors.ts";
import { dependentRows, productRow } from "./product-rows.ts";
import type { SiteRows } from "./query/index.ts";
import type { ProductNumbersTable, Queries, StoresTables, Write } from "./tables.ts";

// Keeps a statement far below the limit of SQLite, 32,766 parameters.
const chunkSize = 500;

const sliceBytes = 1_024 * 1_024;

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
  const last = await addToNumbers(trx, siteId, {
    last_numeric_id: products.length,
    products: products.length,
    visible_products: products.filter(({ visible }) => visible).length,
  });
  const first = last - products.length + 1;
  const numbered = products.map((product, index) => ({ ...product, numericId: String(first + index) }));
  await insertRows(
    trx,
    "stores_products",
    numbered.map((product) => productRow(siteId, product)),
  );
  for (const { rowsOf, table } of dependentRows) {
    const rows = numbered.flatMap((product) => rowsOf(siteId, product));
    await insertRows(trx, table, rows);
  }
  return numbered;
}

/** Inserts rows in statements of limited size. */
export async function insertRows<Table extends keyof StoresTables>(
  trx: Write,
  table: Table,
  rows: readonly StoresTables[Table][],
): Promise<void> {
  for (let start = 0; start < rows.length; start += chunkSize) {
    // The query builder cannot check rows when the table is a type parameter.
    const values = rows.slice(start, start + chunkSize) as never;
    await trx.insertInto(table).values(values).execute();
  }
}

/** The products of a site that a query may find; hidden products only with `includeHidden`. */
export function productRows(siteId: string, parts: { includeHidden: boolean }): SiteRows {
  return { ...visibleRows(siteId, parts), total: totalOf(siteId, parts) };
}

/** The rows of a site that belong to visible products; with `includeHidden`, to all products. */
export function visibleRows(siteId: string, { includeHidden }: { includeHidden: boolean }): SiteRows {
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

/**
 * Splits products of the site into slices of at most 1 MiB as stored, or one product. Work on products yields or commits
 * after each slice, so that other requests wait for one slice only. Unknown ids are absent from the result.
 */
export async function sliceProducts(
  db: Queries,
  siteId: string,
  productIds: readonly string[],
): Promise<string[][]> {
  const ids = [...new Set(productIds.flatMap((id) => canonicalGuid(id) ?? []))];
  if (ids.length === 0) return [];
  const sizes = documentColumns(allParts).map((column) => sql`octet_length(${sql.ref(column)})`);
  const rows = await db
    .selectFrom("stores_products")
    .select(["product_id", sql<number>`${sql.join(sizes, sql` + `)}`.as("size")])
    .where("site_id", "=", siteId)
    .where("product_id", "in", ids)
    .orderBy("numeric_id")
    .execute();
  const slices: string[][] = [];
  let free = 0;
  for (const { product_id, size } of rows) {
    if (size > free) {
      slices.push([]);
      free = sliceBytes;
    }
    slices.at(-1)?.push(product_id);
    free -= size;
  }
  return slices;
}

/** Reads products of the site by their ids, in the order of their numbers. */
export async function readProductsById(
  db: Queries,
  siteId: string,
  ids: readonly string[],
): Promise<Map<string, Product>> {
  const rows = await db
    .selectFrom("stores_products")
    .select(["product_id", ...documentColumns(allParts)])
    .where("site_id", "=", siteId)
    .where("product_id", "in", ids)
    .orderBy("numeric_id")
    .execute();
  return new Map(rows.map((row) => [row.product_id, parseProduct(row)]));
}

/** Reads the ids of products of a site by number, beginning after the number `after`. */
export async function readProductIdsAfter(
  db: Queries,
  siteId: string,
  page: { after: number; limit: number },
): Promise<{ product_id: string; numeric_id: number }[]> {
  return await db
    .selectFrom("stores_products")
    .select(["product_id", "numeric_id"])
    .where("site_id", "=", siteId)
    .where("numeric_id", ">", page.after)
    .orderBy("numeric_id")
    .limit(page.limit)
    .execute();
}

/** Returns which of the slugs products or collections of the site have. */
export async function takenSlugs(
  trx: Write,
  table: "stores_products" | "stores_collections",
  { siteId, slugs }: { readonly siteId: string; readonly slugs: readonly string[] },
): Promise<ReadonlySet<string>> {
  const rows = await trx
    .selectFrom(table)
    .select("slug")
    .where("site_id", "=", siteId)
    .where("slug", "in", slugs)
    .execute();
  return new Set(rows.map((row) => row.slug));
}

/** Replaces a product and its rows in other tables. */
export async function replaceProduct(
  trx: Write,
  siteId: string,
  { before, after }: { before: Product; after: Product },
): Promise<void> {
  const { site_id: _site, product_id: _id, numeric_id: _number, ...columns } = productRow(siteId, after);
  if (before.visible !== after.visible) {
    await addToNumbers(trx, siteId, { visible_products: after.visible ? 1 : -1 });
  }
  await trx
    .updateTable("stores_products")
    .set(columns)
    .where("site_id", "=", siteId)
    .where("product_id", "=", after.id)
    .execute();
  for (const { rowsOf, table } of dependentRows) {
    const rows = rowsOf(siteId, after);
    if (JSON.stringify(rowsOf(siteId, before)) === JSON.stringify(rows)) continue;
    await trx.deleteFrom(table).where("site_id", "=", siteId).where("product_id", "=", after.id).execute();
    await insertRows(trx, table, rows);
  }
}

export async function deleteProducts(
  trx: Write,
  siteId: string,
  productIds: readonly string[],
): Promise<void> {
  for (const { table } of dependentRows) {
    await trx.deleteFrom(table).where("site_id", "=", siteId).where("product_id", "in", productIds).execute();
  }
  const deleted = await trx
    .deleteFrom("stores_products")
    .where("site_id", "=", siteId)
    .where("product_id", "in", productIds)
    .returning("visible")
    .execute();
  const visible = deleted.filter((row) => row.visible === 1).length;
  await addToNumbers(trx, siteId, { products: -deleted.length, visible_products: -visible });
}

/**
 * Adds to the numbers of a site, and locks them until the transaction ends.
 *
 * @returns the last numeric id
 */
export async function addToNumbers(
  trx: Write,
  siteId: string,
  added: Partial<Omit<ProductNumbersTable, "site_id">>,
): Promise<number> {
  const values = { last_numeric_id: 0, products: 0, visible_products: 0, ...added };
  const sum = (name: keyof typeof values) =>
    sql<number>`stores_product_numbers.${sql.ref(name)} + ${values[name]}`;
  const row = await trx
    .insertInto("stores_product_numbers")
    .values({ site_id: siteId, ...values })
    .onConflict((conflict) =>
      conflict.column("site_id").doUpdateSet({
        last_numeric_id: sum("last_numeric_id"),
        products: sum("products"),
        visible_products: sum("visible_products"),
      }),
    )
    .returning("last_numeric_id")
    .executeTakeFirstOrThrow();
  return row.last_numeric_id;
}

/** How many products a site has; without `includeHidden`, how many are visible. */
export function totalOf(
  siteId: string,
  { includeHidden }: { includeHidden: boolean },
): RawBuilder<{ total: number }> {
  const column = sql.ref(includeHidden ? "products" : "visible_products");
  return sql`select ${column} as total from stores_product_numbers where site_id = ${siteId}`;
}
