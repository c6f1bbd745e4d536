import { Hono } from "hono";
import { type Endpoint, type HttpEnv, methodNotAllowed, mount } from "../http/index.ts";
import { catalogVersionEndpoint, otherCatalogEndpoint } from "./catalog-version.ts";
import { mountCollections } from "./collections/index.ts";
import { mountProducts } from "./products/index.ts";
import { platformizedQueryEndpoint, productsQueryEndpoint } from "./products-query-endpoint.ts";
import type { StoreChangeSources } from "./stores-sources.ts";
import { variantsQueryEndpoint } from "./variants-query-endpoint.ts";

// The addresses under which clients know the products of V1 (*wire §8.1, §8.3*).
const productPaths = ["/stores/v1/products", "/stores/api/v1/products", "/stores-reader/v1/products"];

/** The Stores API, at each address under which clients know it. */
export function storesRoutes(sources: StoreChangeSources): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  const query = productsQueryEndpoint(sources);
  const platformized = platformizedQueryEndpoint(sources);
  const variants = variantsQueryEndpoint(sources);
  for (const path of productPaths) {
    mount(routes, ["POST", `${path}/query`], query);
    mountQuery(routes, `${path}/query-platformized`, platformized);
    const ofVariants = `${path}/:id/variants/query` as const;
    routes.post(ofVariants, (c) => variants(c.req.raw, c.req.param("id")));
    routes.all(ofVariants, methodNotAllowed("POST"));
  }
  mountProducts(routes, sources);
  mountCollections(routes, sources);
  const otherCatalog = otherCatalogEndpoint(sources);
  mount(routes, ["GET", "/stores/v3/provision/version"], catalogVersionEndpoint(sources));
  routes.all("/stores/v3/*", (c) => otherCatalog(c.req.raw, c.env));
  return routes;
}

/** Puts a query at a path for GET and for POST, as the client library chooses by length. */
function mountQuery(routes: Hono<HttpEnv>, path: string, endpoint: Endpoint): void {
  routes.on(["GET", "POST"], path, (c) => endpoint(c.req.raw, c.env));
  routes.all(path, methodNotAllowed("GET, HEAD, POST"));
}
