import type { Hono } from "hono";
import { type HttpEnv, mountResource } from "../../../infrastructure/http/index.ts";
import type { StoreChangeSources } from "../stores-sources.ts";
import {
  addProductsEndpoint,
  collectionsQueryEndpoint,
  createCollectionEndpoint,
  deleteCollectionEndpoint,
  getCollectionBySlugEndpoint,
  getCollectionEndpoint,
  platformizedCollectionsEndpoint,
  removeProductsEndpoint,
  updateCollectionEndpoint,
} from "./collection-endpoints.ts";

// The client library leaves out the prefix of V2 (*wire §8.1*).
const v2Paths = ["/v2/collections", "/stores/v2/collections", "/stores-reader/v2/collections"];
const reader = "/stores-reader/v1/collections";
const writer = "/stores/v1/collections";

/** Where collections are read and changed (*wire §8.1, §8.3*). */
export function mountCollections(routes: Hono<HttpEnv>, sources: StoreChangeSources): void {
  const query = platformizedCollectionsEndpoint(sources);
  const restQuery = collectionsQueryEndpoint(sources);
  const read = getCollectionEndpoint(sources);
  const bySlug = getCollectionBySlugEndpoint(sources);
  for (const path of v2Paths) {
    mountResource(routes, `${path}/query`, { GET: query, POST: query });
    mountResource(routes, `${path}/:id`, { GET: read });
  }
  for (const path of [reader, writer]) {
    mountResource(routes, `${path}/query`, { POST: restQuery });
  }
  mountResource(routes, `${reader}/:id`, { GET: read });
  for (const path of [...v2Paths, reader, writer]) {
    mountResource(routes, `${path}/slug/:slug`, { GET: bySlug });
  }
  mountChanges(routes, sources);
}

function mountChanges(routes: Hono<HttpEnv>, sources: StoreChangeSources): void {
  mountResource(routes, writer, { POST: createCollectionEndpoint(sources) });
  mountResource(routes, `${writer}/:id`, {
    GET: getCollectionEndpoint(sources),
    PATCH: updateCollectionEndpoint(sources),
    DELETE: deleteCollectionEndpoint(sources),
  });
  mountResource(routes, `${writer}/:id/productIds`, { POST: addProductsEndpoint(sources) });
  mountResource(routes, `${writer}/:id/productIds/delete`, { POST: removeProductsEndpoint(sources) });
}
