export { allProducts, insertCollections } from "./collections/index.ts";
export { demoCollections, demoProducts } from "./demo-products.ts";
export type { ProductInput, VariantChange } from "./products/index.ts";
export { insertProducts } from "./products.queries.ts";
export { createStoreContent } from "./store-content.ts";
export { storesRoutes } from "./stores.routes.ts";
