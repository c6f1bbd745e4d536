import { z } from "zod";
import type { AccessTokenRoute } from "../../../infrastructure/routes/index.ts";
import { product } from "../product-schema.ts";
import { queryProducts, queryProductsPlatformized } from "../products-query-endpoint.ts";
import {
  encodedQuery,
  platformMetadata,
  platformQuery,
  restMetadata,
  restQuery,
  totalResults,
} from "../query/index.ts";
import { managePermission, merchantDataField, requestedPartsFields } from "../requested-parts.ts";
import {
  emptyResponses,
  readPermission,
  type StoreChangeSources,
  type StoresSources,
} from "../stores-sources.ts";
import { productEditRoutes } from "./product-edits.routes.ts";
import { addProduct, changeProduct, deleteProduct, showProduct } from "./product-endpoints.ts";
import { newProductBody, productChangeBody } from "./product-input.ts";

const reading = { permission: readPermission, tag: "Products" } as const;
const changing = { permission: managePermission, tag: "Products" } as const;

const oneProduct = { 200: { description: "The product", schema: z.object({ product }) } };

/** The products of a site (*wire §8.1, §8.3*). */
export function productRoutes(sources: StoreChangeSources): readonly AccessTokenRoute[] {
  return [...queryRoutes(sources), ...singleProductRoutes(sources), ...productEditRoutes(sources)];
}

const platformizedPaths = {
  path: "/stores-reader/v1/products/query-platformized",
  aliases: ["/stores/v1/products/query-platformized", "/stores/api/v1/products/query-platformized"],
  responses: {
    200: {
      description: "A page of products",
      schema: z.object({ products: z.array(product), metadata: platformMetadata }),
    },
  },
  errors: ["INVALID_CURSOR", "QUERY_TOO_EXPENSIVE"],
} as const;

function queryRoutes(sources: StoresSources): readonly AccessTokenRoute[] {
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
      errors: ["QUERY_TOO_EXPENSIVE"],
      handle: (call) => queryProducts(sources, call),
    },
    {
      ...reading,
      ...platformizedPaths,
      method: "GET",
      operationId: "queryProductsEncoded",
      summary: "Query products, in the form of the client library, by GET",
      query: encodedQuery.extend(requestedPartsFields),
      handle: (call) => queryProductsPlatformized(sources, call),
    },
    {
      ...reading,
      ...platformizedPaths,
      method: "POST",
      operationId: "queryProductsPlatformized",
      summary: "Query products, in the form of the client library",
      body: { schema: z.object({ query: platformQuery, ...requestedPartsFields }), required: true },
      example: { query: { filter: { price: { $lt: 20 } }, sort: [{ fieldName: "price", order: "DESC" }] } },
      handle: (call) => queryProductsPlatformized(sources, call),
    },
  ];
}

const onePath = "/stores/v1/products/{productId}";

function singleProductRoutes(sources: StoreChangeSources): readonly AccessTokenRoute[] {
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
      errors: ["SLUG_TAKEN"],
      handle: (call) => addProduct(sources, call),
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
      errors: ["PRODUCT_NOT_FOUND"],
      handle: (call) => showProduct(sources, call),
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
      errors: ["PRODUCT_NOT_FOUND", "SLUG_TAKEN"],
      handle: (call) => changeProduct(sources, call),
    },
    {
      ...changing,
      method: "DELETE",
      path: onePath,
      operationId: "deleteProduct",
      summary: "Delete a product",
      responses: emptyResponses,
      errors: ["PRODUCT_NOT_FOUND"],
      handle: (call) => deleteProduct(sources, call),
    },
  ];
}
