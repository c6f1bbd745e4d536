import { type AccessTokenCall, ApiError, jsonResponse } from "@latchkey/server";
import { readStoreVariantId, storeVariant } from "../catalog/store-variant.ts";
import { storesErrors } from "../errors.ts";
import { readProductsById } from "../products/index.ts";
import { productRows, readProduct } from "../products.queries.ts";
import { readQueryRequest, runPlatformQuery } from "../query/index.ts";
import { readRequestedParts, requireManager, requireSight } from "../requested-parts.ts";
import type { StoresPlatform } from "../stores-platform.ts";
import type { VariantPlace } from "../variants.queries.ts";
import { variantEntity } from "./variant-entity.ts";

/** Returns one variant with the values of its product. Throws `PRODUCT_NOT_FOUND`, `VARIANT_NOT_FOUND`. */
export async function showStoreVariant(
  { database }: StoresPlatform,
  { access, parameters: { storeVariantId = "" } }: AccessTokenCall,
): Promise<Response> {
  const { productId, variantId } = readStoreVariantId(storeVariantId);
  const product = await readProduct(database.read, access.siteId, productId);
  await requireSight(access, product);
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
  platform: StoresPlatform,
  { access, request }: AccessTokenCall,
): Promise<Response> {
  const input = await readQueryRequest(request);
  const parts = readRequestedParts(input);
  await requireManager(access, parts);
  const { appId, siteId } = access;
  const rows = productRows({ siteId, includeHidden: parts.includeHiddenProducts });
  const { documents, metadata } = await platform.database.search(
    appId,
    (db) => runPlatformQuery<VariantPlace>({ ...platform, db }, variantEntity, { ...rows, input }),
    request.signal,
  );
  const productIds = documents.map(({ productId }) => productId);
  const products = await readProductsById(platform.database.read, siteId, productIds);
  const variants = documents.flatMap(({ productId, variantId }) => {
    const product = products.get(productId);
    // A change between the two reads may have taken a variant away.
    const variant = product?.variants.find(({ id }) => id === variantId);
    return product === undefined || variant === undefined ? [] : [storeVariant(product, variant)];
  });
  return jsonResponse({ variants, metadata });
}
