export { allProducts, newCollection, type StoredCollection } from "../catalog/collection.ts";
export {
  deleteSomeCollections,
  insertCollections,
  readCollectionsAfter,
  readExistingIds,
} from "./collections.queries.ts";
export { collectionRoutes } from "./collections.routes.ts";
export { continueDeletion } from "./members.queries.ts";
