import type { AccessTokenRoute } from "@latchkey/server";
import type { z } from "zod";
import { storesErrors } from "../errors.ts";
import { managePermission } from "../permissions.ts";
import { emptyResponses, type StoresPlatform } from "../stores-platform.ts";
import {
  bulkAdjustmentBody,
  bulkUpdateBody,
  parseBulkAdjustment,
  parseBulkUpdate,
  withoutBrand,
} from "./bulk-changes.ts";
import { changedProduct } from "./product-change.ts";
import {
  changeProducts,
  editProduct,
  type ReadEdit,
  withBody,
  withoutOptions,
} from "./product-edit-endpoints.ts";
import {
  choiceMediaBody,
  mediaIdsBody,
  newMediaBody,
  withChoiceMedia,
  withMedia,
  withoutChoiceMedia,
  withoutMedia,
} from "./product-media.ts";
import { bulkResult } from "./response-schemas.ts";

const changing = { permission: managePermission, tag: "Products" } as const;

/** Changes of parts of one product, and of many products at once (*wire §8.1*). */
export function productEditRoutes(platform: StoresPlatform): readonly AccessTokenRoute[] {
  return [...mediaRoutes(platform), ...removalRoutes(platform), ...bulkRoutes(platform)];
}

/** A change of one product. `end` is the path after the product; the response is `{}`. */
interface ProductEdit
  extends Pick<AccessTokenRoute, "method" | "operationId" | "summary" | "example" | "errors"> {
  readonly end: string;
  readonly edit: ReadEdit;
  readonly body?: z.ZodType;
  readonly tag?: string;
}

/** Declares a change of one product. */
export function productEdit(
  platform: StoresPlatform,
  { body, edit, end, errors = [], ...route }: ProductEdit,
): AccessTokenRoute {
  return {
    ...changing,
    ...route,
    path: `/stores/v1/products/{productId}/${end}`,
    body: body && { schema: body, required: true },
    responses: emptyResponses,
    errors: [storesErrors.PRODUCT_NOT_FOUND, ...errors],
    handle: (call) => editProduct(platform, call, edit),
  };
}

function mediaRoutes(platform: StoresPlatform): readonly AccessTokenRoute[] {
  return [
    productEdit(platform, {
      method: "POST",
      end: "media",
      operationId: "addProductMedia",
      summary: "Add pictures to a product, up to 100",
      body: newMediaBody,
      example: { media: [{ url: "https://img.example/mug.jpg" }] },
      edit: withBody(newMediaBody, (product, { media }, { newId }) => withMedia(product, media, newId)),
    }),
    productEdit(platform, {
      method: "POST",
      end: "media/delete",
      operationId: "removeProductMedia",
      summary: "Remove pictures from a product: those named, or all when none is named",
      body: mediaIdsBody,
      example: { mediaIds: [] },
      edit: withBody(mediaIdsBody, (product, { mediaIds }) => withoutMedia(product, mediaIds)),
    }),
    productEdit(platform, {
      method: "PATCH",
      end: "choices/media",
      operationId: "addProductMediaToChoices",
      summary: "Show pictures of a product at choices of an option, up to 50 at each",
      body: choiceMediaBody,
      example: choiceMediaExample,
      edit: withBody(choiceMediaBody, (product, { media }) => withChoiceMedia(product, media)),
    }),
    productEdit(platform, {
      method: "POST",
      end: "choices/media/delete",
      operationId: "removeProductMediaFromChoices",
      summary: "Remove pictures from choices of an option",
      body: choiceMediaBody,
      example: choiceMediaExample,
      edit: withBody(choiceMediaBody, (product, { media }) => withoutChoiceMedia(product, media)),
    }),
  ];
}

const choiceMediaExample = { media: [{ option: "Size", choice: "1 kg", mediaIds: [] }] };

function removalRoutes(platform: StoresPlatform): readonly AccessTokenRoute[] {
  return [
    productEdit(platform, {
      method: "DELETE",
      end: "options",
      operationId: "deleteProductOptions",
      summary: "Delete all options of a product",
      errors: [storesErrors.VARIANTS_ARE_MANAGED],
      edit: async () => withoutOptions,
    }),
    productEdit(platform, {
      method: "POST",
      end: "remove-brand",
      operationId: "removeBrand",
      summary: "Remove the brand of a product",
      edit: async () => withoutBrand,
    }),
    productEdit(platform, {
      method: "POST",
      end: "remove-ribbon",
      operationId: "removeRibbon",
      summary: "Remove the ribbon of a product",
      edit: async () => (product, store) => changedProduct(product, { ribbon: "" }, store),
    }),
  ];
}

function bulkRoutes(platform: StoresPlatform): readonly AccessTokenRoute[] {
  const bulk = {
    ...changing,
    method: "POST",
    responses: { 200: { description: "The result of each product", schema: bulkResult } },
  } as const;
  return [
    {
      ...bulk,
      path: "/stores/v1/bulk/products/update",
      operationId: "bulkUpdateProductsProperty",
      summary: "Set price, cost, weight, ribbon or brand of many products",
      body: { schema: bulkUpdateBody, required: true },
      example: { ids: ["$PRODUCT_ID"], set: { ribbon: "Sale" } },
      handle: (call) => changeProducts(platform, call, parseBulkUpdate),
    },
    {
      ...bulk,
      path: "/stores/v1/bulk/products/adjust-properties",
      operationId: "bulkAdjustProductProperty",
      summary: "Raise or lower price, cost or weight of many products",
      body: { schema: bulkAdjustmentBody, required: true },
      example: { ids: ["$PRODUCT_ID"], adjust: { price: { amount: -1 } } },
      handle: (call) => changeProducts(platform, call, parseBulkAdjustment),
    },
  ];
}
