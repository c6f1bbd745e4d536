import { ApiError } from "../../../infrastructure/errors/index.ts";
import { jsonResponse, type ResourceEndpoint, readJson } from "../../../infrastructure/http/index.ts";
import { changeStore, type OpenStore } from "../changes/index.ts";
import type { Product } from "../product.ts";
import { readProduct } from "../products.queries.ts";
import { managePermission } from "../requested-parts.ts";
import type { StoreChangeSources } from "../stores-sources.ts";
import {
  type BulkChange,
  changeInBulk,
  parseBulkAdjustment,
  parseBulkUpdate,
  withoutBrand,
} from "./bulk-changes.ts";
import { changedProduct } from "./product-change.ts";
import { changeBodyLimit } from "./product-endpoints.ts";
import {
  parseChoiceMedia,
  parseMediaIds,
  parseNewMedia,
  withChoiceMedia,
  withMedia,
  withoutChoiceMedia,
  withoutMedia,
} from "./product-media.ts";
import { storeProduct } from "./product-writes.ts";
import { parseVariantChanges, withChangedVariants, withResetVariants } from "./variant-changes.ts";

/** Makes of a product what it is to be. */
type Edit = (product: Product, store: OpenStore) => Product;

type EditName =
  | "addMedia"
  | "removeMedia"
  | "addChoiceMedia"
  | "removeChoiceMedia"
  | "resetVariants"
  | "deleteOptions"
  | "removeBrand"
  | "removeRibbon";

/** Changes of one product that answer `{}` (*wire §8.1*): 401, 403, 400 with violations, 404 `PRODUCT_NOT_FOUND`. */
export function productEdits(sources: StoreChangeSources): Readonly<Record<EditName, ResourceEndpoint>> {
  const bare = (edit: Edit): ResourceEndpoint => editEndpoint(sources, async () => edit);
  const reading = <Body>(
    read: (input: unknown) => Body,
    edit: (product: Product, body: Body, store: OpenStore) => Product,
  ): ResourceEndpoint =>
    editEndpoint(sources, async (request) => {
      const body = read(await readJson(request, changeBodyLimit));
      return (product, store) => edit(product, body, store);
    });
  return {
    addMedia: reading(parseNewMedia, (product, media, { ids }) => withMedia(product, media, ids.guid)),
    removeMedia: reading(parseMediaIds, withoutMedia),
    addChoiceMedia: reading(parseChoiceMedia, withChoiceMedia),
    removeChoiceMedia: reading(parseChoiceMedia, withoutChoiceMedia),
    resetVariants: bare(withResetVariants),
    deleteOptions: bare(withoutOptions),
    removeBrand: bare(withoutBrand),
    removeRibbon: bare((product, store) => changedProduct(product, { ribbon: "" }, store)),
  };
}

/**
 * `PATCH …/products/{id}/variants`: answers all variants of the product.
 *
 * 401, 403, 400 with violations, 404 `PRODUCT_NOT_FOUND`, `VARIANT_NOT_FOUND`, 409 `VARIANTS_NOT_MANAGED`.
 */
export function updateVariantsEndpoint(sources: StoreChangeSources): ResourceEndpoint {
  return async (request, _exchange, { id = "" }) => {
    const access = await sources.guard.require(request, managePermission);
    const changes = parseVariantChanges(await readJson(request, changeBodyLimit));
    const { variants } = await changeStore(sources, access, (store) =>
      edited(store, id, (product) => withChangedVariants(product, changes)),
    );
    return jsonResponse({ variants });
  };
}

/** `POST …/bulk/products/update` and `…/adjust-properties`: 401, 403, 400 for what is wrong for every product. */
export function bulkEndpoints(
  sources: StoreChangeSources,
): Readonly<Record<"update" | "adjust", ResourceEndpoint>> {
  const bulk =
    (read: (input: unknown) => BulkChange): ResourceEndpoint =>
    async (request) => {
      const access = await sources.guard.require(request, managePermission);
      const change = read(await readJson(request, changeBodyLimit));
      return jsonResponse(await changeStore(sources, access, (store) => changeInBulk(store, change)));
    };
  return { update: bulk(parseBulkUpdate), adjust: bulk(parseBulkAdjustment) };
}

/** Throws `VARIANTS_ARE_MANAGED`. */
function withoutOptions(product: Product, store: OpenStore): Product {
  if (product.manageVariants) throw new ApiError("VARIANTS_ARE_MANAGED");
  return changedProduct(product, { productOptions: [] }, store);
}

function editEndpoint(
  sources: StoreChangeSources,
  read: (request: Request) => Promise<Edit>,
): ResourceEndpoint {
  return async (request, _exchange, { id = "" }) => {
    const access = await sources.guard.require(request, managePermission);
    const edit = await read(request);
    await changeStore(sources, access, (store) => edited(store, id, edit));
    return jsonResponse({});
  };
}

async function edited(store: OpenStore, productId: string, edit: Edit): Promise<Product> {
  const before = await readProduct(store.trx, store.siteId, productId);
  return await storeProduct(store, before, edit(before, store));
}
