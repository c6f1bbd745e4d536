import { Hono } from "hono";
import { type HttpEnv, mount } from "../http/index.ts";
import type { StoreChangeSources } from "./product-endpoints.ts";
import { mountProducts } from "./products.routes.ts";
import { productsQueryEndpoint } from "./products-query-endpoint.ts";

/** The Stores API, at each address under which clients know it. */
export function storesRoutes(sources: StoreChangeSources): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  const query = productsQueryEndpoint(sources);
  mount(routes, ["POST", "/stores/v1/products/query"], query);
  mount(routes, ["POST", "/stores/api/v1/products/query"], query);
  mount(routes, ["POST", "/stores-reader/v1/products/query"], query);
  mountProducts(routes, sources);
  return routes;
}
