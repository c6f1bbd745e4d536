export type {
  CustomTextField,
  InventoryStatus,
  MediaItem,
  NumberRange,
  PriceData,
  Product,
  ProductMedia,
  ProductOption,
  ProductQueryFields,
  ProductStock,
  ProductType,
  ProductVariant,
} from "./product.ts";
export { type ProductsApi, type ProductsQueryBuilder, products } from "./products.ts";
export type { QueryBuilder, QueryFields } from "./query-builder.ts";
export type { QueryResult } from "./query-result.ts";
