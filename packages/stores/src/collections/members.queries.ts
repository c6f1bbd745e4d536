import { isoTime, nextTurn } from "@latchkey/server";
import type { Product } from "../catalog/product.ts";
import { readProductJson } from "../products.queries.ts";
import { violation } from "../query/index.ts";
import type { Write } from "../tables.ts";

const batchSize = 500;
const maxCollections = 500;

/** Whether a product is in a collection. */
export interface Membership {
  readonly collectionId: string;
  readonly isMember: boolean;
}

interface ProductId {
  readonly siteId: string;
  readonly productId: string;
}

/**
 * Adds a product to a collection, or removes it. Its variants are not read. Throws a violation for a product in 500
 * collections.
 *
 * @returns whether the product was changed
 */
export async function changeMembership(
  trx: Write,
  { productId, siteId }: ProductId,
  { collectionId, isMember, now }: Membership & { readonly now: number },
): Promise<boolean> {
  const product = await readWithoutVariants(trx, { siteId, productId });
  const others = product.collectionIds.filter((id) => id !== collectionId);
  if (isMember === others.length < product.collectionIds.length) return false;
  if (isMember && others.length >= maxCollections) {
    const text = `has a product that is in ${maxCollections} collections already`;
    throw violation("productIds", ["MAX_SIZE", maxCollections], text);
  }
  const collectionIds = isMember ? [...others, collectionId] : others;
  const document = JSON.stringify({ ...product, collectionIds, lastUpdated: isoTime(now) });
  await updateProduct(trx, { siteId, productId }, { document, updated_at: now });
  const row = { site_id: siteId, product_id: productId, collection_id: collectionId };
  if (isMember) await trx.insertInto("stores_product_collections").values(row).execute();
  else await deleteMembership(trx, row);
  return true;
}

/** Removes a collection from the documents of its products. */
export async function removeFromDocuments(trx: Write, siteId: string, collectionId: string): Promise<void> {
  let after = "";
  for (;;) {
    const rows = await trx
      .selectFrom("stores_product_collections")
      .select("product_id")
      .where("site_id", "=", siteId)
      .where("collection_id", "=", collectionId)
      .where("product_id", ">", after)
      .orderBy("product_id")
      .limit(batchSize)
      .execute();
    for (const { product_id: productId } of rows) {
      const product = await readWithoutVariants(trx, { siteId, productId });
      const collectionIds = product.collectionIds.filter((id) => id !== collectionId);
      const document = JSON.stringify({ ...product, collectionIds });
      await updateProduct(trx, { siteId, productId }, { document });
      await nextTurn();
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < batchSize) return;
    after = last.product_id;
  }
}

/** The product as its document contains it, with an empty list of variants. */
async function readWithoutVariants(trx: Write, product: ProductId): Promise<Product> {
  return JSON.parse((await readProductJson(trx, product, { variants: false, merchantData: false })).json);
}

async function updateProduct(
  trx: Write,
  { productId, siteId }: ProductId,
  changes: { readonly document: string; readonly updated_at?: number },
): Promise<void> {
  await trx
    .updateTable("stores_products")
    .set(changes)
    .where("site_id", "=", siteId)
    .where("product_id", "=", productId)
    .execute();
}

async function deleteMembership(
  trx: Write,
  row: { readonly site_id: string; readonly product_id: string; readonly collection_id: string },
): Promise<void> {
  await trx
    .deleteFrom("stores_product_collections")
    .where("site_id", "=", row.site_id)
    .where("collection_id", "=", row.collection_id)
    .where("product_id", "=", row.product_id)
    .execute();
}
