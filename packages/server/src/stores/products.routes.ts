import type { Hono } from "hono";
import { type HttpEnv, mountResource } from "../http/index.ts";
import {
  createProductEndpoint,
  deleteProductEndpoint,
  getProductEndpoint,
  type StoreChangeSources,
  updateProductEndpoint,
} from "./product-endpoints.ts";

/** Where products are read one by one, and changed (wire §8.1). */
export function mountProducts(routes: Hono<HttpEnv>, sources: StoreChangeSources): void {
  const read = getProductEndpoint(sources);
  mountResource(routes, "/stores-reader/v1/products/:id", { GET: read });
  mountResource(routes, "/stores/v1/products", { POST: createProductEndpoint(sources) });
  mountResource(routes, "/stores/v1/products/:id", {
    GET: read,
    PATCH: updateProductEndpoint(sources),
    DELETE: deleteProductEndpoint(sources),
  });
}
