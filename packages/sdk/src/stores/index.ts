export type { Collection, CollectionChange, CollectionQueryFields, NewCollection } from "./collection.ts";
export { collections } from "./collections.ts";
export type { CollectionsApi, CollectionsQueryBuilder, CollectionWritesApi } from "./collections-api.ts";
export type { RawPage, RawQuery } from "./find-items.ts";
export type {
  CostAndProfitData,
  CustomTextField,
  Dimensions,
  InventoryStatus,
  MeasurementUnit,
  MediaItem,
  NumberRange,
  OptionsAvailability,
  PriceData,
  PricePerUnitData,
  Product,
  ProductMedia,
  ProductOption,
  ProductQueryFields,
  ProductStock,
  ProductType,
  ProductVariant,
  StoreVariant,
} from "./product.ts";
export type {
  BulkAdjustment,
  BulkChange,
  BulkResult,
  ChoiceMedia,
  NewMedia,
  NewProduct,
  NewProductOption,
  ProductChange,
  VariantChange,
  VariantQuery,
} from "./product-change.ts";
export type { ProductEvents } from "./product-events.ts";
export { products } from "./products.ts";
export type { ProductsApi, ProductsQueryBuilder } from "./products-api.ts";
export type { Query, QueryBuilder, QueryFields } from "./query-builder.ts";
export type { Filter } from "./query-filter.ts";
export type { QueryResult } from "./query-result.ts";
