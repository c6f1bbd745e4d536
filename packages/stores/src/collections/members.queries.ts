import { isoTime } from "@latchkey/server";
import type { Product } from "../catalog/product.ts";
import { addToNumbers, readProductJson, sliceProducts } from "../products.queries.ts";
import { violation } from "../query/index.ts";
import type { Write } from "../tables.ts";

/** Most products that one transaction changes. They have 1 MiB together, or are one. */
const stepSize = 100;
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

/** Removes some products from a deleted collection. Returns whether more may be left. */
export async function removeSomeMembers(
  trx: Write,
  row: { readonly site_id: string; readonly collection_id: string },
): Promise<boolean> {
  const { collection_id, site_id: siteId } = row;
  const members = await trx
    .selectFrom("stores_product_collections")
    .select("product_id")
    .where("site_id", "=", siteId)
    .where("collection_id", "=", collection_id)
    .orderBy("product_id")
    .limit(stepSize)
    .execute();
  const ids = members.map((member) => member.product_id);
  const [slice = []] = await sliceProducts(trx, siteId, ids);
  for (const productId of slice) {
    const product = await readWithoutVariants(trx, { siteId, productId });
    const collectionIds = product.collectionIds.filter((id) => id !== collection_id);
    const document = JSON.stringify({ ...product, collectionIds });
    await updateProduct(trx, { siteId, productId }, { document });
    await deleteMembership(trx, { ...row, product_id: productId });
  }
  return slice.length < ids.length || ids.length === stepSize;
}

/** Marks a deleted collection that products are still to be removed from. */
export async function insertDeletedCollection(
  trx: Write,
  row: { readonly site_id: string; readonly collection_id: string },
): Promise<void> {
  await trx.insertInto("stores_deleted_collections").values(row).execute();
}

/** Removes some products from a deleted collection. Returns whether there was one. */
export async function continueDeletion(trx: Write): Promise<boolean> {
  const row = await trx
    .selectFrom("stores_deleted_collections")
    .selectAll()
    .orderBy("site_id")
    .orderBy("collection_id")
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  if (row === undefined) return false;
  // Locks the store.
  await addToNumbers(trx, row.site_id, {});
  if (!(await removeSomeMembers(trx, row))) {
    await trx
      .deleteFrom("stores_deleted_collections")
      .where("site_id", "=", row.site_id)
      .where("collection_id", "=", row.collection_id)
      .execute();
  }
  return true;
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
