export { allProducts, newCollection, type StoredCollection } from "./collection.ts";
export { deleteAllCollections, insertCollections, readAllCollections } from "./collections.queries.ts";
export { mountCollections } from "./collections.routes.ts";
