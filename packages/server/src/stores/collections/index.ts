export { allProducts, newCollection, type StoredCollection } from "./collection.ts";
export { mountCollections } from "./collections.routes.ts";
export { deleteAllCollections, insertCollections, readAllCollections } from "./collections.store.ts";
