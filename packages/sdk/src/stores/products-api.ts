import type { CallOptions } from "../api-call.ts";
import type { CollectionWritesApi } from "./collections-api.ts";
import type { RawPage, RawQuery } from "./find-items.ts";
import type {
  OptionsAvailability,
  Product,
  ProductQueryFields,
  ProductVariant,
  StoreVariant,
} from "./product.ts";
import type {
  BulkAdjustment,
  BulkChange,
  BulkResult,
  ChoiceMedia,
  NewMedia,
  NewProduct,
  ProductChange,
  VariantChange,
  VariantQuery,
} from "./product-change.ts";
import type { QueryBuilder } from "./query-builder.ts";

/** Builds a query for products. */
export type ProductsQueryBuilder = QueryBuilder<Product, ProductQueryFields>;

/**
 * The methods of the module `products` on a client. Reading needs the permission to read products, writing the
 * permission to manage products. Every method can throw the errors of API calls, such as `permission_denied` and
 * `not_found`.
 */
export interface ProductsApi extends CollectionWritesApi {
  /**
   * Starts a query for the site's visible products.
   *
   * @example
   * const { items } = await client.products.queryProducts().lt("priceData.price", 20).limit(10).find();
   */
  queryProducts(): ProductsQueryBuilder;
  /**
   * Gets one page of products with a raw query.
   *
   * @throws {LatchkeyError} `validation_failed`
   */
  queryProducts(query: RawQuery): Promise<{
    readonly products: readonly Product[];
    readonly metadata: RawPage<Product>["metadata"];
  }>;
  /**
   * Gets a product.
   *
   * @throws {LatchkeyError} `not_found`, also for a product of another site
   */
  getProduct(
    productId: string,
    options?: CallOptions & { readonly includeMerchantSpecificData?: boolean },
  ): Promise<{ readonly product: Product }>;
  /**
   * Creates a product.
   *
   * @throws {LatchkeyError} `validation_failed` with all fields that are not valid; nothing is stored
   * @example
   * const { product } = await client.products.createProduct({
   *   name: "Mug",
   *   productType: "physical",
   *   priceData: { price: 12.5 },
   * });
   */
  createProduct(product: NewProduct): Promise<{ readonly product: Product }>;
  /**
   * Updates the given fields of a product.
   *
   * @throws {LatchkeyError} `not_found`, `validation_failed`
   */
  updateProduct(productId: string, change: ProductChange): Promise<{ readonly product: Product }>;
  /**
   * Deletes a product.
   *
   * @throws {LatchkeyError} `not_found`
   */
  deleteProduct(productId: string): Promise<void>;
  /**
   * Gets one page of the variants of a product.
   *
   * @throws {LatchkeyError} `not_found`, `validation_failed`
   */
  queryProductVariants(
    productId: string,
    query?: VariantQuery,
  ): Promise<{
    readonly variants: readonly ProductVariant[];
    readonly metadata: { readonly items: number; readonly offset: number };
    readonly totalResults: number;
  }>;
  /**
   * Gets the choices that remain after some choices.
   *
   * @param choices the selected choices, by option name
   */
  getProductOptionsAvailability(
    productId: string,
    choices: Readonly<Record<string, string>>,
  ): Promise<OptionsAvailability>;
  /** Gets one page of the variants of all products. */
  queryStoreVariants(query: RawQuery): Promise<{
    readonly variants: readonly StoreVariant[];
    readonly metadata: RawPage<StoreVariant>["metadata"];
  }>;
  /**
   * Gets a variant.
   *
   * @param storeVariantId the ID from `queryStoreVariants`
   * @throws {LatchkeyError} `not_found`
   */
  getStoreVariant(storeVariantId: string, options?: CallOptions): Promise<{ readonly variant: StoreVariant }>;
  /** Updates variants of a product with managed variants. */
  updateProductVariants(
    productId: string,
    changes: readonly VariantChange[],
  ): Promise<{ readonly variants: readonly ProductVariant[] }>;
  /** Resets the price, weight and visibility of all variants to the values of the product. */
  resetAllProductVariantData(productId: string): Promise<void>;
  /** Sets one property of up to 100 products. Products that failed are in the result. */
  bulkUpdateProductsProperty(productIds: readonly string[], set: BulkChange): Promise<BulkResult>;
  /** Raises or lowers one property of up to 100 products. Products that failed are in the result. */
  bulkAdjustProductProperty(adjust: BulkAdjustment, productIds: readonly string[]): Promise<BulkResult>;
  addProductsToCollection(collectionId: string, productIds: readonly string[]): Promise<void>;
  removeProductsFromCollection(collectionId: string, productIds: readonly string[]): Promise<void>;
  addProductMedia(productId: string, media: readonly NewMedia[]): Promise<void>;
  removeProductMedia(productId: string, mediaIds: readonly string[]): Promise<void>;
  addProductMediaToChoices(productId: string, media: readonly ChoiceMedia[]): Promise<void>;
  removeProductMediaFromChoices(productId: string, media: readonly ChoiceMedia[]): Promise<void>;
  deleteProductOptions(productId: string): Promise<void>;
  removeBrand(productId: string): Promise<void>;
  removeRibbon(productId: string): Promise<void>;
}
