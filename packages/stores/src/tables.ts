import type { Kysely, Transaction } from "kysely";
import type { ProductDocument } from "./catalog/product-document.ts";

/**
 * The columns of the tables in `migrations/*.sql`. Times are epoch milliseconds, flags are 0 or 1.
 * `docs/reference/storage.md` describes each table.
 */
export interface StoresTables {
  stores_products: ProductsTable;
  stores_product_numbers: ProductNumbersTable;
  stores_collections: CollectionsTable;
  stores_variants: VariantsTable;
  stores_deleted_collections: { site_id: string; collection_id: string };
  stores_product_collections: { site_id: string; product_id: string; collection_id: string };
  stores_product_options: { site_id: string; product_id: string; name: string; choice: string };
}

/** Runs queries: the database, or a transaction. */
export type Queries = Kysely<StoresTables>;
/** A write transaction. */
export type Write = Transaction<StoresTables>;

export interface ProductsTable extends ProductDocument {
  site_id: string;
  product_id: string;
  numeric_id: number;
  visible: number;
  price: number;
  created_at: number;
  updated_at: number;
  product_type: string;
  inventory_status: string;
  name: string;
  name_folded: string;
  slug: string;
  slug_folded: string;
  /** An absent text is empty, in every column. */
  sku: string;
  sku_folded: string;
  description: string;
  description_folded: string;
}

export interface ProductNumbersTable {
  site_id: string;
  last_numeric_id: number;
  products: number;
  visible_products: number;
}

export interface CollectionsTable {
  site_id: string;
  collection_id: string;
  name: string;
  name_folded: string;
  slug: string;
  /** JSON: the collection, without its number of products. */
  document: string;
}

export interface VariantsTable {
  site_id: string;
  store_variant_id: string;
  product_id: string;
  variant_id: string;
  /** 1 if its product is visible. */
  visible: number;
  product_name: string;
  product_name_folded: string;
  sku: string;
  sku_folded: string;
}
