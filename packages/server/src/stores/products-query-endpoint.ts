import type { Database } from "../db/index.ts";
import { type Endpoint, jsonResponse, readJson } from "../http/index.ts";
import { type Access, type AccessGuard, permissionDenied } from "../tokens/index.ts";
import { withParts } from "./product.ts";
import { readProducts } from "./products.store.ts";
import { type ProductsQueryBody, parseProductsQueryBody } from "./products-query-body.ts";

/** What the endpoints of Stores need. */
export interface StoresSources {
  readonly database: Database;
  readonly guard: AccessGuard;
}

const readPermission = "WIX_STORES.READ_PRODUCTS";
const managePermission = "WIX_STORES.MODIFY_PRODUCTS";
// A filter with the most values a filter may have, twice over, so that one above the limit is told so.
const bodyLimit = 512 * 1_024;

/**
 * `POST …/products/query`: a page of the site's products, in the REST form of V1.
 *
 * 401 without a good token, 403 without permission to read, 403 for hidden products or merchant data without
 * permission to manage, 400 with violations for what the query language does not take.
 */
export function productsQueryEndpoint({ database, guard }: StoresSources): Endpoint {
  return async (request) => {
    const access = await guard.require(request, readPermission);
    const asked = parseProductsQueryBody(await readJson(request, bodyLimit));
    await requireManager(access, asked);
    const page = await readProducts(database.read, {
      ...asked,
      siteId: access.siteId,
      includeHidden: asked.includeHiddenProducts,
    });
    const parts = { variants: asked.includeVariants, merchantData: asked.includeMerchantSpecificData };
    return jsonResponse({
      products: page.products.map((product) => withParts(product, parts)),
      metadata: { items: asked.paging.limit, offset: asked.paging.offset },
      totalResults: page.total,
    });
  };
}

async function requireManager(access: Access, asked: ProductsQueryBody): Promise<void> {
  if (!asked.includeHiddenProducts && !asked.includeMerchantSpecificData) return;
  if (!(await access.may(managePermission))) throw permissionDenied(managePermission);
}
