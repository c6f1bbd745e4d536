import { type Endpoint, jsonResponse } from "../../infrastructure/http/index.ts";
import { type Product, withParts } from "./product.ts";
import { productRows } from "./products.queries.ts";
import {
  parseRestQuery,
  productEntity,
  readPage,
  readQueryRequest,
  runPlatformQuery,
} from "./query/index.ts";
import { type RequestedParts, readRequestedParts, requireManager } from "./requested-parts.ts";
import { readPermission, type StoresSources } from "./stores-sources.ts";

/**
 * `POST …/products/query`: a page of the site's products, in the REST form of V1 (*wire §8.3*). Everything may be left
 * out: `{}` is page one in the order of the products' numbers. Unknown fields of the body and of `query` are passed
 * over, since clients send some that mean nothing here (`fields`, `fieldsets`); inside filter, sort and paging nothing
 * is.
 *
 * 401 without a good token, 403 without permission to read, 403 for hidden products or merchant data without
 * permission to manage, 400 with violations for what the query language does not take.
 */
export function productsQueryEndpoint(sources: StoresSources): Endpoint {
  return async (request) => {
    const access = await sources.guard.require(request, readPermission);
    const input = await readQueryRequest(request);
    const parts = readRequestedParts(input);
    const asked = parseRestQuery(input, productEntity);
    await requireManager(access, parts);
    const rows = productRows({ siteId: access.siteId, includeHidden: parts.includeHiddenProducts });
    const page = await sources.database.search(
      access.appId,
      (db) => readPage<Product>(db, productEntity, { ...asked, ...rows }),
      request.signal,
    );
    return jsonResponse({
      products: shown(page.documents, parts),
      metadata: { items: asked.paging.limit, offset: asked.paging.offset },
      totalResults: page.total,
    });
  };
}

/**
 * `GET` and `POST …/products/query-platformized`: the same in the form that the client library sends (*wire §8.1*), by
 * offset or by cursor.
 *
 * Answers what {@link productsQueryEndpoint} does, and 400 `INVALID_CURSOR`.
 */
export function platformizedQueryEndpoint(sources: StoresSources): Endpoint {
  return async (request) => {
    const access = await sources.guard.require(request, readPermission);
    const input = await readQueryRequest(request);
    const parts = readRequestedParts(input);
    await requireManager(access, parts);
    const rows = productRows({ siteId: access.siteId, includeHidden: parts.includeHiddenProducts });
    const { documents, metadata } = await sources.database.search(
      access.appId,
      (db) => runPlatformQuery<Product>({ ...sources, db }, productEntity, { ...rows, input }),
      request.signal,
    );
    return jsonResponse({ products: shown(documents, parts), metadata });
  };
}

function shown(products: readonly Product[], parts: RequestedParts): Product[] {
  const shape = { variants: parts.includeVariants, merchantData: parts.includeMerchantSpecificData };
  return products.map((product) => withParts(product, shape));
}
