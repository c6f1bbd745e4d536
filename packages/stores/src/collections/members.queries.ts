import { nextTurn } from "@latchkey/server";
import type { Product } from "../catalog/product.ts";
import type { Write } from "../tables.ts";

// Bounds the memory for a collection of any size.
const batchSize = 500;

/** Removes a collection from the documents of its products. */
export async function removeFromDocuments(trx: Write, siteId: string, collectionId: string): Promise<void> {
  let after = "";
  for (;;) {
    const rows = await trx
      .selectFrom("stores_product_collections as member")
      .innerJoin("stores_products", (join) =>
        join
          .onRef("stores_products.site_id", "=", "member.site_id")
          .onRef("stores_products.product_id", "=", "member.product_id"),
      )
      .select(["stores_products.product_id", "stores_products.document"])
      .where("member.site_id", "=", siteId)
      .where("member.collection_id", "=", collectionId)
      .where("member.product_id", ">", after)
      .orderBy("member.product_id")
      .limit(batchSize)
      .execute();
    for (const row of rows) {
      const product: Product = JSON.parse(row.document);
      const collectionIds = product.collectionIds.filter((id) => id !== collectionId);
      await trx
        .updateTable("stores_products")
        .set({ document: JSON.stringify({ ...product, collectionIds }) })
        .where("site_id", "=", siteId)
        .where("product_id", "=", row.product_id)
        .execute();
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < batchSize) return;
    after = last.product_id;
    await nextTurn();
  }
}
