import type { Hono } from "hono";
import { type HttpEnv, mountResource } from "../../../infrastructure/http/index.ts";
import type { StoresSources } from "../stores-sources.ts";
import { storeVariantEndpoint, storeVariantsQueryEndpoint } from "./store-variants-endpoints.ts";

/** Where the variants of a whole store are read. */
export function mountVariants(routes: Hono<HttpEnv>, sources: StoresSources): void {
  for (const path of ["/stores-reader/v1/variants", "/stores/v1/variants"]) {
    mountResource(routes, `${path}/query`, { POST: storeVariantsQueryEndpoint(sources) });
    mountResource(routes, `${path}/:id`, { GET: storeVariantEndpoint(sources) });
  }
}
