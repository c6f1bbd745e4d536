import type { CallOptions } from "../api-call.ts";
import type { Collection, CollectionChange, CollectionQueryFields, NewCollection } from "./collection.ts";
import type { RawPage, RawQuery } from "./find-items.ts";
import type { QueryBuilder } from "./query-builder.ts";

/** Composes a query for collections. */
export type CollectionsQueryBuilder = QueryBuilder<Collection, CollectionQueryFields>;

/** What `products` and `collections` both offer, as the third-party client has it in `products`. */
export interface CollectionWritesApi {
  getCollectionBySlug(slug: string, options?: CallOptions): Promise<{ readonly collection: Collection }>;
  /** @throws {LatchkeyError} `validation_failed` with every field at fault; nothing is stored then */
  createCollection(collection: NewCollection): Promise<{ readonly collection: Collection }>;
  /** @throws {LatchkeyError} `not_found`, `validation_failed` */
  updateCollection(
    collectionId: string,
    change: CollectionChange,
  ): Promise<{ readonly collection: Collection }>;
  /** Its products stay. */
  deleteCollection(collectionId: string): Promise<void>;
}

/**
 * The collections of a site, once bound to a client. Reading needs the permission to read products, all else the one
 * to manage them; any call can throw the `LatchkeyError`s of calls.
 */
export interface CollectionsApi extends CollectionWritesApi {
  /**
   * Begins a query over the site's collections.
   *
   * @example
   * const { items } = await client.collections.queryCollections().startsWith("name", "Coffee").find();
   */
  queryCollections(): CollectionsQueryBuilder;
  /**
   * Gets one page of collections by a query that the application composed itself.
   *
   * @throws {LatchkeyError} `validation_failed`
   */
  queryCollections(query: RawQuery): Promise<{
    readonly collections: readonly Collection[];
    readonly metadata: RawPage<Collection>["metadata"];
  }>;
  /** @throws {LatchkeyError} `not_found`, also for a collection of another site */
  getCollection(collectionId: string, options?: CallOptions): Promise<Collection>;
}
