import type { Kysely, Transaction } from "kysely";

/**
 * The tables of `migrations/*.sql` as TypeScript sees them: times are epoch milliseconds, flags are 0 or 1, and every
 * TEXT column that holds JSON says so here. `docs/reference/storage.md` describes each.
 */
export interface StoresTables {
  stores_products: ProductsTable;
  stores_product_numbers: { site_id: string; last_numeric_id: number };
  stores_collections: CollectionsTable;
  stores_variants: VariantsTable;
  stores_product_collections: { site_id: string; product_id: string; collection_id: string };
  stores_product_options: { site_id: string; product_id: string; name: string; choice: string };
}

/** A place to run queries: the database outside a transaction, or a transaction. */
export type Queries = Kysely<StoresTables>;
/** A write transaction. */
export type Write = Transaction<StoresTables>;

export interface ProductsTable {
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
  /** Empty when the product has none, as every text here. */
  sku: string;
  sku_folded: string;
  description: string;
  description_folded: string;
  /** JSON: the V1 product. */
  document: string;
}

export interface CollectionsTable {
  site_id: string;
  collection_id: string;
  name: string;
  name_folded: string;
  slug: string;
  /** JSON: the V1 collection, without its number of products. */
  document: string;
}

export interface VariantsTable {
  site_id: string;
  store_variant_id: string;
  product_id: string;
  variant_id: string;
  /** Whether its product is. */
  visible: number;
  product_name: string;
  product_name_folded: string;
  sku: string;
  sku_folded: string;
  /** JSON: ids of product and variant. */
  document: string;
}
