import { nextTurn, type Site, type SiteHooks } from "@latchkey/server";
import { copiedProduct } from "./catalog/new-product.ts";
import {
  allProducts,
  deleteAllCollections,
  insertCollections,
  readAllCollections,
} from "./collections/index.ts";
import { deleteSomeProducts, insertProducts, readProductsAfter } from "./products.queries.ts";
import type { StoresTables, Write } from "./tables.ts";

// Bounds the memory and the blocking of the event loop for a store of any size.
const batchSize = 100;

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
      const batch = await readProductsAfter(trx, from.siteId, { after, limit: batchSize });
      const last = batch.at(-1);
      if (last === undefined) return;
      const copies = batch.map((product) => ({
        ...copiedProduct(product, { productId: platform.newId(), site, now }),
        collectionIds: product.collectionIds.map((id) => copiedIds.get(id) ?? id),
      }));
      await insertProducts(trx, site.siteId, copies);
      after = Number(last.numericId);
      await nextTurn();
    }
  },
  async deleted(_platform, trx, { siteId }) {
    while (await deleteSomeProducts(trx, siteId, batchSize)) await nextTurn();
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
