export { changeStore, type LockedStore } from "./change-store.ts";
export { requireFreeSlug, slugOfNew } from "./free-slug.ts";
export {
  amount,
  boundedText,
  exactlyOneField,
  idInput,
  readOnly,
  signedAmount,
  slug,
} from "./input-schemas.ts";
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
