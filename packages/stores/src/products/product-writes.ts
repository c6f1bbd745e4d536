import { isoTime } from "@latchkey/server";
import { newProduct, slugOf, type UnnumberedProduct } from "../catalog/new-product.ts";
import type { Product } from "../catalog/product.ts";
import {
  type LockedStore,
  productChanged,
  productCreated,
  productDeleted,
  requireFreeSlug,
  slugOfNew,
  variantsChanged,
} from "../changes/index.ts";
import { deleteProducts, insertProducts, readProduct, replaceProduct } from "../products.queries.ts";
import { violation } from "../query/index.ts";
import { changedFields, changedProduct } from "./product-change.ts";
import { type ProductInput, priceOf } from "./product-input.ts";
import { changedVariants } from "./variant-changes.ts";

/** Largest product in bytes. A product with 300 variants and long names fits. */
const maxDocumentSize = 1_024 * 1_024;

/** Stores a new product and publishes the event. Throws `SLUG_TAKEN`, and violations. */
export async function createProduct(store: LockedStore, input: ProductInput): Promise<Product> {
  const { newId, now, site, siteId, trx } = store;
  const name = input.name ?? "";
  const slug = await slugOfNew(store, "stores_products", { chosen: input.slug, made: slugOf(name) });
  const minimal = newProduct({ name, slug, price: priceOf(input) ?? 0 }, { productId: newId(), site, now });
  const complete = changedProduct(minimal, input, { site });
  requireDocumentSize(complete);
  const [product] = await insertProducts(trx, siteId, [complete]);
  if (product === undefined) throw new Error("The insert returned no product.");
  store.publish(productCreated(siteId, product));
  return product;
}

/** Changes a product of the store. Throws `PRODUCT_NOT_FOUND`, `SLUG_TAKEN`, and violations. */
export async function updateProduct(
  store: LockedStore,
  productId: string,
  input: ProductInput,
): Promise<Product> {
  const before = await readProduct(store.trx, store.siteId, productId);
  const after = changedProduct(before, input, store);
  if (after.slug !== before.slug) await requireFreeSlug(store, "stores_products", after.slug);
  return await storeProduct(store, before, after);
}

/**
 * Stores a changed product and publishes the changes. Does nothing without changes. Throws a violation for a product
 * larger than 1 MiB.
 */
export async function storeProduct(store: LockedStore, before: Product, changed: Product): Promise<Product> {
  const fields = changedFields(before, changed);
  const variants = changedVariants(before.variants, changed.variants);
  if (fields.length === 0 && variants.length === 0) return before;
  const after = { ...changed, lastUpdated: isoTime(store.now) };
  requireDocumentSize(after);
  await replaceProduct(store.trx, store.siteId, { before, after });
  if (fields.length > 0) store.publish(productChanged(store.siteId, after.id, fields));
  if (after.manageVariants) {
    for (const event of variantsChanged(store.siteId, after.id, variants)) store.publish(event);
  }
  return after;
}

/** Throws `PRODUCT_NOT_FOUND`. */
export async function removeProduct(store: LockedStore, productId: string): Promise<void> {
  const { id } = await readProduct(store.trx, store.siteId, productId);
  await deleteProducts(store.trx, store.siteId, [id]);
  store.publish(productDeleted(store.siteId, id));
}

function requireDocumentSize(product: UnnumberedProduct): void {
  if (Buffer.byteLength(JSON.stringify(product)) <= maxDocumentSize) return;
  throw violation("product", ["MAX_SIZE", maxDocumentSize], `would be larger than ${maxDocumentSize} bytes`);
}
