import { type AccessTokenCall, jsonResponse, jsonTextResponse, parse, readJson } from "@latchkey/server";
import type { z } from "zod";
import { changeStore } from "../changes/index.ts";
import { readProductJson } from "../products.queries.ts";
import { readQueryRequest } from "../query/index.ts";
import { readRequestedParts, requireManager, requireVisible } from "../requested-parts.ts";
import type { StoresPlatform } from "../stores-platform.ts";
import { newProductBody, productChangeBody } from "./product-input.ts";
import { createProduct, removeProduct, updateProduct } from "./product-writes.ts";

/** Largest body of a change in bytes. A product fits in it when all of its texts have their maximum length. */
export const changeBodyLimit: number = 256 * 1_024;

/** Reads the body of a change. Throws violations, and what `readJson` throws. */
export async function readInput<Schema extends z.ZodObject>(
  request: Request,
  schema: Schema,
): Promise<z.output<Schema>> {
  return parse(schema, await readJson(request, changeBodyLimit), "body");
}

/**
 * Returns one product with its variants. Throws 403 for merchant data without permission to manage products;
 * `PRODUCT_NOT_FOUND` for a product that is unknown, of another site, or hidden from the caller.
 */
export async function getProduct(
  { database }: StoresPlatform,
  { access, parameters: { productId = "" }, request }: AccessTokenCall,
): Promise<Response> {
  const parts = readRequestedParts(await readQueryRequest(request));
  await requireManager(access, parts);
  const product = await readProductJson(
    database.read,
    { siteId: access.siteId, productId },
    { variants: true, merchantData: parts.includeMerchantSpecificData },
  );
  await requireVisible(access, product);
  return jsonTextResponse(`{"product":${product.json}}`);
}

/** Creates a product. Throws violations, `SLUG_TAKEN`. */
export async function addProduct(
  platform: StoresPlatform,
  { access, request }: AccessTokenCall,
): Promise<Response> {
  const { product: input } = await readInput(request, newProductBody);
  const product = await changeStore(platform, access, (store) => createProduct(store, input));
  return jsonResponse({ product });
}

/** Changes a product. Throws violations, `PRODUCT_NOT_FOUND`, `SLUG_TAKEN`. */
export async function changeProduct(
  platform: StoresPlatform,
  { access, parameters: { productId = "" }, request }: AccessTokenCall,
): Promise<Response> {
  const { product: input } = await readInput(request, productChangeBody);
  const product = await changeStore(platform, access, (store) => updateProduct(store, productId, input));
  return jsonResponse({ product });
}

/** Deletes a product. Throws `PRODUCT_NOT_FOUND`. */
export async function deleteProduct(
  platform: StoresPlatform,
  { access, parameters: { productId = "" } }: AccessTokenCall,
): Promise<Response> {
  await changeStore(platform, access, (store) => removeProduct(store, productId));
  return jsonResponse({});
}
