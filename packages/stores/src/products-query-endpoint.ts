import { type AccessTokenCall, jsonTextResponse } from "@latchkey/server";
import { documentColumns, productJson, type SelectedDocument } from "./catalog/product-document.ts";
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
 * Returns a page of the site's products, in the REST form of V1 (*wire §8.3*). `{}` requests the first page in the
 * order of `numericId`. Unknown fields of the body and of `query` are ignored, because clients send some without a
 * meaning here (`fields`, `fieldsets`); unknown fields of filter, sort and paging are rejected.
 *
 * Throws violations; 403 for hidden products and merchant data without permission to manage products.
 */
export async function queryProducts(
  { database }: StoresPlatform,
  { access, request }: AccessTokenCall,
): Promise<Response> {
  const input = await readQueryRequest(request);
  const parts = readRequestedParts(input);
  const parsed = parseRestQuery(input, productEntity);
  await requireManager(access, parts);
  const query = { ...parsed, ...requestedRows(access.siteId, parts) };
  const { rows, total } = await database.search(
    access.appId,
    (db) => readPage<SelectedDocument>(db, productEntity, query),
    request.signal,
  );
  const metadata = { items: query.paging.limit, offset: query.paging.offset };
  return productsResponse(rows, { metadata, totalResults: total });
}

/**
 * Returns a page of the site's products in the form of the client library (*wire §8.1*), by offset or by cursor. Throws
 * what {@link queryProducts} throws, and `INVALID_CURSOR`.
 */
export async function queryProductsPlatformized(
  { cursors, database }: StoresPlatform,
  { access, request }: AccessTokenCall,
): Promise<Response> {
  const input = await readQueryRequest(request);
  const parts = readRequestedParts(input);
  await requireManager(access, parts);
  const query = { ...requestedRows(access.siteId, parts), input };
  const { rows, metadata } = await database.search(
    access.appId,
    (db) => runPlatformQuery<SelectedDocument>({ cursors, db }, productEntity, query),
    request.signal,
  );
  return productsResponse(rows, { metadata });
}

function requestedRows(siteId: string, parts: RequestedParts) {
  const { includeHiddenProducts, includeMerchantSpecificData, includeVariants } = parts;
  return {
    ...productRows(siteId, { includeHidden: includeHiddenProducts }),
    columns: documentColumns({ variants: includeVariants, merchantData: includeMerchantSpecificData }),
  };
}

/** Joins the stored JSON of the products, without parsing it. */
function productsResponse(rows: readonly SelectedDocument[], paging: object): Response {
  return jsonTextResponse(
    `{"products":[${rows.map(productJson).join(",")}],${JSON.stringify(paging).slice(1)}`,
  );
}
