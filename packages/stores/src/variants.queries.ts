import type { Product } from "./catalog/product.ts";
import { storeVariantId } from "./catalog/store-variant.ts";
import { fold } from "./query/index.ts";
import type { VariantsTable, Write } from "./tables.ts";

const chunkSize = 500;

/** Inserts the rows by which queries over a whole store find the variants of products. */
export async function insertVariantRows(
  trx: Write,
  siteId: string,
  products: readonly Product[],
): Promise<void> {
  const rows = products.flatMap((product) => variantRows(siteId, product));
  for (let start = 0; start < rows.length; start += chunkSize) {
    await trx
      .insertInto("stores_variants")
      .values(rows.slice(start, start + chunkSize))
      .execute();
  }
}

/** Replaces the rows of a changed product if they differ. */
export async function replaceVariantRows(
  trx: Write,
  siteId: string,
  { before, after }: { before: Product; after: Product },
): Promise<void> {
  const [old, rows] = [variantRows(siteId, before), variantRows(siteId, after)];
  if (JSON.stringify(old) === JSON.stringify(rows)) return;
  await trx
    .deleteFrom("stores_variants")
    .where("site_id", "=", siteId)
    .where("product_id", "=", after.id)
    .execute();
  await insertVariantRows(trx, siteId, [after]);
}

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
