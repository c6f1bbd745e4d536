import { ApiError } from "../../../infrastructure/errors/index.ts";
import { jsonResponse } from "../../../infrastructure/http/index.ts";
import type { AccessTokenCall } from "../../../infrastructure/routes/index.ts";
import { readProductsById } from "../products/index.ts";
import { productRows, readProduct } from "../products.queries.ts";
import { readQueryRequest, runPlatformQuery } from "../query/index.ts";
import { readRequestedParts, requireManager, requireSight } from "../requested-parts.ts";
import type { StoresSources } from "../stores-sources.ts";
import { readStoreVariantId, storeVariant } from "./store-variant.ts";
import { variantEntity } from "./variant-entity.ts";
import type { VariantPlace } from "./variants.queries.ts";

/** Returns one variant with the values of its product. Throws `PRODUCT_NOT_FOUND`, `VARIANT_NOT_FOUND`. */
export async function showStoreVariant(
  { database }: StoresSources,
  { access, parameters: { storeVariantId = "" } }: AccessTokenCall,
): Promise<Response> {
  const { productId, variantId } = readStoreVariantId(storeVariantId);
  const product = await readProduct(database.read, access.siteId, productId);
  await requireSight(access, product);
  const variant = product.variants.find((one) => one.id === variantId);
  if (variant === undefined) throw new ApiError("VARIANT_NOT_FOUND");
  return jsonResponse({ variant: storeVariant(product, variant) });
}

/**
 * Returns a page of the variants of all products, in the platformized form (*wire §8.2*).
 *
 * Throws violations, `INVALID_CURSOR`; 403 for hidden products without permission to manage products.
 */
export async function queryStoreVariants(
  sources: StoresSources,
  { access, request }: AccessTokenCall,
): Promise<Response> {
  const input = await readQueryRequest(request);
  const parts = readRequestedParts(input);
  await requireManager(access, parts);
  const { appId, siteId } = access;
  const rows = productRows({ siteId, includeHidden: parts.includeHiddenProducts });
  const { documents, metadata } = await sources.database.search(
    appId,
    (db) => runPlatformQuery<VariantPlace>({ ...sources, db }, variantEntity, { ...rows, input }),
    request.signal,
  );
  const productIds = documents.map(({ productId }) => productId);
  const products = await readProductsById(sources.database.read, siteId, productIds);
  const variants = documents.flatMap(({ productId, variantId }) => {
    const product = products.get(productId);
    // A change between the two reads may have taken a variant away.
    const variant = product?.variants.find(({ id }) => id === variantId);
    return product === undefined || variant === undefined ? [] : [storeVariant(product, variant)];
  });
  return jsonResponse({ variants, metadata });
}
