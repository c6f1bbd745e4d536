export { allProducts, newCollection, type StoredCollection } from "../catalog/collection.ts";
export { deleteAllCollections, insertCollections, readAllCollections } from "./collections.queries.ts";
export { collectionRoutes } from "./collections.routes.ts";
