import type { AccessTokenRoute } from "@latchkey/server";
import { z } from "zod";
import { storesErrors } from "../errors.ts";
import { managePermission, readPermission } from "../permissions.ts";
import { platformizedRoutes, restMetadata, restQuery, totalResults } from "../query/index.ts";
import { emptyResponses, type StoresPlatform } from "../stores-platform.ts";
import {
  addCollection,
  changeCollection,
  changeMembers,
  deleteCollection,
  getCollection,
  queryCollections,
  queryCollectionsPlatformized,
} from "./collection-endpoints.ts";
import { collectionChangeBody, newCollectionBody, productIdsBody } from "./collection-input.ts";
import { collection } from "./collection-schema.ts";
import { addToCollection, removeFromCollection } from "./collection-writes.ts";

const reading = { permission: readPermission, tag: "Collections" } as const;
const changing = { permission: managePermission, tag: "Collections" } as const;

const oneCollection = { 200: { description: "The collection", schema: z.object({ collection }) } };
const parameters = {
  collectionId: z.string().meta({ description: "A GUID, except for the collection of all products" }),
};

/** The collections of a site (*wire §8.1, §8.3*). */
export function collectionRoutes(platform: StoresPlatform): readonly AccessTokenRoute[] {
  return [
    ...queryRoutes(platform),
    ...readRoutes(platform),
    ...changeRoutes(platform),
    ...memberRoutes(platform),
  ];
}

function queryRoutes(platform: StoresPlatform): readonly AccessTokenRoute[] {
  return [
    ...platformizedRoutes({
      ...reading,
      path: "/v2/collections/query",
      // The client library omits the prefix of V2.
      aliases: ["/stores/v2/collections/query", "/stores-reader/v2/collections/query"],
      description: "Filter and sort take id, name and slug.",
      operationId: "queryCollections",
      summary: "Query collections",
      encoded: { operationId: "queryCollectionsEncoded", summary: "Query collections by GET" },
      example: { query: { filter: { name: { $startsWith: "T" } } } },
      documents: ["collections", collection],
      handle: (call) => queryCollectionsPlatformized(platform, call),
    }),
    {
      ...reading,
      method: "POST",
      path: "/stores/v1/collections/query",
      aliases: ["/stores-reader/v1/collections/query"],
      operationId: "queryCollectionsV1",
      summary: "Query collections, in the REST form of V1",
      description: "Filter and sort take id, name and slug.",
      body: { schema: z.object({ query: restQuery }), required: true },
      example: { query: { filter: '{"name":{"$startsWith":"T"}}' } },
      responses: {
        200: {
          description: "A page of collections",
          schema: z.object({ collections: z.array(collection), metadata: restMetadata, totalResults }),
        },
      },
      errors: ["QUERY_TOO_EXPENSIVE", "ITEM_TOO_LARGE"],
      handle: (call) => queryCollections(platform, call),
    },
  ];
}

const onePath = "/stores/v1/collections/{collectionId}";

function readRoutes(platform: StoresPlatform): readonly AccessTokenRoute[] {
  return [
    {
      ...reading,
      method: "GET",
      path: "/v2/collections/slug/{slug}",
      aliases: [
        "/stores/v2/collections/slug/{slug}",
        "/stores-reader/v2/collections/slug/{slug}",
        "/stores-reader/v1/collections/slug/{slug}",
        "/stores/v1/collections/slug/{slug}",
      ],
      parameters: { slug: z.string() },
      operationId: "getCollectionBySlug",
      summary: "Get a collection by its slug",
      responses: oneCollection,
      errors: [storesErrors.COLLECTION_NOT_FOUND],
      handle: ({ access, parameters: { slug = "" } }) => getCollection(platform, access, { slug }),
    },
    {
      ...reading,
      method: "GET",
      path: "/v2/collections/{collectionId}",
      aliases: [
        "/stores/v2/collections/{collectionId}",
        "/stores-reader/v2/collections/{collectionId}",
        "/stores-reader/v1/collections/{collectionId}",
        onePath,
      ],
      parameters,
      operationId: "getCollection",
      summary: "Get a collection",
      responses: oneCollection,
      errors: [storesErrors.COLLECTION_NOT_FOUND],
      handle: ({ access, parameters: { collectionId: id = "" } }) => getCollection(platform, access, { id }),
    },
  ];
}

function changeRoutes(platform: StoresPlatform): readonly AccessTokenRoute[] {
  return [
    {
      ...changing,
      method: "POST",
      path: "/stores/v1/collections",
      operationId: "createCollection",
      summary: "Create a collection",
      body: { schema: newCollectionBody, required: true },
      example: { collection: { name: "Spring" } },
      responses: oneCollection,
      errors: [storesErrors.SLUG_TAKEN],
      handle: (call) => addCollection(platform, call),
    },
    {
      ...changing,
      method: "PATCH",
      path: onePath,
      parameters,
      operationId: "updateCollection",
      summary: "Change some fields of a collection",
      body: { schema: collectionChangeBody, required: true },
      example: { collection: { description: "For long evenings" } },
      responses: oneCollection,
      errors: [
        storesErrors.COLLECTION_NOT_FOUND,
        storesErrors.SLUG_TAKEN,
        storesErrors.COLLECTION_IS_BUILT_IN,
      ],
      handle: (call) => changeCollection(platform, call),
    },
    {
      ...changing,
      method: "DELETE",
      path: onePath,
      parameters,
      operationId: "deleteCollection",
      summary: "Delete a collection; its products stay, and their `collectionIds` may name it for a moment",
      responses: emptyResponses,
      errors: [storesErrors.COLLECTION_NOT_FOUND, storesErrors.COLLECTION_IS_BUILT_IN],
      handle: (call) => deleteCollection(platform, call),
    },
  ];
}

function memberRoutes(platform: StoresPlatform): readonly AccessTokenRoute[] {
  const members = {
    ...changing,
    method: "POST",
    parameters,
    body: { schema: productIdsBody, required: true },
    example: { productIds: ["$PRODUCT_ID"] },
    responses: emptyResponses,
  } as const;
  return [
    {
      ...members,
      path: `${onePath}/productIds`,
      operationId: "addProductsToCollection",
      summary: "Add products to a collection: all of them, or none when one is unknown",
      errors: [
        storesErrors.COLLECTION_NOT_FOUND,
        storesErrors.COLLECTION_IS_BUILT_IN,
        storesErrors.PRODUCT_NOT_FOUND,
      ],
      handle: (call) => changeMembers(platform, call, addToCollection),
    },
    {
      ...members,
      path: `${onePath}/productIds/delete`,
      operationId: "removeProductsFromCollection",
      summary: "Remove products from a collection",
      errors: [storesErrors.COLLECTION_NOT_FOUND, storesErrors.COLLECTION_IS_BUILT_IN],
      handle: (call) => changeMembers(platform, call, removeFromCollection),
    },
  ];
}
