import { accessTokenRoute, type Route } from "../../infrastructure/routes/index.ts";
import { catalogVersionRoutes } from "./catalog-version.routes.ts";
import { collectionRoutes } from "./collections/index.ts";
import { productRoutes } from "./products/index.ts";
import type { StoreChangeSources } from "./stores-sources.ts";
import { variantRoutes } from "./variants/variants.routes.ts";

/** The Stores API, at each address under which clients know it. */
export function storesRoutes(sources: StoreChangeSources): readonly Route[] {
  return [
    ...productRoutes(sources),
    ...variantRoutes(sources),
    ...collectionRoutes(sources),
    ...catalogVersionRoutes,
  ].map((route) => accessTokenRoute(sources.guard, route));
}
