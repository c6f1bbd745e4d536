import { ApiError, canonicalGuid, nextTurn } from "@latchkey/server";
import { newCollection, type StoredCollection } from "../catalog/collection.ts";
import { allProductsCollectionId } from "../catalog/product.ts";
import {
  collectionChanged,
  collectionCreated,
  collectionDeleted,
  type LockedStore,
  productChanged,
  requireFreeSlug,
  slugOfNew,
} from "../changes/index.ts";
import { storesErrors } from "../errors.ts";
import { sliceProducts } from "../products.queries.ts";
import type { CollectionInput } from "./collection-input.ts";
import {
  deleteCollection,
  insertCollections,
  readCollection,
  replaceCollection,
} from "./collections.queries.ts";
import {
  changeMembership,
  insertDeletedCollection,
  type Membership,
  removeSomeMembers,
} from "./members.queries.ts";

/** Stores a new collection and publishes the event. Throws `SLUG_TAKEN`. */
export async function createCollection(
  store: LockedStore,
  input: CollectionInput,
): Promise<StoredCollection> {
  const { newId, siteId, trx } = store;
  const created = newCollection(newId(), input.name ?? "");
  const collection = {
    ...created,
    description: input.description ?? "",
    slug: await slugOfNew(store, "stores_collections", { chosen: input.slug, made: created.slug }),
    visible: input.visible ?? true,
  };
  await insertCollections(trx, siteId, [collection]);
  store.publish(collectionCreated(siteId, collection));
  return collection;
}

/**
 * Changes a collection and publishes the change. The collection of all products accepts only a name. Throws
 * `COLLECTION_NOT_FOUND`, `COLLECTION_IS_BUILT_IN`, `SLUG_TAKEN`.
 */
export async function updateCollection(
  store: LockedStore,
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
  if (changed.some((field) => field !== "name")) requireCustom(before);
  if (after.slug !== before.slug) await requireFreeSlug(store, "stores_collections", after.slug);
  await replaceCollection(store.trx, store.siteId, after);
  store.publish(collectionChanged(store.siteId, after.id, changed));
  return after;
}

/**
 * Deletes a collection, but not its products, which are removed from it in steps when there are many. Throws
 * `COLLECTION_NOT_FOUND`, `COLLECTION_IS_BUILT_IN`.
 */
export async function removeCollection(store: LockedStore, collectionId: string): Promise<void> {
  const { id } = await readCustomCollection(store, collectionId);
  await deleteCollection(store.trx, store.siteId, id);
  const row = { site_id: store.siteId, collection_id: id };
  if (await removeSomeMembers(store.trx, row)) {
    await insertDeletedCollection(store.trx, row);
    store.requestWork();
  }
  store.publish(collectionDeleted(store.siteId, id));
}

/**
 * Adds products to a collection. Throws `COLLECTION_NOT_FOUND`, `COLLECTION_IS_BUILT_IN`, and `PRODUCT_NOT_FOUND` for an
 * unknown product.
 */
export async function addToCollection(
  store: LockedStore,
  collectionId: string,
  productIds: readonly string[],
): Promise<void> {
  const { id } = await readCustomCollection(store, collectionId);
  const known = (await sliceProducts(store.trx, store.siteId, productIds)).flat();
  const ids = new Set(known);
  if (productIds.some((given) => !ids.has(canonicalGuid(given) ?? ""))) {
    throw new ApiError(storesErrors.PRODUCT_NOT_FOUND);
  }
  await changeMembers(store, known, { collectionId: id, isMember: true });
}

/**
 * Removes products from a collection. Ignores products that are not in it. Throws `COLLECTION_NOT_FOUND`,
 * `COLLECTION_IS_BUILT_IN`.
 */
export async function removeFromCollection(
  store: LockedStore,
  collectionId: string,
  productIds: readonly string[],
): Promise<void> {
  const { id } = await readCustomCollection(store, collectionId);
  const known = (await sliceProducts(store.trx, store.siteId, productIds)).flat();
  await changeMembers(store, known, { collectionId: id, isMember: false });
}

async function changeMembers(
  store: LockedStore,
  productIds: readonly string[],
  membership: Membership,
): Promise<void> {
  const { now, siteId, trx } = store;
  let hasChanges = false;
  for (const productId of productIds) {
    if (await changeMembership(trx, { siteId, productId }, { ...membership, now })) {
      store.publish(productChanged(siteId, productId, ["collectionIds"]));
      hasChanges = true;
    }
    await nextTurn();
  }
  if (hasChanges) store.publish(collectionChanged(siteId, membership.collectionId, ["numberOfProducts"]));
}

/** Reads a collection that is not built in. */
async function readCustomCollection(store: LockedStore, collectionId: string): Promise<StoredCollection> {
  const collection = await readCollection(store.trx, store.siteId, { id: collectionId });
  requireCustom(collection);
  return collection;
}

function requireCustom({ id }: StoredCollection): void {
  if (id === allProductsCollectionId) throw new ApiError(storesErrors.COLLECTION_IS_BUILT_IN);
}
