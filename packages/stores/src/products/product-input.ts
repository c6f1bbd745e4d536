import { z } from "zod";
import type {
  Dimensions,
  Discount,
  PricePerUnitData,
  ProductOption,
  ProductType,
} from "../catalog/product.ts";
import { amount, boundedText, readOnly, slug } from "../changes/index.ts";

const dimension = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,6})?$/, "must be a decimal of at most 9 digits and 6 places, as text")
  .nullish();

/** Length, width and height of a product or its package (*wire §8.4*). */
export const dimensions: z.ZodType<Dimensions> = z.strictObject({
  length: dimension,
  width: dimension,
  height: dimension,
  unit: z.enum(["UNKNOWN_DIMENSIONS_UNIT", "MM", "CM", "M", "IN", "FT", "YD"]).nullish(),
});

const priceData = z.strictObject({
  price: amount.nullish(),
  currency: readOnly,
  discountedPrice: readOnly,
  formatted: readOnly,
  pricePerUnit: readOnly,
});

const costAndProfitData = z.strictObject({
  itemCost: amount.nullish(),
  formattedItemCost: readOnly,
  profit: readOnly,
  formattedProfit: readOnly,
  profitMargin: readOnly,
});

const discount = z
  .strictObject({ type: z.enum(["NONE", "AMOUNT", "PERCENT"]), value: amount.nullish() })
  .refine(({ type, value }) => type !== "PERCENT" || (value ?? 0) <= 100, {
    path: ["value"],
    message: "must be at most 100",
    params: { rule: "MAX" },
  });

const choice = z
  .strictObject({
    value: boundedText(50).nullish(),
    description: boundedText(50).nullish(),
    media: readOnly,
    inStock: readOnly,
    visible: readOnly,
  })
  .refine(({ description, value }) => Boolean(description || value), {
    message: "must have a value or a description",
    params: { rule: "REQUIRED_ONE_OF_FIELD" },
  })
  .transform(({ description, value }) => ({
    value: value || description || "",
    description: description || value || "",
  }));

const distinct = { message: "must not have two with the same name", params: { rule: "VALIDATION" } } as const;

const option = z.strictObject({
  optionType: z.enum(["unspecified_option_type", "drop_down", "color"]).nullish(),
  name: boundedText(50, { min: 1 }),
  choices: z
    .array(choice)
    .min(1)
    .max(100)
    .refine((list) => areDistinct(list.map(({ description }) => description)), distinct),
});

const productOptions = z
  .array(option)
  .max(6)
  .refine((list) => areDistinct(list.map(({ name }) => name)), distinct)
  .refine((list) => list.reduce((count, { choices }) => count * choices.length, 1) <= 1_000, {
    message: "must not make more than 1000 variants",
    params: { rule: "MAX_SIZE" },
  });

export const seoTag: z.ZodObject = z
  .strictObject({
    type: boundedText(100).nullish(),
    props: z.record(z.string(), z.unknown()).nullish(),
    meta: z.record(z.string(), z.unknown()).nullish(),
    children: boundedText(8_000).nullish(),
    custom: z.boolean().nullish(),
    disabled: z.boolean().nullish(),
  })
  .meta({ id: "SeoTag" });

export const seoSettings: z.ZodObject = z.strictObject({
  preventAutoRedirect: z.boolean().nullish(),
  keywords: z
    .array(
      z.strictObject({
        term: boundedText(1_000).nullish(),
        isMain: z.boolean().nullish(),
        origin: boundedText(1_000).nullish(),
      }),
    )
    .max(5)
    .nullish(),
});

const quantity = z.number().min(0.01).max(999_999_999.99);
const measure = z.enum(
  "UNSPECIFIED ML CL L CBM MG G KG MM CM M SQM OZ LB FLOZ PT QT GAL IN FT YD SQFT".split(" "),
);
export const pricePerUnitData: z.ZodType<PricePerUnitData> = z.strictObject({
  totalQuantity: quantity,
  totalMeasurementUnit: measure,
  baseQuantity: quantity,
  baseMeasurementUnit: measure,
});

