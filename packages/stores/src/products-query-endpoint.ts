import { type AccessTokenCall, jsonResponse } from "@latchkey/server";
import { type Product, withParts } from "./catalog/product.ts";
import { productRows } from "./products.queries.ts";
import {
  parseRestQuery,
  productEntity,
  readPage,
  readQueryRequest,
  runPlatformQuery,
} from "./query/index.ts";
import { type RequestedParts, readRequestedParts, requireManager } from "./requested-parts.ts";
import type { StoresPlatform } from "./stores-platform.ts";

/**
 * Returns a page of the site's products, in the REST form of V1 (*wire §8.3*). `{}` asks for the first page in the
 * order of `numericId`. Unknown fields of the body and of `query` are ignored, because clients send some without a
 * meaning here (`fields`, `fieldsets`); unknown fields inside filter, sort and paging are not.
 *
 * Throws violations; 403 for hidden products and merchant data without permission to manage products.
 */
export async function queryProducts(
  { database }: StoresPlatform,
  { access, request }: AccessTokenCall,
): Promise<Response> {
  const input = await readQueryRequest(request);
  const parts = readRequestedParts(input);
  const asked = parseRestQuery(input, productEntity);
  await requireManager(access, parts);
  const rows = productRows({ siteId: access.siteId, includeHidden: parts.includeHiddenProducts });
  const page = await database.search(
    access.appId,
    (db) => readPage<Product>(db, productEntity, { ...asked, ...rows }),
    request.signal,
  );
  return jsonResponse({
    products: shown(page.documents, parts),
    metadata: { items: asked.paging.limit, offset: asked.paging.offset },
    totalResults: page.total,
  });
}

/**
 * Returns a page of the site's products in the form of the client library (*wire §8.1*), by offset or by cursor.
 *
 * Throws what {@link queryProducts} throws, and `INVALID_CURSOR`.
 */
export async function queryProductsPlatformized(
  platform: StoresPlatform,
  { access, request }: AccessTokenCall,
): Promise<Response> {
  const input = await readQueryRequest(request);
  const parts = readRequestedParts(input);
  await requireManager(access, parts);
  const rows = productRows({ siteId: access.siteId, includeHidden: parts.includeHiddenProducts });
  const { documents, metadata } = await platform.database.search(
    access.appId,
    (db) => runPlatformQuery<Product>({ ...platform, db }, productEntity, { ...rows, input }),
    request.signal,
  );
  return jsonResponse({ products: shown(documents, parts), metadata });
}

function shown(products: readonly Product[], parts: RequestedParts): Product[] {
  const shape = { variants: parts.includeVariants, merchantData: parts.includeMerchantSpecificData };
  return products.map((product) => withParts(product, shape));
}
