export type { ProductInput, VariantChange } from "./products/index.ts";
export { stores } from "./stores.ts";