const product = z.strictObject({
  id: readOnly,
  name: boundedText(80, { min: 1 }).nullish(),
  slug: slug.nullish(),
  visible: z.boolean().nullish(),
  productType: z.enum(["physical", "digital"]).nullish(),
  description: boundedText(8_000).nullish(),
  sku: boundedText(40).nullish(),
  weight: amount.nullish(),
  weightRange: readOnly,
  productDimensions: dimensions.nullish(),
  packageDimensions: dimensions.nullish(),
  stock: readOnly,
  // The older name of `priceData`; used if that is absent.
  price: priceData.nullish(),
  priceData: priceData.nullish(),
  convertedPriceData: readOnly,
  priceRange: readOnly,
  costAndProfitData: costAndProfitData.nullish(),
  costRange: readOnly,
  pricePerUnitData: pricePerUnitData.nullish(),
  additionalInfoSections: z
    .array(
      z.strictObject({ title: boundedText(50).default(""), description: boundedText(16_000).default("") }),
    )
    .max(50)
    .nullish(),
  ribbons: readOnly,
  ribbon: boundedText(30).nullish(),
  media: readOnly,
  customTextFields: readOnly,
  manageVariants: z.boolean().nullish(),
  productOptions: productOptions.nullish(),
  productPageUrl: readOnly,
  numericId: readOnly,
  inventoryItemId: readOnly,
  discount: discount.nullish(),
  collectionIds: readOnly,
  variants: readOnly,
  lastUpdated: readOnly,
  createdDate: readOnly,
  seoData: z.strictObject({ tags: z.array(seoTag).nullish(), settings: seoSettings.nullish() }).nullish(),
  brand: boundedText(50, { min: 1 }).nullish(),
});

type Maybe<Value> = Value | null | undefined;

/** Input of a product. A null or absent field keeps its value. */
export interface ProductInput {
  readonly name?: Maybe<string>;
  readonly slug?: Maybe<string>;
  readonly visible?: Maybe<boolean>;
  readonly productType?: Maybe<ProductType>;
  readonly description?: Maybe<string>;
  readonly sku?: Maybe<string>;
  readonly weight?: Maybe<number>;
  readonly productDimensions?: Maybe<Dimensions>;
  readonly packageDimensions?: Maybe<Dimensions>;
  readonly price?: Maybe<{ readonly price?: Maybe<number> }>;
  readonly priceData?: Maybe<{ readonly price?: Maybe<number> }>;
  readonly costAndProfitData?: Maybe<{ readonly itemCost?: Maybe<number> }>;
  readonly pricePerUnitData?: Maybe<PricePerUnitData>;
  readonly additionalInfoSections?: Maybe<
    readonly { readonly title: string; readonly description: string }[]
  >;
  readonly ribbon?: Maybe<string>;
  readonly manageVariants?: Maybe<boolean>;
  readonly productOptions?: Maybe<readonly OptionInput[]>;
  readonly discount?: Maybe<{ readonly type: Discount["type"]; readonly value?: Maybe<number> }>;
  readonly seoData?: Maybe<{ readonly tags?: Maybe<readonly unknown[]>; readonly settings?: unknown }>;
  readonly brand?: Maybe<string>;
}

interface OptionInput {
  readonly optionType?: Maybe<"unspecified_option_type" | ProductOption["optionType"]>;
  readonly name: string;
  readonly choices: readonly { readonly value: string; readonly description: string }[];
}

const missing = { message: "is required", params: { rule: "REQUIRED_FIELD" } } as const;

/** Body of the request that creates a product. */
export const newProductBody: z.ZodObject<{ product: z.ZodType<ProductInput> }> = z.strictObject({
  product: product
    .refine(({ name }) => name != null, { path: ["name"], ...missing })
    .refine((input) => priceOf(input) !== undefined, { path: ["priceData", "price"], ...missing })
    // As documented, apps can create only physical products.
    .refine(({ productType }) => productType !== "digital", {
      path: ["productType"],
      message: "must be physical",
      params: { rule: "INVALID_ENUM_VALUE" },
    })
    .meta({
      id: "NewProduct",
      required: ["name"],
      description: "Needs a price too, in priceData or in price",
    }),
});
/** Body of the request that changes a product. */
export const productChangeBody: z.ZodObject<{ product: z.ZodType<ProductInput> }> = z.strictObject({
  product: product.meta({ id: "ProductChange", description: "An absent or null field keeps its value" }),
});

/** The price in the input, in the currency of the site. */
export function priceOf(input: ProductInput): number | undefined {
  return input.priceData?.price ?? input.price?.price ?? undefined;
}

function areDistinct(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}
