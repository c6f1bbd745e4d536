import { ApiError } from "../../../infrastructure/errors/index.ts";
import { type Endpoint, jsonResponse, type ResourceEndpoint } from "../../../infrastructure/http/index.ts";
import { readProductsById } from "../products/index.ts";
import { productRows, readProduct } from "../products.queries.ts";
import { readQueryRequest, runPlatformQuery } from "../query/index.ts";
import { readRequestedParts, requireManager, requireSight } from "../requested-parts.ts";
import { readPermission, type StoresSources } from "../stores-sources.ts";
import { readStoreVariantId, storeVariant } from "./store-variant.ts";
import { variantEntity } from "./variant-entity.ts";
import type { VariantPlace } from "./variants.queries.ts";

/**
 * `GET …/variants/{productId}-{variantId}`: one variant of the store, with what it takes from its product.
 *
 * 401, 403, 404 `PRODUCT_NOT_FOUND`, `VARIANT_NOT_FOUND`.
 */
export function storeVariantEndpoint({ database, guard }: StoresSources): ResourceEndpoint {
  return async (request, _exchange, { id = "" }) => {
    const access = await guard.require(request, readPermission);
    const { productId, variantId } = readStoreVariantId(id);
    const product = await readProduct(database.read, access.siteId, productId);
    await requireSight(access, product);
    const variant = product.variants.find((one) => one.id === variantId);
    if (variant === undefined) throw new ApiError("VARIANT_NOT_FOUND");
    return jsonResponse({ variant: storeVariant(product, variant) });
  };
}

/**
 * `POST …/variants/query`: variants of all products, in the platformized form (*wire §8.2*).
 *
 * 401, 403, also for hidden products without permission to manage; 400 with violations, `INVALID_CURSOR`.
 */
export function storeVariantsQueryEndpoint(sources: StoresSources): Endpoint {
  return async (request) => {
    const access = await sources.guard.require(request, readPermission);
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
  };
}
