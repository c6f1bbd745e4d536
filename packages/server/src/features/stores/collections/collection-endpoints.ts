import type { Queries } from "../../../infrastructure/database/index.ts";
import {
  type Endpoint,
  jsonResponse,
  type ResourceEndpoint,
  readJson,
} from "../../../infrastructure/http/index.ts";
import { changeStore, type OpenStore } from "../changes/index.ts";
import { parseRestQuery, readPage, readQueryRequest, runPlatformQuery } from "../query/index.ts";
import { managePermission } from "../requested-parts.ts";
import { readPermission, type StoreChangeSources, type StoresSources } from "../stores-sources.ts";
import type { StoredCollection } from "./collection.ts";
import { collectionEntity } from "./collection-entity.ts";
import { parseCollectionChange, parseNewCollection, parseProductIds } from "./collection-input.ts";
import {
  addToCollection,
  createCollection,
  removeCollection,
  removeFromCollection,
  updateCollection,
} from "./collection-writes.ts";
import { readCollection, withCounts } from "./collections.queries.ts";

/** 1,000 ids of products, twice over. */
const bodyLimit = 128 * 1_024;

/** `GET …/collections/{id}`: 401, 403, 404 `COLLECTION_NOT_FOUND`. */
export function getCollectionEndpoint(sources: StoresSources): ResourceEndpoint {
  return async (request, _exchange, { id = "" }) => {
    const { siteId } = await sources.guard.require(request, readPermission);
    const collection = await readCollection(sources.database.read, siteId, { id });
    return await answerWith(sources, siteId, collection);
  };
}

/** `GET …/collections/slug/{slug}`: 401, 403, 404 `COLLECTION_NOT_FOUND`. */
export function getCollectionBySlugEndpoint(sources: StoresSources): ResourceEndpoint {
  return async (request, _exchange, { slug = "" }) => {
    const { siteId } = await sources.guard.require(request, readPermission);
    const collection = await readCollection(sources.database.read, siteId, { slug });
    return await answerWith(sources, siteId, collection);
  };
}

/** `POST …/collections/query` in the REST form of V1 (*wire §8.3*): 401, 403, 400 with violations. */
export function collectionsQueryEndpoint({ database, guard }: StoresSources): Endpoint {
  return async (request) => {
    const { appId, siteId } = await guard.require(request, readPermission);
    const asked = parseRestQuery(await readQueryRequest(request), collectionEntity);
    const read = async (db: Queries) => {
      const page = await readPage<StoredCollection>(db, collectionEntity, { ...asked, siteId });
      return { collections: await withCounts(db, siteId, page.documents), totalResults: page.total };
    };
    const answer = await database.search(appId, read, request.signal);
    const { limit: items, offset } = asked.paging;
    return jsonResponse({ ...answer, metadata: { items, offset } });
  };
}

/** `GET` and `POST …/v2/collections/query` in the platformized form (*wire §8.2*): as above, and 400 `INVALID_CURSOR`. */
export function platformizedCollectionsEndpoint(sources: StoresSources): Endpoint {
  return async (request) => {
    const { appId, siteId } = await sources.guard.require(request, readPermission);
    const input = await readQueryRequest(request);
    const read = async (db: Queries) => {
      const query = { ...sources, db };
      const found = await runPlatformQuery<StoredCollection>(query, collectionEntity, { siteId, input });
      return {
        collections: await withCounts(db, siteId, found.documents),
        metadata: found.metadata,
      };
    };
    return jsonResponse(await sources.database.search(appId, read, request.signal));
  };
}

/** `POST …/collections`: 401, 403, 400 with violations, 409 `SLUG_TAKEN`. */
export function createCollectionEndpoint(sources: StoreChangeSources): ResourceEndpoint {
  return async (request) => {
    const access = await sources.guard.require(request, managePermission);
    const input = parseNewCollection(await readJson(request, bodyLimit));
    const collection = await changeStore(sources, access, (store) => createCollection(store, input));
    return await answerWith(sources, access.siteId, collection);
  };
}

/**
 * `PATCH …/collections/{id}`: 401, 403, 400 with violations, 404 `COLLECTION_NOT_FOUND`, 409 `SLUG_TAKEN`,
 * `COLLECTION_IS_BUILT_IN`.
 */
export function updateCollectionEndpoint(sources: StoreChangeSources): ResourceEndpoint {
  return async (request, _exchange, { id = "" }) => {
    const access = await sources.guard.require(request, managePermission);
    const input = parseCollectionChange(await readJson(request, bodyLimit));
    const collection = await changeStore(sources, access, (store) => updateCollection(store, id, input));
    return await answerWith(sources, access.siteId, collection);
  };
}

/** `DELETE …/collections/{id}`: 401, 403, 404 `COLLECTION_NOT_FOUND`, 409 `COLLECTION_IS_BUILT_IN`. */
export function deleteCollectionEndpoint(sources: StoreChangeSources): ResourceEndpoint {
  return async (request, _exchange, { id = "" }) => {
    const access = await sources.guard.require(request, managePermission);
    await changeStore(sources, access, (store) => removeCollection(store, id));
    return jsonResponse({});
  };
}

/** `POST …/collections/{id}/productIds`: as {@link deleteCollectionEndpoint}, and 400, 404 `PRODUCT_NOT_FOUND`. */
export function addProductsEndpoint(sources: StoreChangeSources): ResourceEndpoint {
  return membersEndpoint(sources, addToCollection);
}

/** `POST …/collections/{id}/productIds/delete`: as {@link deleteCollectionEndpoint}, and 400. */
export function removeProductsEndpoint(sources: StoreChangeSources): ResourceEndpoint {
  return membersEndpoint(sources, removeFromCollection);
}

type MembersChange = (store: OpenStore, id: string, productIds: readonly string[]) => Promise<void>;

function membersEndpoint(sources: StoreChangeSources, change: MembersChange): ResourceEndpoint {
  return async (request, _exchange, { id = "" }) => {
    const access = await sources.guard.require(request, managePermission);
    const productIds = parseProductIds(await readJson(request, bodyLimit));
    await changeStore(sources, access, (store) => change(store, id, productIds));
    return jsonResponse({});
  };
}

async function answerWith(
  { database }: StoresSources,
  siteId: string,
  stored: StoredCollection,
): Promise<Response> {
  const [collection] = await withCounts(database.read, siteId, [stored]);
  return jsonResponse({ collection });
}
