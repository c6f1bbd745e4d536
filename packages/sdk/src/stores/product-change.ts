import type { Dimensions, PricePerUnitData, ProductOption, ProductType } from "./product.ts";

/** What of a product an app can set (wire §8.4); stock has an API of its own there. */
export interface ProductChange {
  /** At most 80 characters. */
  readonly name?: string;
  /** The part of the page's address that is the product's own. Default: made of the name. */
  readonly slug?: string;
  /** Default: true */
  readonly visible?: boolean;
  /** Cannot be changed to another. */
  readonly productType?: ProductType;
  /** HTML, at most 8,000 characters. */
  readonly description?: string;
  readonly sku?: string;
  /** In the unit of the site. */
  readonly weight?: number;
  readonly productDimensions?: Dimensions;
  /** Those of the parcel. */
  readonly packageDimensions?: Dimensions;
  /** In the currency of the site. */
  readonly priceData?: { readonly price: number };
  /** What the product costs the merchant; needs the permission to manage products to be read. */
  readonly costAndProfitData?: { readonly itemCost: number };
  /** For a price that is told by measure too. */
  readonly pricePerUnitData?: PricePerUnitData;
  readonly additionalInfoSections?: readonly { readonly title: string; readonly description: string }[];
  readonly ribbon?: string;
  readonly brand?: string;
  /** Whether each combination of choices has a price and a stock of its own. */
  readonly manageVariants?: boolean;
  /** At most 6, which make at most 1,000 combinations, or 300 that are managed. */
  readonly productOptions?: readonly NewProductOption[];
  readonly discount?: { readonly type: "NONE" | "AMOUNT" | "PERCENT"; readonly value: number };
  readonly seoData?: { readonly tags?: readonly unknown[]; readonly settings?: unknown };
}

/** What a product is made from. */
export interface NewProduct extends ProductChange {
  readonly name: string;
  readonly priceData: { readonly price: number };
  /** Apps can make no other type. */
  readonly productType?: "physical";
}

/** Something that the buyer will choose. */
export interface NewProductOption {
  /** Default: `drop_down` */
  readonly optionType?: ProductOption["optionType"];
  readonly name: string;
  /** Of value and description, either stands for the other; the value of a colour is one such as `#ff0000`. */
  readonly choices: readonly (
    | { readonly value: string; readonly description?: string }
    | { readonly value?: string; readonly description: string }
  )[];
}

/** What changes about the variants that it names, by their ids or by their choices. */
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

/** Which variants of a product to list. Default: all of them. */
export interface VariantQuery {
  readonly choices?: Readonly<Record<string, string>>;
  readonly variantIds?: readonly string[];
  readonly paging?: { readonly limit?: number; readonly offset?: number };
  /** Needs the permission to manage products. Default: false */
  readonly includeMerchantSpecificData?: boolean;
}

/** The one property that a bulk update sets. */
export type BulkChange =
  | { readonly price: number }
  | { readonly cost: number }
  | { readonly weight: number }
  | { readonly ribbon: string }
  | { readonly brand: string };

type Adjustment =
  | { readonly amount: number }
  | { readonly percentage: { readonly rate: number; readonly roundToInt?: boolean } };

/** The one property that a bulk adjustment changes, by an amount or by a percentage. */
export type BulkAdjustment =
  | { readonly price: Adjustment }
  | { readonly cost: Adjustment }
  | { readonly weight: Adjustment };

/** What became of each product of a bulk update; some may have failed. */
export interface BulkResult {
  readonly results: readonly {
    readonly itemMetadata: {
      /** Missing when what was given is no id. */
      readonly _id?: string;
      /** The place among the ids that were given. */
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

/** A picture or film to add, by its id or its address, perhaps for one choice of an option. */
export interface NewMedia {
  readonly mediaId?: string;
  readonly url?: string;
  readonly choice?: { readonly option: string; readonly choice: string };
}

/** Pictures and films that go with a choice. */
export interface ChoiceMedia {
  readonly option: string;
  readonly choice: string;
  readonly mediaIds?: readonly string[];
}
