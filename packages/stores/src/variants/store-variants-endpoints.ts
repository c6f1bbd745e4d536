import { type AccessTokenCall, ApiError, jsonResponse, nextTurn } from "@latchkey/server";
import {
  readStoreVariantId,
  type StoreVariant,
  storeVariant,
  storeVariantId,
} from "../catalog/store-variant.ts";
import { storesErrors } from "../errors.ts";
import { readProduct, readProductsById, sliceProducts, visibleRows } from "../products.queries.ts";
import { readQueryRequest, runPlatformQuery } from "../query/index.ts";
import { readRequestedParts, requireManager, requireVisible } from "../requested-parts.ts";
import type { StoresPlatform } from "../stores-platform.ts";
import type { Queries, VariantsTable } from "../tables.ts";
import { variantEntity } from "./variant-entity.ts";

/** Returns one variant with the values of its product. Throws `PRODUCT_NOT_FOUND`, `VARIANT_NOT_FOUND`. */
export async function getStoreVariant(
  { database }: StoresPlatform,
  { access, parameters: { storeVariantId = "" } }: AccessTokenCall,
): Promise<Response> {
  const { productId, variantId } = readStoreVariantId(storeVariantId);
  const product = await readProduct(database.read, access.siteId, productId);
  await requireVisible(access, product);
  const variant = product.variants.find((one) => one.id === variantId);
  if (variant === undefined) throw new ApiError(storesErrors.VARIANT_NOT_FOUND);
  return jsonResponse({ variant: storeVariant(product, variant) });
}

/**
 * Returns a page of the variants of all products, in the platformized form (*wire §8.2*). Throws violations,
 * `INVALID_CURSOR`; 403 for hidden products without permission to manage products.
 */
export async function queryStoreVariants(
  { cursors, database }: StoresPlatform,
  { access, request }: AccessTokenCall,
): Promise<Response> {
  const input = await readQueryRequest(request);
  const parts = readRequestedParts(input);
  await requireManager(access, parts);
  const { appId, siteId } = access;
  const columns = ["product_id", "variant_id"] as const;
  const query = { ...visibleRows(siteId, { includeHidden: parts.includeHiddenProducts }), columns, input };
  const { rows, metadata } = await database.search(
    appId,
    (db) => runPlatformQuery<VariantIds>({ cursors, db }, variantEntity, query),
    request.signal,
  );
  const found = await readVariants(database.read, siteId, rows);
  // A change between the two reads may have deleted a variant.
  return jsonResponse({
    variants: rows.flatMap((row) => found.get(storeVariantId(row.product_id, row.variant_id)) ?? []),
    metadata,
  });
}

type VariantIds = Pick<VariantsTable, "product_id" | "variant_id">;

/** Reads variants by their ids. Each may belong to another large product, so the products are read in slices. */
async function readVariants(
  db: Queries,
  siteId: string,
  rows: readonly VariantIds[],
): Promise<ReadonlyMap<string, StoreVariant>> {
  const wanted = new Set(rows.map((row) => storeVariantId(row.product_id, row.variant_id)));
  const found = new Map<string, StoreVariant>();
  const ids = rows.map((row) => row.product_id);
  for (const slice of await sliceProducts(db, siteId, ids)) {
    for (const product of (await readProductsById(db, siteId, slice)).values()) {
      for (const variant of product.variants) {
        const id = storeVariantId(product.id, variant.id);
        if (wanted.has(id)) found.set(id, storeVariant(product, variant));
      }
    }
    await nextTurn();
  }
  return found;
}
