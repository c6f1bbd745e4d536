import { parseIsoTime } from "@latchkey/server";
import type { Product } from "./catalog/product.ts";
import { toDocument } from "./catalog/product-document.ts";
import { storeVariantId } from "./catalog/store-variant.ts";
import { fold } from "./query/index.ts";
import type { ProductsTable, StoresTables, VariantsTable } from "./tables.ts";

/** The row of a product: its JSON, and the columns that a query can filter or sort by. */
export function productRow(siteId: string, product: Product): ProductsTable {
  return {
    site_id: siteId,
    product_id: product.id,
    numeric_id: Number(product.numericId),
    visible: product.visible ? 1 : 0,
    price: product.priceData.price,
    created_at: epochMs(product.createdDate),
    updated_at: epochMs(product.lastUpdated),
    product_type: product.productType,
    inventory_status: product.stock.inventoryStatus,
    name: product.name,
    name_folded: fold(product.name),
    slug: product.slug,
    slug_folded: fold(product.slug),
    sku: product.sku,
    sku_folded: fold(product.sku),
    description: product.description,
    description_folded: fold(product.description),
    ...toDocument(product),
  };
}

/** The rows of a product in another table. */
export interface DependentRows {
  readonly table: "stores_variants" | "stores_product_options" | "stores_product_collections";
  rowsOf(siteId: string, product: Product): readonly StoresTables[DependentRows["table"]][];
}

/** The other tables by which queries find products and variants. */
export const dependentRows: readonly DependentRows[] = [
  { table: "stores_variants", rowsOf: variantRows },
  { table: "stores_product_options", rowsOf: optionRows },
  { table: "stores_product_collections", rowsOf: collectionRows },
];

function variantRows(siteId: string, product: Product): VariantsTable[] {
  return product.variants.map(({ id, variant }) => ({
    site_id: siteId,
    store_variant_id: storeVariantId(product.id, id),
    product_id: product.id,
    variant_id: id,
    visible: product.visible ? 1 : 0,
    product_name: product.name,
    product_name_folded: fold(product.name),
    sku: variant.sku,
    sku_folded: fold(variant.sku),
  }));
}

function optionRows(siteId: string, product: Product): StoresTables["stores_product_options"][] {
  return product.productOptions.flatMap(({ name, choices }) => {
    // A filter finds a color by its name and by its value.
    const names = new Set(choices.flatMap(({ description, value }) => [description, value]));
    return [...names].map((choice) => ({ site_id: siteId, product_id: product.id, name, choice }));
  });
}

function collectionRows(siteId: string, product: Product): StoresTables["stores_product_collections"][] {
  const ids = [...new Set(product.collectionIds)];
  return ids.map((id) => ({ site_id: siteId, product_id: product.id, collection_id: id }));
}

function epochMs(isoTime: string): number {
  const time = parseIsoTime(isoTime);
  if (time === undefined) throw new TypeError("The times of a product are ISO 8601 with a zone.");
  return time;
}
