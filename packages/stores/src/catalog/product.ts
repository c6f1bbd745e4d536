/** Id of the collection of all products. The wire defines this spelling. */
export const allProductsCollectionId = "00000000-000000-000000-000000000001";

export const productTypes = ["physical", "digital"] as const;
export type ProductType = (typeof productTypes)[number];

export const inventoryStatuses = ["IN_STOCK", "OUT_OF_STOCK", "PARTIALLY_OUT_OF_STOCK"] as const;
export type InventoryStatus = (typeof inventoryStatuses)[number];

/** A product of the Stores API, V1. Prices are in the currency of the site. */
export interface Product {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly visible: boolean;
  readonly productType: ProductType;
  /** HTML. */
  readonly description: string;
  readonly sku: string;
  readonly weight: number;
  readonly weightRange: Range;
  readonly productDimensions?: Dimensions;
  readonly packageDimensions?: Dimensions;
  readonly stock: Stock;
  /** Equals `priceData`; older clients read it. */
  readonly price: PriceData;
  readonly priceData: PriceData;
  readonly convertedPriceData: PriceData;
  readonly priceRange: Range;
  /** Present on request, for callers that may manage products. */
  readonly costAndProfitData?: CostAndProfitData;
  readonly costRange?: Range;
  readonly pricePerUnitData?: PricePerUnitData;
  readonly additionalInfoSections: readonly { readonly title: string; readonly description: string }[];
  readonly ribbons: readonly { readonly text: string }[];
  readonly ribbon: string;
  readonly media: Media;
  readonly customTextFields: readonly CustomTextField[];
  readonly manageVariants: boolean;
  readonly productOptions: readonly ProductOption[];
  readonly productPageUrl: { readonly base: string; readonly path: string };
  /** A 64-bit number in decimal digits. Each new product of a site gets a higher number. */
  readonly numericId: string;
  readonly inventoryItemId: string;
  readonly discount: Discount;
  readonly collectionIds: readonly string[];
  /** Queries return none without `includeVariants`. */
  readonly variants: readonly Variant[];
  /** ISO 8601. */
  readonly lastUpdated: string;
  /** ISO 8601. */
  readonly createdDate: string;
  readonly seoData: { readonly tags: readonly unknown[]; readonly settings?: unknown };
  readonly brand?: string;
}

/** Decimal numbers as strings. */
export interface Dimensions {
  readonly length?: string | null | undefined;
  readonly width?: string | null | undefined;
  readonly height?: string | null | undefined;
  readonly unit?: "UNKNOWN_DIMENSIONS_UNIT" | "MM" | "CM" | "M" | "IN" | "FT" | "YD" | null | undefined;
}

/** Input of the price per unit: the contents of the product, and the quantity that the unit price is for. */
export interface PricePerUnitData {
  readonly totalQuantity: number;
  readonly totalMeasurementUnit: string;
  readonly baseQuantity: number;
  readonly baseMeasurementUnit: string;
}

export interface Range {
  readonly minValue: number;
  readonly maxValue: number;
}

export interface Stock {
  readonly trackInventory: boolean;
  readonly quantity?: number;
  readonly inStock: boolean;
  readonly inventoryStatus: InventoryStatus;
}

export interface PriceData {
  /** ISO 4217. */
  readonly currency: string;
  readonly price: number;
  readonly discountedPrice: number;
  readonly formatted: {
    readonly price: string;
    readonly discountedPrice: string;
    readonly pricePerUnit?: string;
  };
  /** Discounted price of the base quantity, for products with `pricePerUnitData`. */
  readonly pricePerUnit?: number;
}

export interface CostAndProfitData {
  readonly itemCost: number;
  readonly formattedItemCost: string;
  readonly profit: number;
  readonly formattedProfit: string;
  /** Fraction of the discounted price. */
  readonly profitMargin: number;
}

export interface Discount {
  readonly type: "NONE" | "AMOUNT" | "PERCENT";
  readonly value: number;
}

export interface Media {
  readonly mainMedia?: MediaItem;
  readonly items: readonly MediaItem[];
}

export interface MediaItem {
  readonly id: string;
  readonly mediaType: "image" | "video";
  readonly title: string;
  readonly image?: Picture;
  readonly thumbnail: Picture;
}

export interface Picture {
  readonly url: string;
  readonly width: number;
  readonly height: number;
}

export interface CustomTextField {
  readonly title: string;
  readonly maxLength: number;
  readonly mandatory: boolean;
}

export interface ProductOption {
  readonly optionType: "drop_down" | "color";
  readonly name: string;
  readonly choices: readonly Choice[];
}

export interface Choice {
  /** A color, or the same as `description`. */
  readonly value: string;
  readonly description: string;
  readonly media: Media;
  readonly inStock: boolean;
  readonly visible: boolean;
}

/** The stock of one variant. The wire names `trackQuantity` differently from the stock of a product. */
export interface VariantStock {
  readonly trackQuantity: boolean;
  readonly quantity?: number;
  readonly inStock: boolean;
}

export interface Variant {
  readonly id: string;
  /** The choice of each option, by the name of the option. */
  readonly choices: Readonly<Record<string, string>>;
  readonly variant: {
    readonly priceData: PriceData;
    readonly convertedPriceData: PriceData;
    readonly costAndProfitData?: CostAndProfitData;
    readonly weight: number;
    readonly sku: string;
    readonly visible: boolean;
    readonly productDimensions?: Dimensions;
    readonly packageDimensions?: Dimensions;
  };
  readonly stock: VariantStock;
}
