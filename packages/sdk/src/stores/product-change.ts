import type { Dimensions, PricePerUnitData, ProductOption, ProductType } from "./product.ts";

/** The fields of a product that an app can set (wire §8.4). Stock has a separate API. */
export interface ProductChange {
  /** At most 80 characters. */
  readonly name?: string;
  /** The product's part of the page URL. Default: derived from the name. */
  readonly slug?: string;
  /** Default: true */
  readonly visible?: boolean;
  /** Cannot be changed after creation. */
  readonly productType?: ProductType;
  /** HTML, at most 8,000 characters. */
  readonly description?: string;
  readonly sku?: string;
  /** In the weight unit of the site. */
  readonly weight?: number;
  readonly productDimensions?: Dimensions;
  /** The dimensions of the package. */
  readonly packageDimensions?: Dimensions;
  /** In the currency of the site. */
  readonly priceData?: { readonly price: number };
  /** The cost of the product for the merchant. Reading it needs the permission to manage products. */
  readonly costAndProfitData?: { readonly itemCost: number };
  /** The base of the price per unit. */
  readonly pricePerUnitData?: PricePerUnitData;
  readonly additionalInfoSections?: readonly { readonly title: string; readonly description: string }[];
  readonly ribbon?: string;
  readonly brand?: string;
  /** Whether each variant has its own price and stock. */
  readonly manageVariants?: boolean;
  /** At most 6 options, and at most 1,000 variants, or 300 managed variants. */
  readonly productOptions?: readonly NewProductOption[];
  readonly discount?: { readonly type: "NONE" | "AMOUNT" | "PERCENT"; readonly value: number };
  readonly seoData?: { readonly tags?: readonly unknown[]; readonly settings?: unknown };
}

/** The fields of a new product. */
export interface NewProduct extends ProductChange {
  readonly name: string;
  readonly priceData: { readonly price: number };
  /** Apps can create only physical products. */
  readonly productType?: "physical";
}

/** A new option of a product, such as its size. */
export interface NewProductOption {
  /** Default: `drop_down` */
  readonly optionType?: ProductOption["optionType"];
  readonly name: string;
  /**
   * Each choice needs `value` or `description`; the other one defaults to it. The value of a color is a hex code such
   * as `#ff0000`.
   */
  readonly choices: readonly (
    | { readonly value: string; readonly description?: string }
    | { readonly value?: string; readonly description: string }
  )[];
}

/** Changes of variants, which are selected by ID or by choices. */
export interface VariantChange {
  readonly variantIds?: readonly string[];
  readonly choices?: Readonly<Record<string, string>>;
  readonly price?: number;
  readonly cost?: number;
  readonly weight?: number;
  readonly sku?: string;
  readonly visible?: boolean;
  readonly productDimensions?: Dimensions;
  readonly packageDimensions?: Dimensions;
}

/** The variants of a product to list. Default: all variants. */
export interface VariantQuery {
  readonly choices?: Readonly<Record<string, string>>;
  readonly variantIds?: readonly string[];
  readonly paging?: { readonly limit?: number; readonly offset?: number };
  /** Whether to include cost data. Needs the permission to manage products. Default: false */
  readonly includeMerchantSpecificData?: boolean;
}

/** A bulk update: one property with its new value. */
export type BulkChange =
  | { readonly price: number }
  | { readonly cost: number }
  | { readonly weight: number }
  | { readonly ribbon: string }
  | { readonly brand: string };

type Adjustment =
  | { readonly amount: number }
  | { readonly percentage: { readonly rate: number; readonly roundToInt?: boolean } };

/** A bulk adjustment: one property, changed by an amount or by a percentage. */
export type BulkAdjustment =
  | { readonly price: Adjustment }
  | { readonly cost: Adjustment }
  | { readonly weight: Adjustment };

/** The result of a bulk update for each product. Some can have failed. */
export interface BulkResult {
  readonly results: readonly {
    readonly itemMetadata: {
      /** Absent when the given ID is not valid. */
      readonly _id?: string;
      /** The index in the given list of IDs. */
      readonly originalIndex: number;
      readonly success: boolean;
      readonly error?: {
        readonly code: string;
        readonly description: string;
        /** Such as `fieldViolations`. */
        readonly data: Readonly<Record<string, unknown>>;
      };
    };
  }[];
  readonly bulkActionMetadata: {
    readonly totalSuccesses: number;
    readonly totalFailures: number;
    readonly undetailedFailures?: number;
  };
}

/** An image or video to add, by ID or URL, optionally for one choice of an option. */
export interface NewMedia {
  readonly mediaId?: string;
  readonly url?: string;
  readonly choice?: { readonly option: string; readonly choice: string };
}

/** The images and videos of a choice. */
export interface ChoiceMedia {
  readonly option: string;
  readonly choice: string;
  readonly mediaIds?: readonly string[];
}
