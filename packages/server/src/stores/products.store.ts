import { type RawBuilder, type SqlBool, sql } from "kysely";
import { parseIsoTime } from "../clock/index.ts";
import type { ProductsTable, Queries, Write } from "../db/index.ts";
import type { UnnumberedProduct } from "./new-product.ts";
import type { Product } from "./product.ts";
import { compileFilter, type Filter, fold, type Paging, type SortKey } from "./query/index.ts";

/** Which products of a site to read, in which order. */
export interface ProductsQuery {
  readonly siteId: string;
  /** Whether to read, and count, what visitors do not see. */
  readonly includeHidden: boolean;
  readonly filter: Filter | undefined;
  /** Ends with a unique column. */
  readonly sort: readonly SortKey[];
  readonly paging: Paging;
}

export interface ProductsPage {
  readonly products: readonly Product[];
  /** How many products match, on all pages. */
  readonly total: number;
}

// Keeps a statement far below the 32,766 parameters that SQLite takes.
const chunkSize = 500;

/**
 * Stores products and gives them their numbers, in their order.
 *
 * Whoever writes first on a site holds its counter until the transaction ends, so that numbers rise in the order of
 * commits: a reader who asks for the numbers above the last one it saw misses none.
 *
 * @returns them with their numbers
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
      .insertInto("products")
      .values(numbered.map((product) => toRow(siteId, product)))
      .execute();
    await insertCollectionRows(trx, siteId, numbered);
    await insertOptionRows(trx, siteId, numbered);
    stored.push(...numbered);
  }
  return stored;
}

/** A page of the products that match, and how many match. */
export async function readProducts(db: Queries, query: ProductsQuery): Promise<ProductsPage> {
  const { limit, offset } = query.paging;
  const { rows } = await pageQuery(query).execute(db);
  const products = rows.map((row): Product => JSON.parse(row.document));
  // A page that is not full is the last one: what lies before it has been counted by skipping it.
  const isLast = rows.length > 0 ? rows.length < limit : offset === 0;
  if (isLast) return { products, total: offset + rows.length };
  const counted = await countQuery(query).execute(db);
  return { products, total: counted.rows[0]?.total ?? 0 };
}

/** Documents are fetched for the rows of the page only: no other row drags its document through a sort. */
export function pageQuery(query: ProductsQuery): RawBuilder<{ document: string }> {
  const columns = query.sort.map((key, index) => sql`${sql.ref(key.column)} as ${sql.ref(`key${index}`)}`);
  const order = query.sort.map((key) => ordered(key.column, key));
  const orderOfPage = query.sort.map((key, index) => ordered(`page.key${index}`, key));
  return sql`with page as (
      select product_id as id, ${sql.join(columns)} from products where ${matching(query)}
      order by ${sql.join(order)} limit ${query.paging.limit} offset ${query.paging.offset}
    )
    select products.document from page cross join products
    where products.site_id = ${query.siteId} and products.product_id = page.id
    order by ${sql.join(orderOfPage)}`;
}

export function countQuery(query: ProductsQuery): RawBuilder<{ total: number }> {
  return sql`select count(*) as total from products where ${matching(query)}`;
}

/** The documents of a site by number, from behind `after`. */
export async function readProductsAfter(
  db: Queries,
  siteId: string,
  page: { after: number; limit: number },
): Promise<Product[]> {
  const rows = await db
    .selectFrom("products")
    .select("document")
    .where("site_id", "=", siteId)
    .where("numeric_id", ">", page.after)
    .orderBy("numeric_id")
    .limit(page.limit)
    .execute();
  return rows.map((row): Product => JSON.parse(row.document));
}

/** Deletes up to `limit` products of a site; tells whether there were any. */
export async function deleteSomeProducts(trx: Write, siteId: string, limit: number): Promise<boolean> {
  const rows = await trx
    .selectFrom("products")
    .select("product_id")
    .where("site_id", "=", siteId)
    .orderBy("product_id")
    .limit(limit)
    .execute();
  if (rows.length === 0) return false;
  const ids = rows.map((row) => row.product_id);
  for (const table of ["product_options", "product_collections", "products"] as const) {
    await trx.deleteFrom(table).where("site_id", "=", siteId).where("product_id", "in", ids).execute();
  }
  return true;
}

function matching(query: ProductsQuery): RawBuilder<SqlBool> {
  const conditions = [sql<SqlBool>`site_id = ${query.siteId}`];
  if (!query.includeHidden) conditions.push(sql`visible = 1`);
  if (query.filter !== undefined) conditions.push(compileFilter(query.filter, query.siteId));
  return sql`${sql.join(conditions, sql` and `)}`;
}

function ordered(column: string, { direction }: SortKey): RawBuilder<unknown> {
  return direction === "asc" ? sql`${sql.ref(column)} asc` : sql`${sql.ref(column)} desc`;
}

/** Takes `count` numbers for good. @returns the first of them */
export async function takeNumbers(trx: Write, siteId: string, count: number): Promise<number> {
  const { last_numeric_id: last } = await trx
    .insertInto("product_numbers")
    .values({ site_id: siteId, last_numeric_id: count })
    .onConflict((conflict) =>
      conflict.column("site_id").doUpdateSet((eb) => ({
        last_numeric_id: eb("product_numbers.last_numeric_id", "+", count),
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
    document: JSON.stringify(product),
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
    await trx.insertInto("product_collections").values(values).execute();
  }
}

export async function insertOptionRows(
  trx: Write,
  siteId: string,
  products: readonly Product[],
): Promise<void> {
  const rows = products.flatMap((product) =>
    product.productOptions.flatMap(({ name, choices }) => {
      // A colour is found by its name and by its value.
      const known = new Set(choices.flatMap(({ description, value }) => [description, value]));
      return [...known].map((choice) => ({ site_id: siteId, product_id: product.id, name, choice }));
    }),
  );
  for (let start = 0; start < rows.length; start += chunkSize) {
    const values = rows.slice(start, start + chunkSize);
    await trx.insertInto("product_options").values(values).execute();
  }
}

function epochMs(isoTime: string): number {
  const time = parseIsoTime(isoTime);
  if (time === undefined) throw new TypeError("The times of a product are ISO 8601 with a zone.");
  return time;
}
