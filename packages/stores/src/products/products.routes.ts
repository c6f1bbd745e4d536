import type { AccessTokenRoute } from "@latchkey/server";
import { z } from "zod";
import { storesErrors } from "../errors.ts";
import { managePermission, readPermission } from "../permissions.ts";
import { queryProducts, queryProductsPlatformized } from "../products-query-endpoint.ts";
import { platformizedRoutes, restMetadata, restQuery, totalResults } from "../query/index.ts";
import { merchantDataField, requestedPartsFields } from "../requested-parts.ts";
import { emptyResponses, type StoresPlatform } from "../stores-platform.ts";
import { productEditRoutes } from "./product-edits.routes.ts";
import { addProduct, changeProduct, deleteProduct, getProduct } from "./product-endpoints.ts";
import { newProductBody, productChangeBody } from "./product-input.ts";
import { product } from "./product-schema.ts";

const reading = { permission: readPermission, tag: "Products" } as const;
const changing = { permission: managePermission, tag: "Products" } as const;

const oneProduct = { 200: { description: "The product", schema: z.object({ product }) } };

/** The products of a site (*wire §8.1, §8.3*). */
export function productRoutes(platform: StoresPlatform): readonly AccessTokenRoute[] {
  return [...queryRoutes(platform), ...singleProductRoutes(platform), ...productEditRoutes(platform)];
}

function queryRoutes(platform: StoresPlatform): readonly AccessTokenRoute[] {
  return [
    {
      ...reading,
      method: "POST",
      path: "/stores/v1/products/query",
      aliases: ["/stores/api/v1/products/query", "/stores-reader/v1/products/query"],
      operationId: "queryProducts",
      summary: "Query products",
      body: { schema: z.object({ query: restQuery, ...requestedPartsFields }), required: true },
      example: {
        query: { filter: '{"price":{"$lt":20}}', sort: '[{"price":"desc"}]', paging: { limit: 5 } },
      },
      responses: {
        200: {
          description: "A page of products",
          schema: z.object({ products: z.array(product), metadata: restMetadata, totalResults }),
        },
      },
      errors: ["QUERY_TOO_EXPENSIVE", "ITEM_TOO_LARGE"],
      handle: (call) => queryProducts(platform, call),
    },
    ...platformizedRoutes({
      ...reading,
      path: "/stores-reader/v1/products/query-platformized",
      aliases: ["/stores/v1/products/query-platformized", "/stores/api/v1/products/query-platformized"],
      operationId: "queryProductsPlatformized",
      summary: "Query products, in the form of the client library",
      encoded: {
        operationId: "queryProductsEncoded",
        summary: "Query products, in the form of the client library, by GET",
      },
      fields: requestedPartsFields,
      example: { query: { filter: { price: { $lt: 20 } }, sort: [{ fieldName: "price", order: "DESC" }] } },
      documents: ["products", product],
      handle: (call) => queryProductsPlatformized(platform, call),
    }),
  ];
}

const onePath = "/stores/v1/products/{productId}";

function singleProductRoutes(platform: StoresPlatform): readonly AccessTokenRoute[] {
  return [
    {
      ...changing,
      method: "POST",
      path: "/stores/v1/products",
      operationId: "createProduct",
      summary: "Create a product",
      body: { schema: newProductBody, required: true },
      example: { product: { name: "Travel Mug", priceData: { price: 19 } } },
      responses: oneProduct,
      errors: [storesErrors.SLUG_TAKEN],
      handle: (call) => addProduct(platform, call),
    },
    {
      ...reading,
      method: "GET",
      path: onePath,
      aliases: ["/stores-reader/v1/products/{productId}"],
      operationId: "getProduct",
      summary: "Get a product with its variants",
      query: z.object(merchantDataField),
      responses: oneProduct,
      errors: [storesErrors.PRODUCT_NOT_FOUND],
      handle: (call) => getProduct(platform, call),
    },
    {
      ...changing,
      method: "PATCH",
      path: onePath,
      operationId: "updateProduct",
      summary: "Change some fields of a product",
      body: { schema: productChangeBody, required: true },
      example: { product: { priceData: { price: 21 }, ribbon: "New" } },
      responses: oneProduct,
      errors: [storesErrors.PRODUCT_NOT_FOUND, storesErrors.SLUG_TAKEN],
      handle: (call) => changeProduct(platform, call),
    },
    {
      ...changing,
      method: "DELETE",
      path: onePath,
      operationId: "deleteProduct",
      summary: "Delete a product",
      responses: emptyResponses,
      errors: [storesErrors.PRODUCT_NOT_FOUND],
      handle: (call) => deleteProduct(platform, call),
    },
  ];
}
