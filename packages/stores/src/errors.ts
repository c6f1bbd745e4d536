import { defineErrors, type ErrorDefinition } from "@latchkey/server";

/** A stable error code of the Stores API. */
export type StoresErrorCode =
  | "PRODUCT_NOT_FOUND"
  | "VARIANT_NOT_FOUND"
  | "COLLECTION_NOT_FOUND"
  | "COLLECTION_IS_BUILT_IN"
  | "SLUG_TAKEN"
  | "VARIANTS_ARE_MANAGED"
  | "VARIANTS_NOT_MANAGED"
  | "CATALOG_V1_SITE_CALLING_CATALOG_V3_API";

/** Every error code of the Stores API; `docs/reference/errors.md` describes each. */
export const storesErrors: Readonly<Record<StoresErrorCode, ErrorDefinition>> = defineErrors({
  PRODUCT_NOT_FOUND: { status: 404, text: "The store has no product with this id." },
  VARIANT_NOT_FOUND: { status: 404, text: "The product has no such variant." },
  COLLECTION_NOT_FOUND: { status: 404, text: "The store has no such collection." },
  COLLECTION_IS_BUILT_IN: {
    status: 409,
    text: "The collection of all products is built in and cannot be changed.",
  },
  SLUG_TAKEN: {
    status: 409,
    text: "Another product or collection of the store has this slug; choose another one.",
  },
  VARIANTS_ARE_MANAGED: {
    status: 409,
    text: "The options of a product cannot be deleted while its variants are managed.",
  },
  VARIANTS_NOT_MANAGED: {
    status: 409,
    text: "The product does not manage variants; set manageVariants to true first.",
  },
  CATALOG_V1_SITE_CALLING_CATALOG_V3_API: {
    status: 428,
    text: "The store of this site has catalog V1; call the V1 API.",
  },
});
