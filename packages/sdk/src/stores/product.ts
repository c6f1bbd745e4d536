/** A product of a site's shop, with the field names of the third-party client. */
export interface Product {
  readonly _id: string;
  readonly name: string;
  readonly slug: string;
  readonly visible: boolean;
  readonly productType: ProductType;
  /** HTML. */
  readonly description: string;
  readonly sku?: string;
  /** In the weight unit of the site. */
  readonly weight?: number;
  readonly weightRange?: NumberRange;
  readonly productDimensions?: Dimensions;
  /** The dimensions of the package. */
  readonly packageDimensions?: Dimensions;
  readonly stock: ProductStock;
  /** Deprecated: use `priceData`. */
  readonly price?: PriceData;
  readonly priceData: PriceData;
  /** The price in the visitor's currency. */
  readonly convertedPriceData?: PriceData;
  readonly priceRange?: NumberRange;
  /** Present only when merchant data is requested. */
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
  /** An increasing number, as a decimal string. */
  readonly numericId: string;
  readonly inventoryItemId: string;
  readonly discount: { readonly type: "NONE" | "AMOUNT" | "PERCENT"; readonly value: number };
  readonly collectionIds: readonly string[];
  readonly variants: readonly ProductVariant[];
  readonly lastUpdated: Date;
  readonly _createdDate: Date;
  readonly seoData?: unknown;
}

/** The type of a product: physical or digital. */
export type ProductType = "physical" | "digital";

/** The availability of a product. */
export type InventoryStatus = "IN_STOCK" | "OUT_OF_STOCK" | "PARTIALLY_OUT_OF_STOCK";

/** The dimensions of a product or package. */
export interface Dimensions {
  /** A decimal string, as are width and height. */
  readonly length?: string;
  readonly width?: string;
  readonly height?: string;
  readonly unit?: "UNKNOWN_DIMENSIONS_UNIT" | "MM" | "CM" | "M" | "IN" | "FT" | "YD";
}

/** The base of the price per unit: the total quantity of the product, and the quantity that the price is stated for. */
export interface PricePerUnitData {
  readonly totalQuantity: number;
  readonly totalMeasurementUnit: MeasurementUnit;
  readonly baseQuantity: number;
  readonly baseMeasurementUnit: MeasurementUnit;
}

/** A unit of measurement. */
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

/** The cost and profit of a product. */
export interface CostAndProfitData {
  readonly itemCost: number;
  readonly formattedItemCost: string;
  readonly profit: number;
  readonly formattedProfit: string;
  /** A fraction of 1. */
  readonly profitMargin: number;
}

/** The smallest and largest of several numbers. */
export interface NumberRange {
  readonly minValue: number;
  readonly maxValue: number;
}

/** A price, as numbers and as formatted text. */
export interface PriceData {
  /** The currency code, in ISO 4217. */
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

/** The stock of a product. */
export interface ProductStock {
  readonly trackInventory: boolean;
  /** Present only when the inventory is tracked. */
  readonly quantity?: number;
  readonly inStock: boolean;
  readonly inventoryStatus: InventoryStatus;
}

/** The images and videos of a product. */
export interface ProductMedia {
  readonly mainMedia?: MediaItem;
  readonly items: readonly MediaItem[];
}

/** An image or video. */
export interface MediaItem {
  readonly _id: string;
  readonly mediaType: string;
  readonly title: string;
  readonly image?: { readonly url: string; readonly width: number; readonly height: number };
  readonly thumbnail?: { readonly url: string; readonly width: number; readonly height: number };
  readonly video?: unknown;
}

/** A text field for the buyer. */
export interface CustomTextField {
  readonly title: string;
  readonly maxLength: number;
  readonly mandatory: boolean;
}

/** An option that the buyer chooses, such as the color. */
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

/** The choices that remain for a buyer. */
export interface OptionsAvailability {
  /** Present when every option has a choice. */
  readonly selectedVariant?: {
    readonly price: PriceData;
    readonly weight: number;
    readonly sku: string;
    readonly inStock: boolean;
    readonly visible: boolean;
    readonly quantity?: number;
  };
  readonly media?: ProductMedia;
  /** Options with the choices that can still be combined with the selected choices. */
  readonly productOptions: readonly ProductOption[];
  readonly availableForPurchase: boolean;
}

/** A variant in a list of all variants of the store. */
export interface StoreVariant {
  /** Made of the product ID and the variant ID. */
  readonly _id: string;
  readonly variantId: string;
  readonly productId: string;
  readonly productName: string;
  readonly variantName: string;
  /** False for a product without managed variants. */
  readonly managedVariant: boolean;
  readonly sku: string;
  readonly choices: Readonly<Record<string, string>>;
  readonly collectionIds: readonly string[];
}

/** Text fields. Comparisons ignore case. */
interface TextFields {
  readonly name: string;
  readonly description: string;
  readonly sku: string;
  readonly slug: string;
}

/** Fields with numbers and dates. */
interface OrderedFields {
  readonly price: number;
  readonly "priceData.price": number;
  readonly numericId: string | number;
  readonly lastUpdated: Date | string;
  readonly _createdDate: Date | string;
}

/** Fields with several values. */
interface ListFields {
  readonly collectionIds: string;
  readonly "collections.id": string;
  readonly [option: `options.${string}`]: string;
}

/** The ID field. */
interface IdField {
  readonly _id: string;
}

/** Fields whose names the compiler lists in its errors, instead of `keyof` and the names of types. */
type Listed<Fields> = { readonly [Name in `${keyof Fields & string}`]: Fields[Name & keyof Fields] };

/** The fields that a product query can use. */
export interface ProductQueryFields {
  readonly equality: Listed<
    TextFields &
      OrderedFields &
      ListFields &
      IdField & {
        readonly productType: ProductType;
        readonly inventoryStatus: InventoryStatus;
      }
  >;
  readonly order: Listed<TextFields & OrderedFields & IdField>;
  readonly start: Listed<TextFields & IdField>;
  readonly text: Listed<TextFields>;
  readonly list: ListFields;
  readonly sort: keyof Listed<
    Omit<TextFields, "description"> & OrderedFields & IdField & { readonly productType: ProductType }
  >;
}
