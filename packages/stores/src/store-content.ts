import { createHash } from "node:crypto";
import type { Site, SiteHooks } from "@latchkey/server";
import { copiedProduct } from "./catalog/new-product.ts";
import type { Product } from "./catalog/product.ts";
import {
  allProducts,
  deleteSomeCollections,
  insertCollections,
  readCollectionsAfter,
  readExistingIds,
} from "./collections/index.ts";
import {
  addToNumbers,
  deleteProducts,
  insertProducts,
  readProductIdsAfter,
  readProductsById,
  sliceProducts,
} from "./products.queries.ts";
import type { StoresTables, Write } from "./tables.ts";

interface Copy {
  readonly from: Site;
  readonly to: Site;
  readonly after: string;
}

/** Most products and collections of one step. Products of a step have 1 MiB together, or are one. */
const maxProducts = 100;
const maxCollections = 500;

/** The position after the last collection. Positions after it are numeric ids of products. */
const collectionsEnd = "products ";

/**
 * Creates, copies and deletes the store of a site. A new store has the collection of all products. A copy has the same
 * products and collections under new ids.
 */
export const storeContent: SiteHooks<StoresTables> = {
  async created(_platform, trx, site) {
    await insertCollections(trx, site.siteId, [allProducts]);
  },
  async copied(platform, trx, copy) {
    if (!copy.after.startsWith(collectionsEnd)) return await copyCollections(trx, copy);
    const after = Number(copy.after.slice(collectionsEnd.length));
    const { from, to: site } = copy;
    const part = await productsAfter(trx, from.siteId, after);
    if (part.ids.length === 0) return undefined;
    const products = [...(await readProductsById(trx, from.siteId, part.ids)).values()];
    const existing = await readExistingIds(trx, site.siteId, [
      ...new Set(products.flatMap(({ collectionIds }) => collectionIds.map((id) => copiedId(site, id)))),
    ]);
    const now = platform.now();
    const copiedIds = ({ collectionIds }: Product): string[] =>
      collectionIds.map((id) => (existing.has(copiedId(site, id)) ? copiedId(site, id) : id));
    const copies = products.map((product) => ({
      ...copiedProduct(product, { productId: platform.newId(), site, now }),
      collectionIds: copiedIds(product),
    }));
    await insertProducts(trx, site.siteId, copies);
    return collectionsEnd + part.last;
  },
  async deleted(_platform, trx, { siteId }) {
    // Locks the store.
    await addToNumbers(trx, siteId, {});
    const { ids } = await productsAfter(trx, siteId, 0);
    if (ids.length > 0) await deleteProducts(trx, siteId, ids);
    return ids.length > 0 || (await deleteSomeCollections(trx, siteId, maxCollections));
  },
};

/** The first products after a number, as many as one step handles. */
async function productsAfter(
  trx: Write,
  siteId: string,
  after: number,
): Promise<{ ids: readonly string[]; last: number }> {
  const rows = await readProductIdsAfter(trx, siteId, { after, limit: maxProducts });
  const numbers = new Map(rows.map((row) => [row.product_id, row.numeric_id]));
  const [ids = []] = await sliceProducts(trx, siteId, [...numbers.keys()]);
  return { ids, last: numbers.get(ids.at(-1) ?? "") ?? after };
}

async function copyCollections(trx: Write, { after, from, to }: Copy): Promise<string> {
  const originals = await readCollectionsAfter(trx, from.siteId, { after, limit: maxCollections });
  const copies = originals.map((original) => ({ ...original, id: copiedId(to, original.id) }));
  await insertCollections(trx, to.siteId, copies);
  return originals.length < maxCollections ? `${collectionsEnd}0` : (originals.at(-1)?.id ?? after);
}

/** The id of the copy of a collection, which each step finds again. */
function copiedId({ siteId }: Site, id: string): string {
  if (id === allProducts.id) return id;
  const digest = createHash("sha256").update(`${siteId} ${id}`).digest("hex");
  const parts = [digest.slice(0, 8), digest.slice(8, 12), `8${digest.slice(13, 16)}`];
  return [...parts, `8${digest.slice(17, 20)}`, digest.slice(20, 32)].join("-");
}
