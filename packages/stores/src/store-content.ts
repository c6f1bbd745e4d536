import { nextTurn, type Site, type SiteHooks } from "@latchkey/server";
import { copiedProduct } from "./catalog/new-product.ts";
import {
  allProducts,
  deleteAllCollections,
  insertCollections,
  readAllCollections,
} from "./collections/index.ts";
import {
  deleteSomeProducts,
  insertProducts,
  readProductIdsAfter,
  readProductsById,
  sliceProducts,
} from "./products.queries.ts";
import type { StoresTables, Write } from "./tables.ts";

const batchSize = 100;

/** Each can have 300 variants, which are rows. */
const deletedTogether = 10;

/**
 * Creates, copies and deletes the store of a site. A new store has the collection of all products. A copy has the same
 * products and collections under new ids.
 */
export const storeContent: SiteHooks<StoresTables> = {
  async created(_platform, trx, site) {
    await insertCollections(trx, site.siteId, [allProducts]);
  },
  async copied(platform, trx, { from, to: site }) {
    const now = platform.now();
    const copiedIds = await copyCollections(trx, platform.newId, { from, to: site });
    let after = 0;
    for (;;) {
      const batch = await readProductIdsAfter(trx, from.siteId, { after, limit: batchSize });
      const last = batch.at(-1);
      if (last === undefined) return;
      const ids = batch.map((row) => row.product_id);
      for (const slice of await sliceProducts(trx, from.siteId, ids)) {
        const products = await readProductsById(trx, from.siteId, slice);
        const copies = Array.from(products.values(), (product) => ({
          ...copiedProduct(product, { productId: platform.newId(), site, now }),
          collectionIds: product.collectionIds.map((id) => copiedIds.get(id) ?? id),
        }));
        await insertProducts(trx, site.siteId, copies);
        await nextTurn();
      }
      after = last.numeric_id;
    }
  },
  async deleted(_platform, trx, { siteId }) {
    while (await deleteSomeProducts(trx, siteId, deletedTogether)) await nextTurn();
    await deleteAllCollections(trx, siteId);
  },
};

/** @returns the id of each copy by the id of its original */
async function copyCollections(
  trx: Write,
  newId: () => string,
  { from, to }: { from: Site; to: Site },
): Promise<ReadonlyMap<string, string>> {
  const originals = await readAllCollections(trx, from.siteId);
  const copyIds = new Map(originals.map(({ id }) => [id, id === allProducts.id ? id : newId()] as const));
  const copies = originals.map((original) => ({ ...original, id: copyIds.get(original.id) ?? original.id }));
  await insertCollections(trx, to.siteId, copies);
  return copyIds;
}
