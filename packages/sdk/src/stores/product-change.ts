import type { CustomTextField, ProductType } from "./product.ts";

/** What of a product an app can set (wire §8.4). */
export interface ProductChange {
  readonly name?: string;
  readonly slug?: string;
  readonly visible?: boolean;
  readonly productType?: ProductType;
  /** HTML, at most 8,000 characters. */
  readonly description?: string;
  readonly sku?: string;
  /** In the unit of the site. */
  readonly weight?: number;
  readonly stock?: {
    readonly trackInventory?: boolean;
    readonly quantity?: number;
    readonly inStock?: boolean;
  };
  readonly priceData?: { readonly price: number };
  /** What the product costs the merchant; needs the permission to manage products to be read. */
  readonly costAndProfitData?: { readonly itemCost: number };
  readonly additionalInfoSections?: readonly { readonly title: string; readonly description: string }[];
  readonly ribbon?: string;
  readonly brand?: string;
  readonly customTextFields?: readonly CustomTextField[];
  /** Whether each combination of choices has a price and a stock of its own. */
  readonly manageVariants?: boolean;
  readonly productOptions?: readonly NewProductOption[];
  readonly discount?: { readonly type: "NONE" | "AMOUNT" | "PERCENT"; readonly value: number };
  readonly seoData?: unknown;
}

/** What a product is made from. */
export interface NewProduct extends ProductChange {
  readonly name: string;
  readonly priceData: { readonly price: number };
}

/** Something that the buyer will choose. */
export interface NewProductOption {
  readonly name: string;
  readonly choices: readonly { readonly value: string; readonly description: string }[];
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
      readonly _id: string;
      readonly originalIndex: number;
      readonly success: boolean;
      readonly error?: { readonly code: string; readonly description: string };
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
