export { readProductsById } from "./product-writes.store.ts";
export { storeProduct } from "./product-writes.ts";
export { mountProducts } from "./products.routes.ts";
