-- A product is its document; the columns beside it are what V1 lets a query filter or sort by. Absent text is '', so
-- that no column is NULL and both databases agree on every comparison. *_folded hold the form for matching without case.
-- Every index that serves a sort ends with the tie-breaker and `visible`, so that pages and counts read it alone.

CREATE TABLE products (
  site_id TEXT NOT NULL REFERENCES sites (site_id),
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
  PRIMARY KEY (site_id, product_id)
);
CREATE UNIQUE INDEX products_by_numeric_id ON products (site_id, numeric_id);
CREATE INDEX products_by_price ON products (site_id, price, numeric_id, visible);
CREATE INDEX products_by_created ON products (site_id, created_at, numeric_id, visible);
CREATE INDEX products_by_updated ON products (site_id, updated_at, numeric_id, visible);
CREATE INDEX products_by_name ON products (site_id, name, numeric_id, visible);
CREATE INDEX products_by_name_folded ON products (site_id, name_folded, visible);
CREATE INDEX products_by_slug ON products (site_id, slug, numeric_id, visible);
CREATE INDEX products_by_slug_folded ON products (site_id, slug_folded, visible);
CREATE INDEX products_by_sku ON products (site_id, sku, numeric_id, visible);
CREATE INDEX products_by_sku_folded ON products (site_id, sku_folded, visible);

-- The last number given out on each site: numbers rise in the order of commits and are never given twice.
CREATE TABLE product_numbers (
  site_id TEXT PRIMARY KEY REFERENCES sites (site_id),
  last_numeric_id BIGINT NOT NULL
);

CREATE TABLE product_collections (
  site_id TEXT NOT NULL,
  product_id TEXT COLLATE BINARY NOT NULL,
  collection_id TEXT COLLATE BINARY NOT NULL,
  PRIMARY KEY (site_id, collection_id, product_id)
);
CREATE INDEX product_collections_by_product ON product_collections (site_id, product_id);

CREATE TABLE product_options (
  site_id TEXT NOT NULL,
  product_id TEXT COLLATE BINARY NOT NULL,
  name TEXT COLLATE BINARY NOT NULL,
  choice TEXT COLLATE BINARY NOT NULL,
  PRIMARY KEY (site_id, name, choice, product_id)
);
CREATE INDEX product_options_by_product ON product_options (site_id, product_id);
