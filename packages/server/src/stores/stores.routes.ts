import { Hono } from "hono";
import { type HttpEnv, mount } from "../http/index.ts";
import { productsQueryEndpoint, type StoresSources } from "./products-query-endpoint.ts";

/** The Stores API, at each address under which clients know it. */
export function storesRoutes(sources: StoresSources): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  const query = productsQueryEndpoint(sources);
  mount(routes, ["POST", "/stores/v1/products/query"], query);
  mount(routes, ["POST", "/stores/api/v1/products/query"], query);
  mount(routes, ["POST", "/stores-reader/v1/products/query"], query);
  return routes;
}
