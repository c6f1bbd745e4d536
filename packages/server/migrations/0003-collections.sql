-- A collection is its document; the columns beside it are what V1 lets a query filter or sort by. Every store has the
-- collection of all products: sites get it when they are made, and those from before get it here. Its products have no
-- rows in product_collections.

CREATE TABLE collections (
  site_id TEXT NOT NULL REFERENCES sites (site_id),
  collection_id TEXT COLLATE BINARY NOT NULL,
  name TEXT COLLATE BINARY NOT NULL,
  name_folded TEXT COLLATE BINARY NOT NULL,
  slug TEXT COLLATE BINARY NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (site_id, collection_id)
);
CREATE INDEX collections_by_name ON collections (site_id, name, collection_id);
CREATE UNIQUE INDEX collections_by_slug ON collections (site_id, slug);

INSERT INTO collections (site_id, collection_id, name, name_folded, slug, document)
SELECT
  site_id,
  '00000000-000000-000000-000000000001',
  'All Products',
  'all products',
  'all-products',
  '{"id":"00000000-000000-000000-000000000001","name":"All Products","media":{"items":[]},"description":"","slug":"all-products","visible":true}'
FROM sites
WHERE deleted_at IS NULL;
