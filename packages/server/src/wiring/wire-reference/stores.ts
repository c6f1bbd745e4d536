import { answer, apiRefusals, body, guid, objects, protectedBy, type Schema, text } from "./operations.ts";

const read = protectedBy("WIX_STORES.READ_PRODUCTS");
const manage = protectedBy("WIX_STORES.MODIFY_PRODUCTS");
const productId = { name: "productId", in: "path", required: true, schema: guid };
const collectionId = { name: "collectionId", in: "path", required: true, schema: text };
const amount: Schema = { type: "number", minimum: 0, maximum: 999_999_999.99 };
const noProduct = { 404: { description: "PRODUCT_NOT_FOUND: unknown, another site's, or hidden" } };
const noCollection = { 404: { description: "COLLECTION_NOT_FOUND" } };
const builtIn = { 409: { description: "COLLECTION_IS_BUILT_IN: the collection of all products" } };
const slugTaken = { 409: { description: "SLUG_TAKEN" } };
const nothing = answer({});

const product: Schema = {
  type: "object",
  required: ["name", "priceData"],
  description: "What is left out stays as it is; fields that the platform computes are passed over",
  properties: {
    name: { ...text, maxLength: 80, example: "Stoneware Mug" },
    priceData: { type: "object", properties: { price: amount }, example: { price: 19 } },
    slug: { ...text, maxLength: 100 },
    visible: { type: "boolean" },
    description: { ...text, maxLength: 8_000, description: "HTML" },
    sku: { ...text, maxLength: 40 },
    weight: amount,
    discount: {
      type: "object",
      properties: { type: { enum: ["NONE", "AMOUNT", "PERCENT"] }, value: amount },
    },
    costAndProfitData: { type: "object", properties: { itemCost: amount } },
    ribbon: { ...text, maxLength: 30 },
    brand: { ...text, maxLength: 50 },
    manageVariants: { type: "boolean", description: "For at most 300 variants" },
    productOptions: { ...objects, maxItems: 6 },
    additionalInfoSections: { ...objects, maxItems: 50 },
    seoData: { type: "object" },
  },
};
const collection: Schema = {
  type: "object",
  required: ["name"],
  properties: {
    name: { ...text, maxLength: 50, example: "Spring" },
    description: { ...text, maxLength: 600 },
    slug: { ...text, maxLength: 100 },
    visible: { type: "boolean" },
  },
};
const someVariants: Schema = {
  type: "object",
  required: ["choices", "price"],
  properties: {
    choices: { type: "object", additionalProperties: text, example: { Size: "1 kg" } },
    variantIds: { type: "array", items: guid, description: "In the place of choices" },
    price: { ...amount, default: 21 },
    cost: amount,
    weight: amount,
    sku: { ...text, maxLength: 40 },
    visible: { type: "boolean" },
  },
};
const results = answer({
  results: {
    type: "array",
    items: {
      type: "object",
      properties: {
        itemMetadata: {
          type: "object",
          properties: {
            id: guid,
            originalIndex: { type: "integer" },
            success: { type: "boolean" },
            error: {
              type: "object",
              properties: { code: text, description: text, data: { type: "object" } },
            },
          },
        },
      },
    },
  },
  bulkActionMetadata: {
    type: "object",
    properties: { totalSuccesses: { type: "integer" }, totalFailures: { type: "integer" } },
  },
});
const oneProduct = answer({ product: { type: "object" } });
const oneCollection = answer({ collection: { type: "object" } });
const productIds = body({ productIds: { type: "array", items: guid, maxItems: 1_000 } }, ["productIds"]);
const ids: Schema = { type: "array", items: { ...guid, example: "$PRODUCT_ID" }, minItems: 1, maxItems: 100 };

