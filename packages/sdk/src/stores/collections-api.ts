import type { CallOptions } from "../api-call.ts";
import type { Collection, CollectionChange, CollectionQueryFields, NewCollection } from "./collection.ts";
import type { RawPage, RawQuery } from "./find-items.ts";
import type { QueryBuilder } from "./query-builder.ts";

/** Builds a query for collections. */
export type CollectionsQueryBuilder = QueryBuilder<Collection, CollectionQueryFields>;

/** The methods that `products` and `collections` both have. The third-party client has them in `products`. */
export interface CollectionWritesApi {
  getCollectionBySlug(slug: string, options?: CallOptions): Promise<{ readonly collection: Collection }>;
  /**
   * Creates a collection.
   *
   * @throws {LatchkeyError} `validation_failed` with all fields that are not valid; nothing is stored
   */
  createCollection(collection: NewCollection): Promise<{ readonly collection: Collection }>;
  /**
   * Updates the given fields of a collection.
   *
   * @throws {LatchkeyError} `not_found`, `validation_failed`
   */
  updateCollection(
    collectionId: string,
    change: CollectionChange,
  ): Promise<{ readonly collection: Collection }>;
  /** Deletes a collection. Its products are not deleted. */
  deleteCollection(collectionId: string): Promise<void>;
}

/**
 * The methods of the module `collections` on a client. Reading needs the permission to read products, writing the
 * permission to manage products. Every method can throw the errors of API calls.
 */
export interface CollectionsApi extends CollectionWritesApi {
  /**
   * Starts a query for the site's collections.
   *
   * @example
   * const { items } = await client.collections.queryCollections().startsWith("name", "Coffee").find();
   */
  queryCollections(): CollectionsQueryBuilder;
  /**
   * Gets one page of collections with a raw query.
   *
   * @throws {LatchkeyError} `validation_failed`
   */
  queryCollections(query: RawQuery): Promise<{
    readonly collections: readonly Collection[];
    readonly metadata: RawPage<Collection>["metadata"];
  }>;
  /**
   * Gets a collection.
   *
   * @throws {LatchkeyError} `not_found`, also for a collection of another site
   */
  getCollection(collectionId: string, options?: CallOptions): Promise<Collection>;
}
