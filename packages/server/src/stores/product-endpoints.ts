import { ApiError } from "../errors/index.ts";
import { jsonResponse, type ResourceEndpoint, readJson } from "../http/index.ts";
import { type Access, type AccessGuard, permissionDenied } from "../tokens/index.ts";
import { type ChangeSources, changeStore } from "./change-store.ts";
import { type Product, withParts } from "./product.ts";
import { parseNewProduct, parseProductChange } from "./product-input.ts";
import { readProduct } from "./product-writes.store.ts";
import { createProduct, removeProduct, updateProduct } from "./product-writes.ts";
import { violation } from "./query/index.ts";

/** What endpoints that change a store need. */
export interface StoreChangeSources extends ChangeSources {
  readonly guard: AccessGuard;
}

/** What reading products and collections takes. */
export const readPermission = "WIX_STORES.READ_PRODUCTS";
/** What changing them takes, and seeing what visitors do not. */
export const managePermission = "WIX_STORES.MODIFY_PRODUCTS";

/** The longest body of a change, in bytes: the longest texts of one product fit, and some more. */
export const changeBodyLimit: number = 256 * 1_024;

/**
 * `GET …/products/{id}`: one product with its variants. A hidden one is there only for who may manage products.
 *
 * 401 without a good token, 403 without permission to read, or for merchant data without permission to manage; 404
 * `PRODUCT_NOT_FOUND` for a product that is unknown, another site's, or hidden.
 */
export function getProductEndpoint({ database, guard }: StoreChangeSources): ResourceEndpoint {
  return async (request, { id = "" }) => {
    const access = await guard.require(request, readPermission);
    const merchantData = await wantsMerchantData(request, access);
    const product = await readProduct(database.read, access.siteId, id);
    await requireSight(access, product);
    return jsonResponse({ product: withParts(product, { variants: true, merchantData }) });
  };
}

/** `POST …/products`: 401, 403, 400 with violations, 409 `SLUG_TAKEN`. */
export function createProductEndpoint(sources: StoreChangeSources): ResourceEndpoint {
  return async (request) => {
    const { siteId } = await sources.guard.require(request, managePermission);
    const input = parseNewProduct(await readJson(request, changeBodyLimit));
    const product = await changeStore(sources, siteId, (store) => createProduct(store, input));
    return answerWith(product);
  };
}

/** `PATCH …/products/{id}`: 401, 403, 400 with violations, 404 `PRODUCT_NOT_FOUND`, 409 `SLUG_TAKEN`. */
export function updateProductEndpoint(sources: StoreChangeSources): ResourceEndpoint {
  return async (request, { id = "" }) => {
    const { siteId } = await sources.guard.require(request, managePermission);
    const input = parseProductChange(await readJson(request, changeBodyLimit));
    const product = await changeStore(sources, siteId, (store) => updateProduct(store, id, input));
    return answerWith(product);
  };
}

/** `DELETE …/products/{id}`: 401, 403, 404 `PRODUCT_NOT_FOUND`. */
export function deleteProductEndpoint(sources: StoreChangeSources): ResourceEndpoint {
  return async (request, { id = "" }) => {
    const { siteId } = await sources.guard.require(request, managePermission);
    await changeStore(sources, siteId, (store) => removeProduct(store, id));
    return jsonResponse({});
  };
}

async function requireSight(access: Access, product: Product): Promise<void> {
  if (!product.visible && !(await access.may(managePermission))) throw new ApiError("PRODUCT_NOT_FOUND");
}

/** Who may change a product sees all of it. */
function answerWith(product: Product): Response {
  return jsonResponse({ product: withParts(product, { variants: true, merchantData: true }) });
}

async function wantsMerchantData(request: Request, access: Access): Promise<boolean> {
  const name = "includeMerchantSpecificData";
  const values = new URL(request.url).searchParams.getAll(name);
  const [value = "false"] = values;
  if (values.length > 1 || (value !== "true" && value !== "false")) {
    throw violation(name, { violatedRule: "FORMAT" }, "must be true or false, and there once");
  }
  if (value === "false") return false;
  if (!(await access.may(managePermission))) throw permissionDenied(managePermission);
  return true;
}
