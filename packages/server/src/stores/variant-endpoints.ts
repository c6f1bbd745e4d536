import type { Hono } from "hono";
import { ApiError } from "../errors/index.ts";
import { type HttpEnv, jsonResponse, mountResource, type ResourceEndpoint } from "../http/index.ts";
import { optionsAvailability, type Selection } from "./options-availability.ts";
import { withParts } from "./product.ts";
import { readProduct } from "./products.store.ts";
import { isObject, type Members, readQueryRequest, violation } from "./query/index.ts";
import { requireSight } from "./requested-parts.ts";
import { readStoreVariantId, storeVariant } from "./store-variant.ts";
import { readPermission, type StoresSources } from "./stores-sources.ts";

/** Where variants are read besides those of one product (*wire §8.1*). */
export function mountVariants(routes: Hono<HttpEnv>, sources: StoresSources): void {
  const availability = optionsAvailabilityEndpoint(sources);
  mountResource(routes, "/stores/v1/products/:id/productOptionsAvailability", { POST: availability });
  mountResource(routes, "/stores-reader/v1/products/:id/productOptionsAvailability", { POST: availability });
  mountResource(routes, "/stores-reader/v1/variants/:id", { GET: storeVariantEndpoint(sources) });
}

/**
 * `POST …/products/{id}/productOptionsAvailability`: what of a product's choices goes together with those made.
 *
 * 401 without a good token, 403 without permission to read, 400 with violations, 404 `PRODUCT_NOT_FOUND` for a product
 * that is unknown, another site's, or hidden from the caller.
 */
function optionsAvailabilityEndpoint({ database, guard }: StoresSources): ResourceEndpoint {
  return async (request, { id = "" }) => {
    const access = await guard.require(request, readPermission);
    const selection = readSelection(await readQueryRequest(request));
    const product = await readProduct(database.read, access.siteId, id);
    await requireSight(access, product);
    return jsonResponse(optionsAvailability(product, selection));
  };
}

/**
 * `GET /stores-reader/v1/variants/{id}`: one variant of the store.
 *
 * 401 without a good token, 403 without permission to read, 404 `PRODUCT_NOT_FOUND` or `VARIANT_NOT_FOUND`.
 */
function storeVariantEndpoint({ database, guard }: StoresSources): ResourceEndpoint {
  return async (request, { id = "" }) => {
    const access = await guard.require(request, readPermission);
    const ids = readStoreVariantId(id);
    if (ids === undefined) throw new ApiError("VARIANT_NOT_FOUND");
    const product = await readProduct(database.read, access.siteId, ids.productId);
    await requireSight(access, product);
    const { variants } = withParts(product, { variants: true, merchantData: false });
    const variant = variants.find((one) => one.id === ids.variantId);
    if (variant === undefined) throw new ApiError("VARIANT_NOT_FOUND");
    return jsonResponse({ variant: storeVariant(product, variant) });
  };
}

function readSelection({ options = {} }: Members): Selection {
  if (!isObject(options) || Object.values(options).some((choice) => typeof choice !== "string")) {
    throw violation("options", { violatedRule: "FORMAT" }, "must be an object of option names and choices");
  }
  return options as Selection;
}
