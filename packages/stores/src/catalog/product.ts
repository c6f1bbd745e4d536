/** The collection that every product belongs to, spelled as the wire spells it. */
export const allProductsCollectionId = "00000000-000000-000000-000000000001";

export const productTypes = ["physical", "digital"] as const;
export type ProductType = (typeof productTypes)[number];

export const inventoryStatuses = ["IN_STOCK", "OUT_OF_STOCK", "PARTIALLY_OUT_OF_STOCK"] as const;
export type InventoryStatus = (typeof inventoryStatuses)[number];

/** A product as V1 of the Stores API sends it. Prices are JSON numbers in the currency of the site. */
export interface Product {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly visible: boolean;
  readonly productType: ProductType;
  /** HTML. */
  readonly description: string;
  /** Empty when the product has none. */
  readonly sku: string;
  readonly weight: number;
  readonly weightRange: Range;
  readonly productDimensions?: Dimensions;
  readonly packageDimensions?: Dimensions;
  readonly stock: Stock;
  /** The same as `priceData`, for clients from before that name. */
  readonly price: PriceData;
  readonly priceData: PriceData;
  readonly convertedPriceData: PriceData;
  readonly priceRange: Range;
  /** Only for callers that manage products, on request. */
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
  /** Digits: a 64-bit number that rises with each product of the site. */
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

/** Decimals as text. */
export interface Dimensions {
  readonly length?: string | null | undefined;
  readonly width?: string | null | undefined;
  readonly height?: string | null | undefined;
  readonly unit?: "UNKNOWN_DIMENSIONS_UNIT" | "MM" | "CM" | "M" | "IN" | "FT" | "YD" | null | undefined;
}

/** What a price by measure is made of: so much is in it, and the price is told for so much. */
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
  /** Of the base quantity, discounted; for products that tell how much is in them. */
  readonly pricePerUnit?: number;
}

export interface CostAndProfitData {
  readonly itemCost: number;
  readonly formattedItemCost: string;
  readonly profit: number;
  readonly formattedProfit: string;
  /** A part of one. */
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
  /** A colour, or the same as `description`. */
  readonly value: string;
  readonly description: string;
  readonly media: Media;
  readonly inStock: boolean;
  readonly visible: boolean;
}

/** The stock of one variant; the wire has another name for tracking it than for that of a product. */
export interface VariantStock {
  readonly trackQuantity: boolean;
  readonly quantity?: number;
  readonly inStock: boolean;
}

export interface Variant {
  readonly id: string;
  /** The choice of each option, by the option's name. */
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
