-- Times are epoch milliseconds. COLLATE BINARY compares by bytes; the platform writes COLLATE "C" for PostgreSQL.

-- document, variants, merchant_data and merchant_variants contain the JSON of a product, separated by who may read it. The
-- other columns are what a query can filter or sort by. An absent text is '', so that no column is NULL and both databases
-- agree on every comparison. *_folded columns contain the text for matching without case. Every index for a sort ends
-- with the tie-breaker and `visible`, so that pages and counts read only the index.
CREATE TABLE stores_products (
  site_id TEXT COLLATE BINARY NOT NULL REFERENCES sites (site_id),
  product_id TEXT COLLATE BINARY NOT NULL,
  numeric_id BIGINT NOT NULL,
  visible INTEGER NOT NULL,
  price DOUBLE PRECISION NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  product_type TEXT COLLATE BINARY NOT NULL,
  inventory_status TEXT COLLATE BINARY NOT NULL,
  name TEXT COLLATE BINARY NOT NULL,
  name_folded TEXT COLLATE BINARY NOT NULL,
  slug TEXT COLLATE BINARY NOT NULL,
  slug_folded TEXT COLLATE BINARY NOT NULL,
  sku TEXT COLLATE BINARY NOT NULL,
  sku_folded TEXT COLLATE BINARY NOT NULL,
  description TEXT COLLATE BINARY NOT NULL,
  description_folded TEXT COLLATE BINARY NOT NULL,
  document TEXT NOT NULL,
  variants TEXT NOT NULL,
  merchant_data TEXT NOT NULL,
  merchant_variants TEXT NOT NULL,
  PRIMARY KEY (site_id, product_id)
);
CREATE UNIQUE INDEX stores_products_by_numeric_id ON stores_products (site_id, numeric_id);
CREATE INDEX stores_products_by_price ON stores_products (site_id, price, numeric_id, visible);
CREATE INDEX stores_products_by_created ON stores_products (site_id, created_at, numeric_id, visible);
CREATE INDEX stores_products_by_updated ON stores_products (site_id, updated_at, numeric_id, visible);
CREATE INDEX stores_products_by_name ON stores_products (site_id, name, numeric_id, visible);
CREATE INDEX stores_products_by_name_folded ON stores_products (site_id, name_folded, visible);
CREATE INDEX stores_products_by_slug ON stores_products (site_id, slug, numeric_id, visible);
CREATE INDEX stores_products_by_slug_folded ON stores_products (site_id, slug_folded, visible);
CREATE INDEX stores_products_by_sku ON stores_products (site_id, sku, numeric_id, visible);
CREATE INDEX stores_products_by_sku_folded ON stores_products (site_id, sku_folded, visible);

-- The last numeric id of each site, and how many products it has. Numeric ids rise in the order of commits and are never
-- reused. Every change of a store locks this row first, so the counts are exact.
CREATE TABLE stores_product_numbers (
  site_id TEXT COLLATE BINARY PRIMARY KEY REFERENCES sites (site_id),
  last_numeric_id BIGINT NOT NULL,
  products BIGINT NOT NULL,
  visible_products BIGINT NOT NULL
);

CREATE TABLE stores_product_collections (
  site_id TEXT COLLATE BINARY NOT NULL,
  product_id TEXT COLLATE BINARY NOT NULL,
  collection_id TEXT COLLATE BINARY NOT NULL,
  PRIMARY KEY (site_id, collection_id, product_id)
);
CREATE INDEX stores_product_collections_by_product ON stores_product_collections (site_id, product_id);

CREATE TABLE stores_product_options (
  site_id TEXT COLLATE BINARY NOT NULL,
  product_id TEXT COLLATE BINARY NOT NULL,
  name TEXT COLLATE BINARY NOT NULL,
  choice TEXT COLLATE BINARY NOT NULL,
  PRIMARY KEY (site_id, name, choice, product_id)
);
CREATE INDEX stores_product_options_by_product ON stores_product_options (site_id, product_id);

-- document contains the JSON of a collection. The other columns are what a query can filter or sort by. Every site has the
-- collection of all products, which is inserted with the site and has no rows in stores_product_collections.
CREATE TABLE stores_collections (
  site_id TEXT COLLATE BINARY NOT NULL REFERENCES sites (site_id),
  collection_id TEXT COLLATE BINARY NOT NULL,
  name TEXT COLLATE BINARY NOT NULL,
  name_folded TEXT COLLATE BINARY NOT NULL,
  slug TEXT COLLATE BINARY NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (site_id, collection_id)
);
CREATE INDEX stores_collections_by_name ON stores_collections (site_id, name, collection_id);
CREATE UNIQUE INDEX stores_collections_by_slug ON stores_collections (site_id, slug);

-- Deleted collections that products are still removed from, in steps. Queries ignore their rows in stores_product_collections.
CREATE TABLE stores_deleted_collections (
  site_id TEXT COLLATE BINARY NOT NULL,
  collection_id TEXT COLLATE BINARY NOT NULL,
  PRIMARY KEY (site_id, collection_id)
);

-- The JSON of a variant is part of its product. A row contains what a query over the variants of a whole store can filter or
-- sort by.
CREATE TABLE stores_variants (
  site_id TEXT COLLATE BINARY NOT NULL,
  store_variant_id TEXT COLLATE BINARY NOT NULL,
  product_id TEXT COLLATE BINARY NOT NULL,
  variant_id TEXT COLLATE BINARY NOT NULL,
  visible INTEGER NOT NULL,
  product_name TEXT COLLATE BINARY NOT NULL,
  product_name_folded TEXT COLLATE BINARY NOT NULL,
  sku TEXT COLLATE BINARY NOT NULL,
  sku_folded TEXT COLLATE BINARY NOT NULL,
  PRIMARY KEY (site_id, store_variant_id)
);
CREATE INDEX stores_variants_by_product ON stores_variants (site_id, product_id);
CREATE INDEX stores_variants_by_product_name ON stores_variants (site_id, product_name, store_variant_id);
CREATE INDEX stores_variants_by_sku ON stores_variants (site_id, sku, store_variant_id);

-- Sites that existed before Stores get that collection here.
INSERT INTO stores_collections (site_id, collection_id, name, name_folded, slug, document)
SELECT site_id, '00000000-000000-000000-000000000001', 'All Products', 'all products', 'all-products',
  '{"id":"00000000-000000-000000-000000000001","name":"All Products","media":{"items":[]},"description":"","slug":"all-products","visible":true}'
FROM sites WHERE deleted_at IS NULL;
