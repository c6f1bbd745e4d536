export type { Product } from "../catalog/product.ts";
export type { ProductInput, VariantChange } from "../products/index.ts";
export { createProduct } from "./create-product.ts";
