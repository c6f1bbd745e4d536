import type { ApiCaller } from "../api-call.ts";
import { type ApiModule, createModule } from "../api-module.ts";
import { fromWireNames } from "../field-names.ts";
import { collectionWrites } from "./collections.ts";
import { findItems, findRaw, type Queryable, type RawQuery, wireQuery } from "./find-items.ts";
import type { Product, StoreVariant } from "./product.ts";
import { type ProductEvents, productEvents } from "./product-events.ts";
import type { ProductsApi, ProductsQueryBuilder } from "./products-api.ts";
import { createQueryBuilder } from "./query-builder.ts";
import { ask, get, path, readPath, write, writePath } from "./store-calls.ts";

const productSource: Queryable<Product> = {
  path: `${readPath}/products/query-platformized`,
  list: "products",
  read: (wire) => withDates(fromWireNames(wire)),
};

/**
 * The module `products`, for `createClient({ modules: { products } })` of this package or of the third-party client.
 */
export const products: ApiModule<ProductsApi> & ProductEvents = Object.freeze({
  ...productEvents,
  ...createModule<ProductsApi>({
    queryProducts: (caller) => queryProducts(caller),
    getProduct:
      (caller) =>
      async (id, { includeMerchantSpecificData, ...options } = {}) => {
        const query = includeMerchantSpecificData ? { query: "includeMerchantSpecificData=true" } : {};
        return withProduct(await get(caller, path(readPath, "products", id), { ...options, ...query }));
      },
    createProduct: (caller) => async (product) =>
      withProduct(await write(caller, ["POST", path(writePath, "products")], { product })),
    updateProduct: (caller) => async (id, change) =>
      withProduct(
        await write(caller, ["PATCH", path(writePath, "products", id)], { product: { ...change, id } }),
      ),
    deleteProduct: (caller) => async (id) => {
      await write(caller, ["DELETE", path(writePath, "products", id)]);
    },
    queryProductVariants: (caller) => (id, query) =>
      ask(caller, path(readPath, "products", id, "variants", "query"), { ...query, id }),
    getProductOptionsAvailability: (caller) => (id, options) =>
      ask(caller, path(readPath, "products", id, "productOptionsAvailability"), { id, options }),
    queryStoreVariants: (caller) => (query) =>
      ask(caller, path(readPath, "variants", "query"), wireQuery(query)),
    getStoreVariant:
      (caller) =>
      async (id, options = {}) =>
        (await get(caller, path(readPath, "variants", id), options)) as { readonly variant: StoreVariant },
    updateProductVariants: (caller) => (id, variants) =>
      write(caller, ["PATCH", path(writePath, "products", id, "variants")], { id, variants }),
    resetAllProductVariantData: onProduct("variants/resetToDefault"),
    bulkUpdateProductsProperty: (caller) => (ids, set) =>
      write(caller, ["POST", path(writePath, "bulk", "products", "update")], { ids, set }),
    bulkAdjustProductProperty: (caller) => (adjust, ids) =>
      write(caller, ["POST", path(writePath, "bulk", "products", "adjust-properties")], { adjust, ids }),
    addProductsToCollection: (caller) => async (id, productIds) => {
      await write(caller, ["POST", path(writePath, "collections", id, "productIds")], { id, productIds });
    },
    removeProductsFromCollection: (caller) => async (id, productIds) => {
      await write(caller, ["POST", path(writePath, "collections", id, "productIds", "delete")], {
        id,
        productIds,
      });
    },
    addProductMedia: onProduct("media", "media"),
    removeProductMedia: onProduct("media/delete", "mediaIds"),
    addProductMediaToChoices: onProduct("choices/media", "media", "PATCH"),
    removeProductMediaFromChoices: onProduct("choices/media/delete", "media"),
    deleteProductOptions: (caller) => async (id) => {
      await write(caller, ["DELETE", path(writePath, "products", id, "options")]);
    },
    removeBrand: onProduct("remove-brand"),
    removeRibbon: onProduct("remove-ribbon"),
    ...collectionWrites,
  }),
});

function queryProducts(caller: ApiCaller): ProductsApi["queryProducts"] {
  function query(): ProductsQueryBuilder;
  function query(raw: RawQuery): ReturnType<typeof findProducts>;
  function query(raw?: RawQuery): unknown {
    return raw === undefined ? buildQuery(caller) : findProducts(caller, raw);
  }
  return query;
}

function buildQuery(caller: ApiCaller): ProductsQueryBuilder {
  return createQueryBuilder((query, options) => findItems(caller, productSource, { query, options }));
}

async function findProducts(caller: ApiCaller, query: RawQuery) {
  const { items, metadata } = await findRaw(caller, productSource, { query, options: {} });
  return { products: items, metadata };
}

/** Creates a method that changes a product and returns nothing. */
function onProduct(what: string, argument?: string, method: "POST" | "PATCH" = "POST") {
  return (caller: ApiCaller) =>
    async (id: string, value?: unknown): Promise<void> => {
      const body = argument === undefined ? { id } : { id, [argument]: value };
      await write(caller, [method, `${path(writePath, "products", id)}/${what}`], body);
    };
}

function withProduct(response: unknown): { readonly product: Product } {
  const { product } = response as { readonly product: unknown };
  return { product: withDates(product) };
}

function withDates(named: unknown): Product {
  const product = named as Record<string, unknown>;
  for (const name of ["lastUpdated", "_createdDate"]) {
    const time = product[name];
    if (typeof time === "string") product[name] = new Date(time);
  }
  return product as unknown as Product;
}
