/** A product of a site's shop, with the names that the third-party client gives its fields. */
export interface Product {
  readonly _id: string;
  readonly name: string;
  readonly slug: string;
  readonly visible: boolean;
  readonly productType: ProductType;
  /** HTML. */
  readonly description: string;
  readonly sku?: string;
  /** In the unit of the site. */
  readonly weight?: number;
  readonly weightRange?: NumberRange;
  readonly productDimensions?: Dimensions;
  /** Those of the parcel. */
  readonly packageDimensions?: Dimensions;
  readonly stock: ProductStock;
  /** Deprecated twin of `priceData`. */
  readonly price?: PriceData;
  readonly priceData: PriceData;
  /** The price in the visitor's currency. */
  readonly convertedPriceData?: PriceData;
  readonly priceRange?: NumberRange;
  /** Only when data of the merchant are asked for. */
  readonly costAndProfitData?: CostAndProfitData;
  readonly costRange?: NumberRange;
  readonly pricePerUnitData?: PricePerUnitData;
  readonly additionalInfoSections: readonly { readonly title: string; readonly description: string }[];
  readonly ribbons: readonly { readonly text: string }[];
  readonly ribbon?: string;
  readonly brand?: string;
  readonly media: ProductMedia;
  readonly customTextFields: readonly CustomTextField[];
  readonly manageVariants: boolean;
  readonly productOptions: readonly ProductOption[];
  readonly productPageUrl: { readonly base: string; readonly path: string };
  /** Rises with each product made; a decimal string. */
  readonly numericId: string;
  readonly inventoryItemId: string;
  readonly discount: { readonly type: "NONE" | "AMOUNT" | "PERCENT"; readonly value: number };
  readonly collectionIds: readonly string[];
  readonly variants: readonly ProductVariant[];
  readonly lastUpdated: Date;
  readonly _createdDate: Date;
  readonly seoData?: unknown;
}

/** Whether a product is a thing or a file. */
export type ProductType = "physical" | "digital";

/** How much of a product is left. */
export type InventoryStatus = "IN_STOCK" | "OUT_OF_STOCK" | "PARTIALLY_OUT_OF_STOCK";

/** Length, width and height of a thing or a parcel. */
export interface Dimensions {
  /** A decimal, as text; so are the others. */
  readonly length?: string;
  readonly width?: string;
  readonly height?: string;
  readonly unit?: "UNKNOWN_DIMENSIONS_UNIT" | "MM" | "CM" | "M" | "IN" | "FT" | "YD";
}

/** What a price by measure is made of: so much is in the product, and the price is told for so much. */
export interface PricePerUnitData {
  readonly totalQuantity: number;
  readonly totalMeasurementUnit: MeasurementUnit;
  readonly baseQuantity: number;
  readonly baseMeasurementUnit: MeasurementUnit;
}

/** In what a product is measured. */
export type MeasurementUnit =
  | "UNSPECIFIED"
  | "ML"
  | "CL"
  | "L"
  | "CBM"
  | "MG"
  | "G"
  | "KG"
  | "MM"
  | "CM"
  | "M"
  | "SQM"
  | "OZ"
  | "LB"
  | "FLOZ"
  | "PT"
  | "QT"
  | "GAL"
  | "IN"
  | "FT"
  | "YD"
  | "SQFT";

/** What a product costs the merchant, and what is earned. */
export interface CostAndProfitData {
  readonly itemCost: number;
  readonly formattedItemCost: string;
  readonly profit: number;
  readonly formattedProfit: string;
  /** A part of one. */
  readonly profitMargin: number;
}

/** Smallest and largest of several numbers. */
export interface NumberRange {
  readonly minValue: number;
  readonly maxValue: number;
}

/** A price, as number and as text. */
export interface PriceData {
  /** ISO 4217 code. */
  readonly currency: string;
  readonly price: number;
  readonly discountedPrice: number;
  readonly formatted: {
    readonly price: string;
    readonly discountedPrice: string;
    readonly pricePerUnit?: string;
  };
  readonly pricePerUnit?: number;
}

