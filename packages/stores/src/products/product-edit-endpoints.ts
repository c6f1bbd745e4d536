import { type AccessTokenCall, ApiError, jsonResponse, readJson } from "@latchkey/server";
import type { z } from "zod";
import type { Product } from "../catalog/product.ts";
import { changeStore, type LockedStore } from "../changes/index.ts";
import { storesErrors } from "../errors.ts";
import { readProduct } from "../products.queries.ts";
import type { StoresPlatform } from "../stores-platform.ts";
import { type BulkChange, changeInBulk } from "./bulk-changes.ts";
import { changedProduct } from "./product-change.ts";
import { changeBodyLimit, readInput } from "./product-endpoints.ts";
import { storeProduct } from "./product-writes.ts";
import { variantChangesBody, withChangedVariants } from "./variant-changes.ts";

/** Returns the product after an edit. */
export type Edit = (product: Product, store: LockedStore) => Product;

/** Reads an edit from a request. */
export type ReadEdit = (request: Request) => Promise<Edit>;

/** Edits a product and responds with `{}` (*wire §8.1*). Throws violations, `PRODUCT_NOT_FOUND`. */
export async function editProduct(
  platform: StoresPlatform,
  { access, parameters: { productId = "" }, request }: AccessTokenCall,
  readEdit: ReadEdit,
): Promise<Response> {
  const edit = await readEdit(request);
  await changeStore(platform, access, (store) => edited(store, productId, edit));
  return jsonResponse({});
}

/**
 * Changes variants of a product and responds with all of its variants. Throws violations, `PRODUCT_NOT_FOUND`,
 * `VARIANT_NOT_FOUND`, `VARIANTS_NOT_MANAGED`.
 */
export async function updateVariants(
  platform: StoresPlatform,
  { access, parameters: { productId = "" }, request }: AccessTokenCall,
): Promise<Response> {
  const input = await readInput(request, variantChangesBody);
  const { variants } = await changeStore(platform, access, (store) =>
    edited(store, productId, (product) => withChangedVariants(product, input.variants)),
  );
  return jsonResponse({ variants });
}

/** Changes many products. Throws violations of the body; errors of single products are in the response. */
export async function changeProducts(
  platform: StoresPlatform,
  { access, request }: AccessTokenCall,
  read: (input: unknown) => BulkChange,
): Promise<Response> {
  const change = read(await readJson(request, changeBodyLimit));
  return jsonResponse(await changeInBulk(platform, access, change));
}

/** Returns an edit that reads a body. */
export function withBody<Schema extends z.ZodObject>(
  schema: Schema,
  edit: (product: Product, body: z.output<Schema>, store: LockedStore) => Product,
): ReadEdit {
  return async (request) => {
    const body = await readInput(request, schema);
    return (product, store) => edit(product, body, store);
  };
}

/** Throws `VARIANTS_ARE_MANAGED`. */
export function withoutOptions(product: Product, store: LockedStore): Product {
  if (product.manageVariants) throw new ApiError(storesErrors.VARIANTS_ARE_MANAGED);
  return changedProduct(product, { productOptions: [] }, store);
}

async function edited(store: LockedStore, productId: string, edit: Edit): Promise<Product> {
  const before = await readProduct(store.trx, store.siteId, productId);
  return await storeProduct(store, before, edit(before, store));
}