const products = {
  "/stores/v1/products": {
    post: {
      ...manage,
      operationId: "createProduct",
      summary: "Create a product",
      requestBody: body({ product }, ["product"]),
      responses: { 200: oneProduct, ...apiRefusals, ...slugTaken },
    },
  },
  "/stores/v1/products/{productId}": {
    get: {
      ...read,
      operationId: "getProduct",
      summary: "Get a product with its variants; also under /stores-reader/v1",
      parameters: [
        productId,
        {
          name: "includeMerchantSpecificData",
          in: "query",
          required: false,
          description: "Needs WIX_STORES.MODIFY_PRODUCTS",
          schema: { type: "boolean" },
        },
      ],
      responses: { 200: oneProduct, ...apiRefusals, ...noProduct },
    },
    patch: {
      ...manage,
      operationId: "updateProduct",
      summary: "Change some fields of a product",
      parameters: [productId],
      requestBody: body({ product }, ["product"]),
      responses: { 200: oneProduct, ...apiRefusals, ...noProduct, ...slugTaken },
    },
    delete: {
      ...manage,
      operationId: "deleteProduct",
      summary: "Delete a product",
      parameters: [productId],
      responses: { 200: nothing, ...apiRefusals, ...noProduct },
    },
  },
  "/stores/v1/products/{productId}/variants": {
    patch: {
      ...manage,
      operationId: "updateProductVariants",
      summary: "Change some variants of a product that manages them",
      parameters: [productId],
      requestBody: body({ variants: { type: "array", items: someVariants, maxItems: 300 } }, ["variants"]),
      responses: {
        200: answer({ variants: objects }),
        ...apiRefusals,
        404: { description: "PRODUCT_NOT_FOUND or VARIANT_NOT_FOUND" },
        409: { description: "VARIANTS_NOT_MANAGED" },
      },
    },
  },
};

const availability = {
  "/stores-reader/v1/products/{productId}/productOptionsAvailability": {
    post: {
      ...read,
      operationId: "getProductOptionsAvailability",
      summary: "Ask what can be chosen beside some choices, and which variant all of them make",
      parameters: [productId],
      requestBody: body({ options: { type: "object", example: { Size: "1 kg" } } }, ["options"]),
      responses: {
        200: answer({
          selectedVariant: { type: "object" },
          media: { type: "object" },
          productOptions: objects,
          availableForPurchase: { type: "boolean" },
        }),
        ...apiRefusals,
        ...noProduct,
      },
    },
  },
};

const storeVariants = {
  "/stores-reader/v1/variants/query": {
    post: {
      ...read,
      operationId: "queryStoreVariants",
      summary: "Query variants of all products by id, productId, variantId, productName, sku, collectionIds",
      requestBody: body({ query: { type: "object" } }, []),
      responses: { 200: answer({ variants: objects, metadata: { type: "object" } }), ...apiRefusals },
    },
  },
  "/stores-reader/v1/variants/{storeVariantId}": {
    get: {
      ...read,
      operationId: "getStoreVariant",
      summary: "Get one variant with what it takes from its product",
      parameters: [
        {
          name: "storeVariantId",
          in: "path",
          required: true,
          description: "Id of the product, a hyphen, id of the variant",
          schema: text,
        },
      ],
      responses: {
        200: answer({ variant: { type: "object" } }),
        ...apiRefusals,
        404: { description: "PRODUCT_NOT_FOUND or VARIANT_NOT_FOUND" },
      },
    },
  },
};

/** Changes of one product that answer nothing. */
const edits = {
  ...edit("post variants/resetToDefault", "resetAllProductVariantData", {
    summary: "Give all variants the product's values again",
  }),
  ...edit("post media", "addProductMedia", {
    summary: "Add pictures by id or by address, up to 100 of one product",
    fields: { media: { ...objects, maxItems: 50, example: [{ url: "https://img.example/mug.jpg" }] } },
  }),
  ...edit("post media/delete", "removeProductMedia", {
    summary: "Remove some pictures, or all when none is named",
    fields: { mediaIds: { type: "array", items: text, example: [] } },
  }),
  ...edit("patch choices/media", "addProductMediaToChoices", {
    summary: "Show pictures of the product at some choices of one option, up to 50 at each",
    fields: { media: choiceMedia() },
  }),
  ...edit("post choices/media/delete", "removeProductMediaFromChoices", {
    summary: "Show pictures at some choices no longer",
    fields: { media: choiceMedia() },
  }),
  ...edit("delete options", "deleteProductOptions", {
    summary: "Delete all options; 409 VARIANTS_ARE_MANAGED while variants have values of their own",
  }),
  ...edit("post remove-brand", "removeBrand", { summary: "Remove the brand" }),
  ...edit("post remove-ribbon", "removeRibbon", { summary: "Remove the ribbon" }),
};

const bulk = {
  "/stores/v1/bulk/products/update": {
    post: {
      ...manage,
      operationId: "bulkUpdateProductsProperty",
      summary: "Set one of price, cost, weight, ribbon, brand of many products; each has a result of its own",
      requestBody: body({ ids, set: { type: "object", example: { ribbon: "Sale" } } }, ["ids", "set"]),
      responses: { 200: results, ...apiRefusals },
    },
  },
  "/stores/v1/bulk/products/adjust-properties": {
    post: {
      ...manage,
      operationId: "bulkAdjustProductProperty",
      summary: "Raise or lower one of price, cost, weight of many products; each has a result of its own",
      requestBody: body({ ids, adjust: { type: "object", example: { price: { amount: -1 } } } }, [
        "ids",
        "adjust",
      ]),
      responses: { 200: results, ...apiRefusals },
    },
  },
};

