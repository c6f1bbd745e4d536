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

/** Composes a query for products. */
export type ProductsQueryBuilder = QueryBuilder<Product, ProductQueryFields>;

/**
 * The products of a site, once bound to a client. Reading needs the permission to read products, all else the one to
 * manage them; any call can throw the `LatchkeyError`s of calls, such as `permission_denied` and `not_found`.
 */
export interface ProductsApi extends CollectionWritesApi {
  /**
   * Begins a query over the site's visible products.
   *
   * @example
   * const { items } = await client.products.queryProducts().lt("priceData.price", 20).limit(10).find();
   */
  queryProducts(): ProductsQueryBuilder;
  /**
   * Gets one page of products by a query that the application composed itself.
   *
   * @throws {LatchkeyError} `validation_failed`
   */
  queryProducts(query: RawQuery): Promise<{
    readonly products: readonly Product[];
    readonly metadata: RawPage<Product>["metadata"];
  }>;
  /** @throws {LatchkeyError} `not_found`, also for a product of another site */
  getProduct(
    productId: string,
    options?: CallOptions & { readonly includeMerchantSpecificData?: boolean },
  ): Promise<{ readonly product: Product }>;
  /**
   * Makes a product.
   *
   * @throws {LatchkeyError} `validation_failed` with every field at fault; nothing is stored then
   * @example
   * const { product } = await client.products.createProduct({
   *   name: "Mug",
   *   productType: "physical",
   *   priceData: { price: 12.5 },
   * });
   */
  createProduct(product: NewProduct): Promise<{ readonly product: Product }>;
  /**
   * Changes what is given of a product and leaves the rest.
   *
   * @throws {LatchkeyError} `not_found`, `validation_failed`
   */
  updateProduct(productId: string, change: ProductChange): Promise<{ readonly product: Product }>;
  /** @throws {LatchkeyError} `not_found` */
  deleteProduct(productId: string): Promise<void>;
  /** @throws {LatchkeyError} `not_found`, `validation_failed` */
  queryProductVariants(
    productId: string,
    query?: VariantQuery,
  ): Promise<{
    readonly variants: readonly ProductVariant[];
    readonly metadata: { readonly items: number; readonly offset: number };
    readonly totalResults: number;
  }>;
  /** @param choices what the buyer has chosen so far, by the name of the option */
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
   * @param storeVariantId as `queryStoreVariants` answers it
   * @throws {LatchkeyError} `not_found`
   */
  getStoreVariant(storeVariantId: string, options?: CallOptions): Promise<{ readonly variant: StoreVariant }>;
  /** Changes variants of a product that manages them. */
  updateProductVariants(
    productId: string,
    changes: readonly VariantChange[],
  ): Promise<{ readonly variants: readonly ProductVariant[] }>;
  /** Gives all variants of a product the price, weight and visibility of the product again. */
  resetAllProductVariantData(productId: string): Promise<void>;
  /** Sets one property of up to 100 products; look into the result for those that failed. */
  bulkUpdateProductsProperty(productIds: readonly string[], set: BulkChange): Promise<BulkResult>;
  /** Raises or lowers one property of up to 100 products; look into the result for those that failed. */
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
