import type { AccessTokenRoute } from "@latchkey/server";
import { z } from "zod";
import { storesErrors } from "../errors.ts";
import { managePermission, readPermission } from "../permissions.ts";
import { productEdit, updateVariants, variantChangesBody, withResetVariants } from "../products/index.ts";
import { variant } from "../products/product-schema.ts";
import { platformMetadata, platformQuery, restMetadata, restPaging, totalResults } from "../query/index.ts";
import { merchantDataField, requestedPartsFields } from "../requested-parts.ts";
import type { StoresPlatform } from "../stores-platform.ts";
import {
  getOptionsAvailability,
  optionsAvailability,
  optionsAvailabilityBody,
} from "./options-availability.ts";
import { storeVariant } from "./store-variant-schema.ts";
import { getStoreVariant, queryStoreVariants } from "./store-variants-endpoints.ts";
import { queryProductVariants } from "./variants-query-endpoint.ts";

const reading = { permission: readPermission, tag: "Variants" } as const;
const changing = { permission: managePermission, tag: "Variants" } as const;

/** The variants of one product, and those of a whole store (*wire §8.1*). */
export function variantRoutes(platform: StoresPlatform): readonly AccessTokenRoute[] {
  return [...productVariantRoutes(platform), ...storeVariantRoutes(platform)];
}

function productVariantRoutes(platform: StoresPlatform): readonly AccessTokenRoute[] {
  return [
    {
      ...reading,
      method: "POST",
      path: "/stores/v1/products/{productId}/variants/query",
      aliases: [
        "/stores/api/v1/products/{productId}/variants/query",
        "/stores-reader/v1/products/{productId}/variants/query",
      ],
      operationId: "queryProductVariants",
      summary: "Query the variants of a product",
      body: { schema: variantsQuery, required: true },
      example: { choices: { Size: "1 kg" } },
      responses: {
        200: {
          description: "A page of variants",
          schema: z.object({ variants: z.array(variant), metadata: restMetadata, totalResults }),
        },
      },
      errors: [storesErrors.PRODUCT_NOT_FOUND],
      handle: (call) => queryProductVariants(platform, call),
    },
    {
      ...changing,
      method: "PATCH",
      path: "/stores/v1/products/{productId}/variants",
      operationId: "updateProductVariants",
      summary: "Change some variants of a product",
      body: { schema: variantChangesBody, required: true },
      example: { variants: [{ choices: { Size: "1 kg" }, price: 21 }] },
      responses: {
        200: {
          description: "All variants of the product",
          schema: z.object({ variants: z.array(variant) }),
        },
      },
      errors: [
        storesErrors.PRODUCT_NOT_FOUND,
        storesErrors.VARIANT_NOT_FOUND,
        storesErrors.VARIANTS_NOT_MANAGED,
      ],
      handle: (call) => updateVariants(platform, call),
    },
    productEdit(platform, {
      tag: "Variants",
      method: "POST",
      end: "variants/resetToDefault",
      operationId: "resetAllProductVariantData",
      summary: "Reset all variants of a product to the values of the product",
      edit: async () => withResetVariants,
    }),
    {
      ...reading,
      method: "POST",
      path: "/stores-reader/v1/products/{productId}/productOptionsAvailability",
      aliases: ["/stores/v1/products/{productId}/productOptionsAvailability"],
      operationId: "getProductOptionsAvailability",
      summary: "Get the choices that remain after some choices, and the variant once all are made",
      body: { schema: optionsAvailabilityBody, required: true },
      example: { options: { Size: "1 kg" } },
      responses: { 200: { description: "The choices that remain", schema: optionsAvailability } },
      errors: [storesErrors.PRODUCT_NOT_FOUND],
      handle: (call) => getOptionsAvailability(platform, call),
    },
  ];
}

const variantsQuery = z.object({
  choices: z
    .record(z.string(), z.string())
    .nullish()
    .meta({ description: "Choice of each option, by the name of the option; ignored beside variantIds" }),
  variantIds: z.array(z.string()).max(1_000).nullish(),
  paging: restPaging,
  ...merchantDataField,
});

function storeVariantRoutes(platform: StoresPlatform): readonly AccessTokenRoute[] {
  return [
    {
      ...reading,
      method: "POST",
      path: "/stores-reader/v1/variants/query",
      aliases: ["/stores/v1/variants/query"],
      operationId: "queryStoreVariants",
      summary: "Query the variants of all products",
      description: "Filter and sort take id, productId, variantId, productName, sku and collectionIds.",
      body: { schema: z.object({ query: platformQuery, ...requestedPartsFields }), required: true },
      example: { query: { filter: { sku: { $startsWith: "COF" } }, paging: { limit: 5 } } },
      responses: {
        200: {
          description: "A page of variants",
          schema: z.object({ variants: z.array(storeVariant), metadata: platformMetadata }),
        },
      },
      errors: ["INVALID_CURSOR", "QUERY_TOO_EXPENSIVE", "ITEM_TOO_LARGE"],
      handle: (call) => queryStoreVariants(platform, call),
    },
    {
      ...reading,
      method: "GET",
      path: "/stores-reader/v1/variants/{storeVariantId}",
      aliases: ["/stores/v1/variants/{storeVariantId}"],
      parameters: {
        storeVariantId: z.string().meta({ description: "Product id, a hyphen, variant id" }),
      },
      operationId: "getStoreVariant",
      summary: "Get a variant with the values of its product",
      responses: { 200: { description: "The variant", schema: z.object({ variant: storeVariant }) } },
      errors: [storesErrors.PRODUCT_NOT_FOUND, storesErrors.VARIANT_NOT_FOUND],
      handle: (call) => getStoreVariant(platform, call),
    },
  ];
}
