import type { ApiCaller } from "../api-call.ts";
import { type ApiModule, createModule, type Methods } from "../api-module.ts";
import { fromWireNames } from "../field-names.ts";
import type { Collection } from "./collection.ts";
import type { CollectionsApi, CollectionsQueryBuilder, CollectionWritesApi } from "./collections-api.ts";
import { findItems, findRaw, type Queryable, type RawQuery } from "./find-items.ts";
import { createQueryBuilder } from "./query-builder.ts";
import { get, path, write, writePath } from "./store-calls.ts";

/** The path that the third-party client uses to read collections (wire §8.1). */
const readPath = "/v2/collections";

const collectionSource: Queryable<Collection> = {
  path: `${readPath}/query`,
  list: "collections",
  read: (wire) => fromWireNames(wire) as Collection,
};

type CollectionResponse = { readonly collection: Collection };

/** The methods that `products` also has. */
export const collectionWrites: Methods<CollectionWritesApi> = {
  getCollectionBySlug:
    (caller) =>
    async (slug, options = {}) =>
      (await get(caller, path(readPath, "slug", slug), options)) as CollectionResponse,
  createCollection: (caller) => (collection) =>
    write(caller, ["POST", path(writePath, "collections")], { collection }),
  updateCollection: (caller) => (id, change) =>
    write(caller, ["PATCH", path(writePath, "collections", id)], { collection: { ...change, id } }),
  deleteCollection: (caller) => async (id) => {
    await write(caller, ["DELETE", path(writePath, "collections", id)]);
  },
};

/**
 * The module `collections`, for `createClient({ modules: { collections } })` of this package or of the third-party
 * client.
 */
export const collections: ApiModule<CollectionsApi> = createModule<CollectionsApi>({
  queryCollections: (caller) => queryCollections(caller),
  getCollection:
    (caller) =>
    async (id, options = {}) =>
      ((await get(caller, path(readPath, id), options)) as CollectionResponse).collection,
  ...collectionWrites,
});

function queryCollections(caller: ApiCaller): CollectionsApi["queryCollections"] {
  function query(): CollectionsQueryBuilder;
  function query(raw: RawQuery): ReturnType<typeof findCollections>;
  function query(raw?: RawQuery): unknown {
    return raw === undefined ? buildQuery(caller) : findCollections(caller, raw);
  }
  return query;
}

function buildQuery(caller: ApiCaller): CollectionsQueryBuilder {
  return createQueryBuilder((query, options) => findItems(caller, collectionSource, { query, options }));
}

async function findCollections(caller: ApiCaller, query: RawQuery) {
  const { items, metadata } = await findRaw(caller, collectionSource, { query, options: {} });
  return { collections: items, metadata };
}