/** What is known about the stock of a product. */
export interface ProductStock {
  readonly trackInventory: boolean;
  /** Only when the inventory is tracked. */
  readonly quantity?: number;
  readonly inStock: boolean;
  readonly inventoryStatus: InventoryStatus;
}

/** Pictures and films of a product. */
export interface ProductMedia {
  readonly mainMedia?: MediaItem;
  readonly items: readonly MediaItem[];
}

/** One picture or film. */
export interface MediaItem {
  readonly _id: string;
  readonly mediaType: string;
  readonly title: string;
  readonly image?: { readonly url: string; readonly width: number; readonly height: number };
  readonly thumbnail?: { readonly url: string; readonly width: number; readonly height: number };
  readonly video?: unknown;
}

/** A text that the buyer may add. */
export interface CustomTextField {
  readonly title: string;
  readonly maxLength: number;
  readonly mandatory: boolean;
}

/** Something that the buyer chooses, such as a colour. */
export interface ProductOption {
  readonly optionType: "drop_down" | "color";
  readonly name: string;
  readonly choices: readonly {
    readonly value: string;
    readonly description: string;
    readonly inStock: boolean;
    readonly visible: boolean;
    readonly media?: ProductMedia;
  }[];
}

/** One combination of choices. */
export interface ProductVariant {
  readonly _id: string;
  readonly choices: Readonly<Record<string, string>>;
  readonly variant: {
    readonly priceData: PriceData;
    readonly convertedPriceData?: PriceData;
    readonly costAndProfitData?: CostAndProfitData;
    readonly weight: number;
    readonly sku: string;
    readonly visible: boolean;
    readonly productDimensions?: Dimensions;
    readonly packageDimensions?: Dimensions;
  };
  readonly stock?: {
    readonly trackQuantity?: boolean;
    readonly quantity?: number;
    readonly inStock: boolean;
  };
}

/** What a buyer can still choose who has chosen so far. */
export interface OptionsAvailability {
  /** Once every option has a choice. */
  readonly selectedVariant?: {
    readonly price: PriceData;
    readonly weight: number;
    readonly sku: string;
    readonly inStock: boolean;
    readonly visible: boolean;
    readonly quantity?: number;
  };
  readonly media?: ProductMedia;
  /** With what goes together with the choices made so far. */
  readonly productOptions: readonly ProductOption[];
  readonly availableForPurchase: boolean;
}

/** A variant as one of the whole store. */
export interface StoreVariant {
  /** Made of the ids of product and variant. */
  readonly _id: string;
  readonly variantId: string;
  readonly productId: string;
  readonly productName: string;
  readonly variantName: string;
  /** False for a product that is sold as a whole. */
  readonly managedVariant: boolean;
  readonly sku: string;
  readonly choices: Readonly<Record<string, string>>;
  readonly collectionIds: readonly string[];
}

/** Fields that hold text, which is compared without regard to case. */
interface TextFields {
  readonly name: string;
  readonly description: string;
  readonly sku: string;
  readonly slug: string;
}

/** Fields that hold numbers and times. */
interface OrderedFields {
  readonly price: number;
  readonly "priceData.price": number;
  readonly numericId: string | number;
  readonly lastUpdated: Date | string;
  readonly _createdDate: Date | string;
}

/** Fields that hold several values. */
interface ListFields {
  readonly collectionIds: string;
  readonly "collections.id": string;
  readonly [option: `options.${string}`]: string;
}

/** The field that names the product. */
interface IdField {
  readonly _id: string;
}

/** What a query for products may name. */
export interface ProductQueryFields {
  readonly equality: TextFields &
    OrderedFields &
    ListFields &
    IdField & {
      readonly productType: ProductType;
      readonly inventoryStatus: InventoryStatus;
    };
  readonly order: TextFields & OrderedFields & IdField;
  readonly start: TextFields & IdField;
  readonly text: TextFields;
  readonly list: ListFields;
  readonly sort: Exclude<keyof TextFields, "description"> | keyof OrderedFields | "_id" | "productType";
}
