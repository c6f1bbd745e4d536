export { changeStore, type OpenStore } from "./change-store.ts";
export { freeSlug } from "./free-slug.ts";
export {
  type ChangedVariant,
  collectionChanged,
  collectionCreated,
  collectionDeleted,
  productChanged,
  productCreated,
  productDeleted,
  variantsChanged,
} from "./store-events.ts";
export { amount, computed, difference, givenId, oneOfFields, slug, words } from "./written-fields.ts";
