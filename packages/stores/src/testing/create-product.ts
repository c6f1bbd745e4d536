import type { TestPlatform } from "@latchkey/server/testing";
import type { Product } from "../catalog/product.ts";
import { changeStore } from "../changes/index.ts";
import { createProduct as insertProduct, type ProductInput } from "../products/index.ts";
import { stores } from "../stores.ts";
import type { StoresTables } from "../tables.ts";

/** The user who creates products in tests. */
const userId = "00000000-0000-4000-8000-0000000000a1";

/**
 * Creates a product on a site, with its `ProductCreated` event. Throws `SITE_NOT_FOUND`, `SLUG_TAKEN`.
 *
 * @param product input of the Stores API; default: a product named `Test Product`
 *
 * @example
 * const platform = await createTestPlatform({ resources: [stores] });
 * const { siteId } = await platform.createSite();
 * const product = await createProduct(platform, siteId, { name: "Mug", priceData: { price: 5 } });
 */
export async function createProduct(
  platform: TestPlatform,
  siteId: string,
  product: ProductInput = {},
): Promise<Product> {
  const input = { name: "Test Product", ...product };
  const own = platform.platform.platformFor<StoresTables>(stores);
  return await changeStore(own, { appId: "", siteId, userId }, (store) => insertProduct(store, input));
}
