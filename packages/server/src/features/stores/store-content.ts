import { type Clock, nextTurn } from "../../infrastructure/clock/index.ts";
import type { Ids, Write } from "../../infrastructure/database/index.ts";
import { readSite, type SiteContent } from "../sites/index.ts";
import {
  allProducts,
  deleteAllCollections,
  insertCollections,
  readAllCollections,
} from "./collections/index.ts";
import { copiedProduct } from "./new-product.ts";
import { deleteSomeProducts, insertProducts, readProductsAfter } from "./products.queries.ts";

// However large a store is, no more of it is in memory at once, or holds up a request.
const batchSize = 100;

/**
 * A new site has a store with the collection of all products. A store goes where its site goes: a copy gets the same
 * products and collections under ids of its own, a deleted site leaves none.
 */
export function createStoreContent({ clock, ids }: { clock: Clock; ids: Ids }): SiteContent {
  return {
    async created(trx, _actor, siteId) {
      await insertCollections(trx, siteId, [allProducts]);
    },
    async copied(trx, _actor, { fromSiteId, toSiteId }) {
      const site = await readSite(trx, toSiteId);
      const now = clock.now();
      const collectionIds = await copyCollections(trx, ids, { fromSiteId, toSiteId });
      let after = 0;
      for (;;) {
        const batch = await readProductsAfter(trx, fromSiteId, { after, limit: batchSize });
        const last = batch.at(-1);
        if (last === undefined) return;
        const copies = batch.map((product) => ({
          ...copiedProduct(product, { productId: ids.guid(), site, now }),
          collectionIds: product.collectionIds.map((id) => collectionIds.get(id) ?? id),
        }));
        await insertProducts(trx, toSiteId, copies);
        after = Number(last.numericId);
        await nextTurn();
      }
    },
    async deleted(trx, _actor, siteId) {
      while (await deleteSomeProducts(trx, siteId, batchSize)) await nextTurn();
      await deleteAllCollections(trx, siteId);
    },
  };
}

/** @returns the id of each copy by that of its original */
async function copyCollections(
  trx: Write,
  ids: Ids,
  { fromSiteId, toSiteId }: { fromSiteId: string; toSiteId: string },
): Promise<ReadonlyMap<string, string>> {
  const originals = await readAllCollections(trx, fromSiteId);
  const copyIds = new Map(originals.map(({ id }) => [id, id === allProducts.id ? id : ids.guid()] as const));
  const copies = originals.map((original) => ({ ...original, id: copyIds.get(original.id) ?? original.id }));
  await insertCollections(trx, toSiteId, copies);
  return copyIds;
}
