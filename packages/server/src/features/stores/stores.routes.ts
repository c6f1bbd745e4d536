import { Hono } from "hono";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { type HttpEnv, mount, mountResource } from "../../infrastructure/http/index.ts";
import { catalogVersionEndpoint, otherCatalogEndpoint } from "./catalog-version.ts";
import { mountCollections } from "./collections/index.ts";
import { mountProducts } from "./products/index.ts";
import { platformizedQueryEndpoint, productsQueryEndpoint } from "./products-query-endpoint.ts";
import { mountVariants } from "./store-variants/variants.routes.ts";
import type { StoreChangeSources, StoresSources } from "./stores-sources.ts";
import { variantsQueryEndpoint } from "./variants-query-endpoint.ts";

// The addresses under which clients know the products of V1 (*wire §8.1, §8.3*).
const productPaths = ["/stores/v1/products", "/stores/api/v1/products", "/stores-reader/v1/products"];

/** The beginnings of every address of the Stores API. */
const prefixes = ["/stores/*", "/stores-reader/*", "/v2/collections/*"];

/**
 * The Stores API, at each address under which clients know it.
 *
 * Its paths are routed apart from all others: `…/query` beside `…/:id` is nothing for the router that finds a path in
 * one step, and would take that one from every path of the platform.
 */
export function storesRoutes(sources: StoreChangeSources): Hono<HttpEnv> {
  const own = new Hono<HttpEnv>();
  mountQueries(own, sources);
  mountProducts(own, sources);
  mountVariants(own, sources);
  mountCollections(own, sources);
  mountCatalogVersion(own, sources);
  own.notFound(() => {
    throw new ApiError("NOT_FOUND");
  });
  own.onError((error) => {
    throw error;
  });
  const routes = new Hono<HttpEnv>();
  for (const prefix of prefixes) routes.all(prefix, (c) => own.fetch(c.req.raw, c.env));
  return routes;
}

/** Before `…/:id`, which would take `query` for an id. */
function mountQueries(routes: Hono<HttpEnv>, sources: StoresSources): void {
  const query = productsQueryEndpoint(sources);
  const platformized = platformizedQueryEndpoint(sources);
  const variants = variantsQueryEndpoint(sources);
  for (const path of productPaths) {
    mountResource(routes, `${path}/query`, { POST: query });
    // The client library chooses by length.
    mountResource(routes, `${path}/query-platformized`, { GET: platformized, POST: platformized });
    mountResource(routes, `${path}/:id/variants/query`, {
      POST: (request, _exchange, { id = "" }) => variants(request, id),
    });
  }
}

function mountCatalogVersion(routes: Hono<HttpEnv>, sources: StoresSources): void {
  const otherCatalog = otherCatalogEndpoint(sources);
  mount(routes, ["GET", "/stores/v3/provision/version"], catalogVersionEndpoint(sources));
  routes.all("/stores/v3/*", (c) => otherCatalog(c.req.raw, c.env));
}