const collections = {
  "/stores/v1/collections": {
    post: {
      ...manage,
      operationId: "createCollection",
      summary: "Create a collection",
      requestBody: body({ collection }, ["collection"]),
      responses: { 200: oneCollection, ...apiRefusals, ...slugTaken },
    },
  },
  "/stores/v1/collections/{collectionId}": {
    patch: {
      ...manage,
      operationId: "updateCollection",
      summary: "Change some fields of a collection",
      parameters: [collectionId],
      requestBody: body({ collection }, ["collection"]),
      responses: {
        200: oneCollection,
        ...apiRefusals,
        ...noCollection,
        409: { description: "SLUG_TAKEN, or COLLECTION_IS_BUILT_IN for more than a name" },
      },
    },
    delete: {
      ...manage,
      operationId: "deleteCollection",
      summary: "Delete a collection; its products stay",
      parameters: [collectionId],
      responses: { 200: nothing, ...apiRefusals, ...noCollection, ...builtIn },
    },
  },
  "/stores/v1/collections/{collectionId}/productIds": {
    post: {
      ...manage,
      operationId: "addProductsToCollection",
      summary: "Put products into a collection",
      parameters: [collectionId],
      requestBody: productIds,
      responses: {
        200: nothing,
        ...apiRefusals,
        404: { description: "COLLECTION_NOT_FOUND or PRODUCT_NOT_FOUND; nothing is added then" },
        ...builtIn,
      },
    },
  },
  "/stores/v1/collections/{collectionId}/productIds/delete": {
    post: {
      ...manage,
      operationId: "removeProductsFromCollection",
      summary: "Take products out of a collection",
      parameters: [collectionId],
      requestBody: productIds,
      responses: { 200: nothing, ...apiRefusals, ...noCollection, ...builtIn },
    },
  },
  "/v2/collections/{collectionId}": {
    get: {
      ...read,
      operationId: "getCollection",
      summary: "Get a collection; also under /stores/v1, /stores/v2, /stores-reader/v1",
      parameters: [collectionId],
      responses: { 200: oneCollection, ...apiRefusals, ...noCollection },
    },
  },
  "/v2/collections/slug/{slug}": {
    get: {
      ...read,
      operationId: "getCollectionBySlug",
      summary: "Get a collection by its slug; also under /stores/v2, /stores-reader/v1",
      parameters: [{ name: "slug", in: "path", required: true, schema: text }],
      responses: { 200: oneCollection, ...apiRefusals, ...noCollection },
    },
  },
  "/v2/collections/query": {
    post: {
      ...read,
      operationId: "queryCollections",
      summary: "Query the site's collections by id, name and slug; also by GET, and under /stores/v2",
      requestBody: body({ query: { type: "object" } }, []),
      responses: { 200: answer({ collections: objects, metadata: { type: "object" } }), ...apiRefusals },
    },
  },
};

/** What changes a store, and its collections (*wire §8.1*). */
export const storeChanges: Readonly<Record<string, object>> = {
  ...products,
  ...availability,
  ...storeVariants,
  ...edits,
  ...bulk,
  ...collections,
};

/** @param end method and end of the path, with a blank between */
function edit(
  end: string,
  operationId: string,
  about: { summary: string; fields?: Readonly<Record<string, Schema>> },
): Readonly<Record<string, object>> {
  const [method = "", path = ""] = end.split(" ");
  const { fields, summary } = about;
  const operation = {
    ...manage,
    operationId,
    summary,
    parameters: [productId],
    ...(fields === undefined ? {} : { requestBody: body(fields, Object.keys(fields)) }),
    responses: { 200: nothing, ...apiRefusals, ...noProduct },
  };
  return { [`/stores/v1/products/{productId}/${path}`]: { [method]: operation } };
}

function choiceMedia(): Schema {
  const fields = { option: text, choice: text, mediaIds: { type: "array", items: text } };
  return {
    type: "array",
    maxItems: 10,
    items: { type: "object", properties: fields },
    example: [{ option: "Color", choice: "Chalk", mediaIds: [] }],
  };
}
