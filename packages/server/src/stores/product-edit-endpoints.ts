import type { z } from "zod";
import { ApiError } from "../errors/index.ts";
import { jsonResponse, type ResourceEndpoint, readJson } from "../http/index.ts";
import { parse } from "../management/index.ts";
import {
  type BulkChange,
  changeInBulk,
  parseBulkAdjustment,
  parseBulkUpdate,
  withoutBrand,
} from "./bulk-changes.ts";
import { changeStore, type OpenStore } from "./change-store.ts";
import type { Product } from "./product.ts";
import { changedProduct } from "./product-change.ts";
import { changeBodyLimit } from "./product-endpoints.ts";
import {
  addMediaBody,
  choiceMediaBody,
  removeMediaBody,
  withChoiceMedia,
  withMedia,
  withoutChoiceMedia,
  withoutMedia,
} from "./product-media.ts";
import { storeProduct } from "./product-writes.ts";
import { readProduct } from "./products.store.ts";
import { managePermission } from "./requested-parts.ts";
import type { StoreChangeSources } from "./stores-sources.ts";
import { parseVariantChanges, withChangedVariants, withResetVariants } from "./variant-changes.ts";

/** Makes of a product what it is to be. */
type Edit = (product: Product, store: OpenStore) => Product;

/** Changes of one product beside `PATCH`, by the end of their path behind `…/products/{id}/` (wire §8.1). */
export function productEdits(sources: StoreChangeSources) {
  const bare = (edit: Edit): ResourceEndpoint => editEndpoint(sources, async () => edit);
  const withBody = <Body>(read: (input: unknown) => Body, edit: (body: Body) => Edit): ResourceEndpoint =>
    editEndpoint(sources, async (request) => edit(read(await readJson(request, changeBodyLimit))));
  return {
    addMedia: withBody(
      bodyOf(addMediaBody),
      ({ media }) =>
        (product, { ids }) =>
          withMedia(product, media, ids.guid),
    ),
    removeMedia: withBody(
      bodyOf(removeMediaBody),
      ({ mediaIds }) =>
        (product) =>
          withoutMedia(product, mediaIds),
    ),
    addChoiceMedia: withBody(
      bodyOf(choiceMediaBody),
      ({ media }) =>
        (product) =>
          withChoiceMedia(product, media),
    ),
    removeChoiceMedia: withBody(
      bodyOf(choiceMediaBody),
      ({ media }) =>
        (product) =>
          withoutChoiceMedia(product, media),
    ),
    resetVariants: bare(withResetVariants),
    deleteOptions: bare((product, store) => {
      if (product.manageVariants) throw new ApiError("VARIANTS_ARE_MANAGED");
      return changedProduct(product, { productOptions: [] }, store);
    }),
    removeBrand: bare(withoutBrand),
    removeRibbon: bare((product, store) => changedProduct(product, { ribbon: "" }, store)),
  } satisfies Readonly<Record<string, ResourceEndpoint>>;
}

/**
 * `PATCH …/products/{id}/variants`: answers all variants of the product.
 *
 * 401, 403, 400 with violations, 404 `PRODUCT_NOT_FOUND`, `VARIANT_NOT_FOUND`, 409 `VARIANTS_NOT_MANAGED`.
 */
export function updateVariantsEndpoint(sources: StoreChangeSources): ResourceEndpoint {
  return async (request, { id = "" }) => {
    const { siteId } = await sources.guard.require(request, managePermission);
    const changes = parseVariantChanges(await readJson(request, changeBodyLimit));
    const { variants } = await changeStore(sources, siteId, (store) =>
      edited(store, id, (product) => withChangedVariants(product, changes)),
    );
    return jsonResponse({ variants });
  };
}

/** `POST …/bulk/products/update` and `…/adjust-properties`: 401, 403, 400 for what is wrong for every product. */
export function bulkEndpoints(sources: StoreChangeSources) {
  const bulk =
    (read: (input: unknown) => BulkChange): ResourceEndpoint =>
    async (request) => {
      const { siteId } = await sources.guard.require(request, managePermission);
      const change = read(await readJson(request, changeBodyLimit));
      return jsonResponse(await changeStore(sources, siteId, (store) => changeInBulk(store, change)));
    };
  return { update: bulk(parseBulkUpdate), adjust: bulk(parseBulkAdjustment) };
}

/** 401, 403, 400 with violations, 404 `PRODUCT_NOT_FOUND`; answers `{}`. */
function editEndpoint(
  sources: StoreChangeSources,
  read: (request: Request) => Promise<Edit>,
): ResourceEndpoint {
  return async (request, { id = "" }) => {
    const { siteId } = await sources.guard.require(request, managePermission);
    const edit = await read(request);
    await changeStore(sources, siteId, (store) => edited(store, id, edit));
    return jsonResponse({});
  };
}

async function edited(store: OpenStore, productId: string, edit: Edit): Promise<Product> {
  const before = await readProduct(store.trx, store.siteId, productId);
  return await storeProduct(store, before, edit(before, store));
}

function bodyOf<Schema extends z.ZodObject>(schema: Schema): (input: unknown) => z.output<Schema> {
  return (input) => parse(schema, input, "body");
}
