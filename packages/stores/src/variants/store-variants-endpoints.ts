import { type AccessTokenCall, ApiError, jsonResponse } from "@latchkey/server";
import { readStoreVariantId, storeVariant } from "../catalog/store-variant.ts";
import { storesErrors } from "../errors.ts";
import { readProduct, readProductsById, visibleRows } from "../products.queries.ts";
import { readQueryRequest, runPlatformQuery } from "../query/index.ts";
import { readRequestedParts, requireManager, requireVisible } from "../requested-parts.ts";
import type { StoresPlatform } from "../stores-platform.ts";
import type { VariantsTable } from "../tables.ts";
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
 * Returns a page of the variants of all products, in the platformized form (*wire §8.2*).
 *
 * Throws violations, `INVALID_CURSOR`; 403 for hidden products without permission to manage products.
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
    (db) =>
      runPlatformQuery<Pick<VariantsTable, (typeof columns)[number]>>({ cursors, db }, variantEntity, query),
    request.signal,
  );
  const products = await readProductsById(
    database.read,
    siteId,
    rows.map((row) => row.product_id),
  );
  const variants = rows.flatMap((row) => {
    const product = products.get(row.product_id);
    // A change between the two reads may have deleted the variant.
    const variant = product?.variants.find(({ id }) => id === row.variant_id);
    return product === undefined || variant === undefined ? [] : [storeVariant(product, variant)];
  });
  return jsonResponse({ variants, metadata });
}
