export type { ProductInput } from "./product-input.ts";
export { readProductsById } from "./product-writes.queries.ts";
export { storeProduct } from "./product-writes.ts";
export { mountProducts } from "./products.routes.ts";
export type { VariantChange } from "./variant-changes.ts";
