import { ApiError } from "../../errors/index.ts";
import { jsonResponse, type ResourceEndpoint } from "../../http/index.ts";
import type { Product, Variant } from "../product.ts";
import { readProduct } from "../products.store.ts";
import { requireSight } from "../requested-parts.ts";
import { readPermission, type StoresSources } from "../stores-sources.ts";

const guidLength = 36;

/**
 * `GET …/variants/{productId}-{variantId}`: one variant of the store, with what it takes from its product.
 *
 * 401, 403, 404 `PRODUCT_NOT_FOUND`, `VARIANT_NOT_FOUND`.
 */
export function storeVariantEndpoint({ database, guard }: StoresSources): ResourceEndpoint {
  return async (request, _exchange, { id = "" }) => {
    const access = await guard.require(request, readPermission);
    const product = await readProduct(database.read, access.siteId, id.slice(0, guidLength));
    await requireSight(access, product);
    const wanted = id.slice(guidLength + 1).toLowerCase();
    const variant = product.variants.find((one) => one.id === wanted);
    if (variant === undefined) throw new ApiError("VARIANT_NOT_FOUND");
    return jsonResponse({ variant: storeVariant(product, variant) });
  };
}

function storeVariant(product: Product, { choices, id, stock, variant }: Variant) {
  const named = Object.values(choices).join(" | ");
  return {
    id: `${product.id}-${id}`,
    variantId: id,
    productId: product.id,
    variantName: named === "" ? product.name : named,
    productName: product.name,
    managedVariant: product.manageVariants,
    sku: variant.sku,
    stock,
    choices,
    collectionIds: product.collectionIds,
    preorderInfo: { enabled: false },
  };
}
