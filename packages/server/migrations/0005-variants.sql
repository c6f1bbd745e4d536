-- Variants are parts of their product's document; a row here says only where one stands and what V1 lets a query over
-- the variants of a whole store ask about, much of it its product's. The document names product and variant.

CREATE TABLE variants (
  site_id TEXT NOT NULL,
  store_variant_id TEXT COLLATE BINARY NOT NULL,
  product_id TEXT COLLATE BINARY NOT NULL,
  variant_id TEXT COLLATE BINARY NOT NULL,
  visible INTEGER NOT NULL,
  product_name TEXT COLLATE BINARY NOT NULL,
  product_name_folded TEXT COLLATE BINARY NOT NULL,
  sku TEXT COLLATE BINARY NOT NULL,
  sku_folded TEXT COLLATE BINARY NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (site_id, store_variant_id)
);
CREATE INDEX variants_by_product ON variants (site_id, product_id);
CREATE INDEX variants_by_product_name ON variants (site_id, product_name, store_variant_id);
CREATE INDEX variants_by_sku ON variants (site_id, sku, store_variant_id);

-- Products from before that manage no variants have one, under an id that is the same for all. Those that manage some
-- get their rows when they are next changed.
INSERT INTO variants (
  site_id,
  store_variant_id,
  product_id,
  variant_id,
  visible,
  product_name,
  product_name_folded,
  sku,
  sku_folded,
  document
)
SELECT
  site_id,
  product_id || '-00000000-0000-0000-0000-000000000000',
  product_id,
  '00000000-0000-0000-0000-000000000000',
  visible,
  name,
  name_folded,
  sku,
  sku_folded,
  '{"productId":"' || product_id || '","variantId":"00000000-0000-0000-0000-000000000000"}'
FROM products
WHERE document NOT LIKE '%"manageVariants":true%';
