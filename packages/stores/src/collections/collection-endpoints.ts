import { type Access, type AccessTokenCall, jsonResponse, readJson } from "@latchkey/server";
import type { StoredCollection } from "../catalog/collection.ts";
import { changeStore, type LockedStore } from "../changes/index.ts";
import { parseRestQuery, readPage, readQueryRequest, runPlatformQuery } from "../query/index.ts";
import type { StoresPlatform } from "../stores-platform.ts";
import type { Queries } from "../tables.ts";
import { collectionEntity } from "./collection-entity.ts";
import { parseCollectionChange, parseNewCollection, parseProductIds } from "./collection-input.ts";
import { createCollection, removeCollection, updateCollection } from "./collection-writes.ts";
import {
  type CollectionDocument,
  parseCollection,
  readCollection,
  withCounts,
} from "./collections.queries.ts";

/** Largest body in bytes: twice the size of 1,000 product ids. */
const bodyLimit = 128 * 1_024;

/** Returns a collection by its id or its slug. Throws `COLLECTION_NOT_FOUND`. */
export async function getCollection(
  platform: StoresPlatform,
  { siteId }: Access,
  by: { readonly id: string } | { readonly slug: string },
): Promise<Response> {
  return await respondWith(platform, siteId, await readCollection(platform.database.read, siteId, by));
}

/** Returns a page of collections, in the REST form of V1 (*wire §8.3*). Throws violations. */
export async function queryCollections(
  { database }: StoresPlatform,
  { access: { appId, siteId }, request }: AccessTokenCall,
): Promise<Response> {
  const query = { ...parseRestQuery(await readQueryRequest(request), collectionEntity), siteId };
  const read = async (db: Queries) => {
    const { rows, total } = await readPage<CollectionDocument>(db, collectionEntity, query);
    return { collections: await withCounts(db, siteId, rows.map(parseCollection)), totalResults: total };
  };
  const page = await database.search(appId, read, request.signal);
  const { limit: items, offset } = query.paging;
  return jsonResponse({ ...page, metadata: { items, offset } });
}

/** Returns a page of collections, in the platformized form (*wire §8.2*). Throws violations, `INVALID_CURSOR`. */
export async function queryCollectionsPlatformized(
  { cursors, database }: StoresPlatform,
  { access: { appId, siteId }, request }: AccessTokenCall,
): Promise<Response> {
  const query = { input: await readQueryRequest(request), siteId };
  const read = async (db: Queries) => {
    const { metadata, rows } = await runPlatformQuery<CollectionDocument>(
      { cursors, db },
      collectionEntity,
      query,
    );
    return { collections: await withCounts(db, siteId, rows.map(parseCollection)), metadata };
  };
  return jsonResponse(await database.search(appId, read, request.signal));
}

/** Creates a collection. Throws violations, `SLUG_TAKEN`. */
export async function addCollection(
  platform: StoresPlatform,
  { access, request }: AccessTokenCall,
): Promise<Response> {
  const input = parseNewCollection(await readJson(request, bodyLimit));
  const collection = await changeStore(platform, access, (store) => createCollection(store, input));
  return await respondWith(platform, access.siteId, collection);
}

/** Changes a collection. Throws violations, `COLLECTION_NOT_FOUND`, `SLUG_TAKEN`, `COLLECTION_IS_BUILT_IN`. */
export async function changeCollection(
  platform: StoresPlatform,
  { access, parameters: { collectionId = "" }, request }: AccessTokenCall,
): Promise<Response> {
  const input = parseCollectionChange(await readJson(request, bodyLimit));
  const collection = await changeStore(platform, access, (store) =>
    updateCollection(store, collectionId, input),
  );
  return await respondWith(platform, access.siteId, collection);
}

/** Deletes a collection. Throws `COLLECTION_NOT_FOUND`, `COLLECTION_IS_BUILT_IN`. */
export async function deleteCollection(
  platform: StoresPlatform,
  { access, parameters: { collectionId = "" } }: AccessTokenCall,
): Promise<Response> {
  await changeStore(platform, access, (store) => removeCollection(store, collectionId));
  return jsonResponse({});
}

/** Adds products to a collection, or removes them. */
type MembersChange = (store: LockedStore, id: string, productIds: readonly string[]) => Promise<void>;

/** Changes the products of a collection. Throws violations, and what `change` throws. */
export async function changeMembers(
  platform: StoresPlatform,
  { access, parameters: { collectionId = "" }, request }: AccessTokenCall,
  change: MembersChange,
): Promise<Response> {
  const productIds = parseProductIds(await readJson(request, bodyLimit));
  await changeStore(platform, access, (store) => change(store, collectionId, productIds));
  return jsonResponse({});
}

async function respondWith(
  { database }: StoresPlatform,
  siteId: string,
  stored: StoredCollection,
): Promise<Response> {
  const [collection] = await withCounts(database.read, siteId, [stored]);
  return jsonResponse({ collection });
}
