import { jsonResponse, type ResourceEndpoint, readJson } from "../../../infrastructure/http/index.ts";
import { changeStore } from "../changes/index.ts";
import { type Product, withParts } from "../product.ts";
import { readProduct } from "../products.queries.ts";
import { readQueryRequest } from "../query/index.ts";
import { managePermission, readRequestedParts, requireManager, requireSight } from "../requested-parts.ts";
import { readPermission, type StoreChangeSources, type StoresSources } from "../stores-sources.ts";
import { parseNewProduct, parseProductChange } from "./product-input.ts";
import { createProduct, removeProduct, updateProduct } from "./product-writes.ts";

/** The longest body of a change, in bytes: the longest texts of one product fit, and some more. */
export const changeBodyLimit: number = 256 * 1_024;

/**
 * `GET …/products/{id}`: one product with its variants. A hidden one is there only for who may manage products.
 *
 * 401 without a good token, 403 without permission to read, or for merchant data without permission to manage; 404
 * `PRODUCT_NOT_FOUND` for a product that is unknown, another site's, or hidden.
 */
export function getProductEndpoint({ database, guard }: StoresSources): ResourceEndpoint {
  return async (request, _exchange, { id = "" }) => {
    const access = await guard.require(request, readPermission);
    const parts = readRequestedParts(await readQueryRequest(request));
    await requireManager(access, parts);
    const product = await readProduct(database.read, access.siteId, id);
    await requireSight(access, product);
    const shape = { variants: true, merchantData: parts.includeMerchantSpecificData };
    return jsonResponse({ product: withParts(product, shape) });
  };
}

/** `POST …/products`: 401, 403, 400 with violations, 409 `SLUG_TAKEN`. */
export function createProductEndpoint(sources: StoreChangeSources): ResourceEndpoint {
  return async (request) => {
    const access = await sources.guard.require(request, managePermission);
    const input = parseNewProduct(await readJson(request, changeBodyLimit));
    const product = await changeStore(sources, access, (store) => createProduct(store, input));
    return answerWith(product);
  };
}

/** `PATCH …/products/{id}`: 401, 403, 400 with violations, 404 `PRODUCT_NOT_FOUND`, 409 `SLUG_TAKEN`. */
export function updateProductEndpoint(sources: StoreChangeSources): ResourceEndpoint {
  return async (request, _exchange, { id = "" }) => {
    const access = await sources.guard.require(request, managePermission);
    const input = parseProductChange(await readJson(request, changeBodyLimit));
    const product = await changeStore(sources, access, (store) => updateProduct(store, id, input));
    return answerWith(product);
  };
}

/** `DELETE …/products/{id}`: 401, 403, 404 `PRODUCT_NOT_FOUND`. */
export function deleteProductEndpoint(sources: StoreChangeSources): ResourceEndpoint {
  return async (request, _exchange, { id = "" }) => {
    const access = await sources.guard.require(request, managePermission);
    await changeStore(sources, access, (store) => removeProduct(store, id));
    return jsonResponse({});
  };
}

/** Who may change a product sees all of it. */
function answerWith(product: Product): Response {
  return jsonResponse({ product: withParts(product, { variants: true, merchantData: true }) });
}
