import type { Hono } from "hono";
import { type HttpEnv, mountResource } from "../../../infrastructure/http/index.ts";
import type { StoreChangeSources } from "../stores-sources.ts";
import { optionsAvailabilityEndpoint } from "./options-availability.ts";
import { bulkEndpoints, productEdits, updateVariantsEndpoint } from "./product-edit-endpoints.ts";
import {
  createProductEndpoint,
  deleteProductEndpoint,
  getProductEndpoint,
  updateProductEndpoint,
} from "./product-endpoints.ts";

/** Where products are read one by one, and changed (wire §8.1). */
export function mountProducts(routes: Hono<HttpEnv>, sources: StoreChangeSources): void {
  const read = getProductEndpoint(sources);
  const availability = optionsAvailabilityEndpoint(sources);
  mountResource(routes, "/stores-reader/v1/products/:id", { GET: read });
  for (const path of ["/stores-reader/v1/products/:id", "/stores/v1/products/:id"]) {
    mountResource(routes, `${path}/productOptionsAvailability`, { POST: availability });
  }
  mountResource(routes, "/stores/v1/products", { POST: createProductEndpoint(sources) });
  mountResource(routes, "/stores/v1/products/:id", {
    GET: read,
    PATCH: updateProductEndpoint(sources),
    DELETE: deleteProductEndpoint(sources),
  });
  mountEdits(routes, sources);
}

function mountEdits(routes: Hono<HttpEnv>, sources: StoreChangeSources): void {
  const product = "/stores/v1/products/:id";
  const bulk = "/stores/v1/bulk/products";
  const edits = productEdits(sources);
  const { adjust, update } = bulkEndpoints(sources);
  mountResource(routes, `${product}/variants`, { PATCH: updateVariantsEndpoint(sources) });
  mountResource(routes, `${product}/variants/resetToDefault`, { POST: edits.resetVariants });
  mountResource(routes, `${product}/media`, { POST: edits.addMedia });
  mountResource(routes, `${product}/media/delete`, { POST: edits.removeMedia });
  mountResource(routes, `${product}/choices/media`, { PATCH: edits.addChoiceMedia });
  mountResource(routes, `${product}/choices/media/delete`, { POST: edits.removeChoiceMedia });
  mountResource(routes, `${product}/options`, { DELETE: edits.deleteOptions });
  mountResource(routes, `${product}/remove-brand`, { POST: edits.removeBrand });
  mountResource(routes, `${product}/remove-ribbon`, { POST: edits.removeRibbon });
  mountResource(routes, `${bulk}/update`, { POST: update });
  mountResource(routes, `${bulk}/adjust-properties`, { POST: adjust });
}
