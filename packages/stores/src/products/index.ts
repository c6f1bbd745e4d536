export { updateVariants } from "./product-edit-endpoints.ts";
export { productEdit } from "./product-edits.routes.ts";
export type { ProductInput } from "./product-input.ts";
export { createProduct } from "./product-writes.ts";
export { productRoutes } from "./products.routes.ts";
export { type VariantChange, variantChangesBody, withResetVariants } from "./variant-changes.ts";
