import { ApiError, canonicalGuid } from "@latchkey/server";
import { newCollection, type StoredCollection } from "../catalog/collection.ts";
import { allProductsCollectionId, type Product } from "../catalog/product.ts";
import type { OpenStore } from "../changes/index.ts";
import { collectionChanged, collectionCreated, collectionDeleted, freeSlug } from "../changes/index.ts";
import { storesErrors } from "../errors.ts";
import { readProductsById, storeProduct } from "../products/index.ts";
import type { CollectionInput } from "./collection-input.ts";
import {
  deleteCollection,
  insertCollections,
  readCollection,
  replaceCollection,
  takenCollectionSlugs,
} from "./collections.queries.ts";
import { takeOutOfDocuments } from "./members.queries.ts";

/** Stores a new collection and tells of it. Throws `SLUG_TAKEN`. */
export async function createCollection(store: OpenStore, input: CollectionInput): Promise<StoredCollection> {
  const { newId, siteId, trx } = store;
  const name = input.name ?? "";
  if (input.slug) await requireFreeSlug(store, input.slug);
  const bare = newCollection(newId(), name);
  const collection = {
    ...bare,
    description: input.description ?? "",
    slug:
      input.slug ?? (await freeSlug(bare.slug, (slugs) => takenCollectionSlugs(trx, siteId, slugs), newId)),
    visible: input.visible ?? true,
  };
  await insertCollections(trx, siteId, [collection]);
  store.tell(collectionCreated(siteId, collection));
  return collection;
}

/**
 * Changes a collection and tells what changed; that of all products takes another name and nothing more. Throws
 * `COLLECTION_NOT_FOUND`, `COLLECTION_IS_BUILT_IN`, `SLUG_TAKEN`.
 */
export async function updateCollection(
  store: OpenStore,
  collectionId: string,
  input: CollectionInput,
): Promise<StoredCollection> {
  const before = await readCollection(store.trx, store.siteId, { id: collectionId });
  const after = {
    ...before,
    name: input.name ?? before.name,
    description: input.description ?? before.description,
    slug: input.slug ?? before.slug,
    visible: input.visible ?? before.visible,
  };
  const changed = (["name", "description", "slug", "visible"] as const).filter(
    (field) => before[field] !== after[field],
  );
  if (changed.length === 0) return before;
  if (changed.some((field) => field !== "name")) requireOwn(before);
  if (after.slug !== before.slug) await requireFreeSlug(store, after.slug);
  await replaceCollection(store.trx, store.siteId, after);
  store.tell(collectionChanged(store.siteId, after.id, changed));
  return after;
}

/**
 * Deletes a collection; its products stay, and are in it no longer. Throws `COLLECTION_NOT_FOUND`,
 * `COLLECTION_IS_BUILT_IN`.
 */
export async function removeCollection(store: OpenStore, collectionId: string): Promise<void> {
  const { id } = await readOwnCollection(store, collectionId);
  await takeOutOfDocuments(store.trx, store.siteId, id);
  await deleteCollection(store.trx, store.siteId, id);
  store.tell(collectionDeleted(store.siteId, id));
}

/**
 * Puts products into a collection; those that are in it already stay. Throws `COLLECTION_NOT_FOUND`,
 * `COLLECTION_IS_BUILT_IN`, and `PRODUCT_NOT_FOUND` when one of them does not exist.
 */
export async function addToCollection(
  store: OpenStore,
  collectionId: string,
  productIds: readonly string[],
): Promise<void> {
  const { id } = await readOwnCollection(store, collectionId);
  const products = await readProductsById(store.trx, store.siteId, productIds);
  if (productIds.some((given) => !products.has(canonicalGuid(given) ?? ""))) {
    throw new ApiError(storesErrors.PRODUCT_NOT_FOUND);
  }
  await changeMembers(store, id, {
    products: [...products.values()].filter(({ collectionIds }) => !collectionIds.includes(id)),
    change: (collectionIds) => [...collectionIds, id],
  });
}

/**
 * Takes products out of a collection; what is not in it is passed over. Throws `COLLECTION_NOT_FOUND`,
 * `COLLECTION_IS_BUILT_IN`.
 */
export async function removeFromCollection(
  store: OpenStore,
  collectionId: string,
  productIds: readonly string[],
): Promise<void> {
  const { id } = await readOwnCollection(store, collectionId);
  const products = await readProductsById(store.trx, store.siteId, productIds);
  await changeMembers(store, id, {
    products: [...products.values()].filter(({ collectionIds }) => collectionIds.includes(id)),
    change: (collectionIds) => collectionIds.filter((one) => one !== id),
  });
}

async function changeMembers(
  store: OpenStore,
  collectionId: string,
  members: {
    products: readonly Product[];
    change(collectionIds: readonly string[]): readonly string[];
  },
): Promise<void> {
  for (const product of members.products) {
    await storeProduct(store, product, {
      ...product,
      collectionIds: members.change(product.collectionIds),
    });
  }
  if (members.products.length > 0) {
    store.tell(collectionChanged(store.siteId, collectionId, ["numberOfProducts"]));
  }
}

/** A collection that decides itself which products are in it. */
async function readOwnCollection(store: OpenStore, collectionId: string): Promise<StoredCollection> {
  const collection = await readCollection(store.trx, store.siteId, { id: collectionId });
  requireOwn(collection);
  return collection;
}

function requireOwn({ id }: StoredCollection): void {
  if (id === allProductsCollectionId) throw new ApiError(storesErrors.COLLECTION_IS_BUILT_IN);
}

async function requireFreeSlug({ siteId, trx }: OpenStore, slug: string): Promise<void> {
  if ((await takenCollectionSlugs(trx, siteId, [slug])).size > 0) throw new ApiError(storesErrors.SLUG_TAKEN);
}
