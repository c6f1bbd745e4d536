import { readFileSync } from "node:fs";
import { defineResource, type Resource } from "@latchkey/server";
import { catalogVersionRoutes } from "./catalog-version.routes.ts";
import { collectionRoutes, continueDeletion, insertCollections } from "./collections/index.ts";
import { demoCollections, demoProducts } from "./demo-products.ts";
import { eventTypes } from "./event-types.ts";
import { permissions, scopes } from "./permissions.ts";
import { productRoutes } from "./products/index.ts";
import { insertProducts } from "./products.queries.ts";
import { storeContent } from "./store-content.ts";
import type { StoresTables } from "./tables.ts";
import { variantRoutes } from "./variants/variants.routes.ts";

const firstMigration = "0001-stores";

const tags = [
  { name: "Products", description: "Products of a site's store." },
  { name: "Variants", description: "Variants of products, and their prices and stock." },
  { name: "Collections", description: "Collections that group products." },
  { name: "Catalog", description: "The version of the catalog that a site uses." },
];

/**
 * The Stores API (catalog V1): products, variants and collections of each site, and their events.
 *
 * @example
 * const platform = await createPlatform(config, { resources: [stores] });
 */
export const stores: Resource = defineResource<StoresTables>({
  name: "stores",
  tables: [
    "stores_products",
    "stores_product_numbers",
    "stores_product_collections",
    "stores_product_options",
    "stores_collections",
    "stores_deleted_collections",
    "stores_variants",
  ],
  migrations: [{ name: firstMigration, sql: readMigration(firstMigration) }],
  permissions,
  scopes,
  eventTypes,
  tags,
  routes: (platform) => [
    ...productRoutes(platform),
    ...variantRoutes(platform),
    ...collectionRoutes(platform),
    ...catalogVersionRoutes,
  ],
  site: storeContent,
  work: (_platform, trx) => continueDeletion(trx),
  demo: {
    scopes: ["SCOPE.DC-STORES.READ-PRODUCTS", "SCOPE.DC-STORES.MANAGE-PRODUCTS"],
    async fill(platform, trx, site) {
      await insertCollections(trx, site.siteId, demoCollections());
      await insertProducts(trx, site.siteId, demoProducts({ site, now: platform.now() }));
    },
  },
});

function readMigration(name: string): string {
  return readFileSync(new URL(`../migrations/${name}.sql`, import.meta.url), "utf8");
}
