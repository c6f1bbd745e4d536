import type { Clock } from "../clock/index.ts";
import type { Ids } from "../db/index.ts";
import { readSite, type SiteContent } from "../sites/index.ts";
import { copiedProduct } from "./new-product.ts";
import { deleteSomeProducts, insertProducts, readProductsAfter } from "./products.store.ts";

// However large a store is, no more of it is in memory at once.
const batchSize = 500;

/** Products go where their site goes: a copy gets the same ones under ids of its own, a deleted site leaves none. */
export function createStoreContent({ clock, ids }: { clock: Clock; ids: Ids }): SiteContent {
  return {
    async copied(trx, _actor, { fromSiteId, toSiteId }) {
      const site = await readSite(trx, toSiteId);
      const now = clock.now();
      let after = 0;
      for (;;) {
        const batch = await readProductsAfter(trx, fromSiteId, { after, limit: batchSize });
        const last = batch.at(-1);
        if (last === undefined) return;
        const copies = batch.map((product) => copiedProduct(product, { productId: ids.guid(), site, now }));
        await insertProducts(trx, toSiteId, copies);
        after = Number(last.numericId);
      }
    },
    async deleted(trx, _actor, siteId) {
      while (await deleteSomeProducts(trx, siteId, batchSize));
    },
  };
}
