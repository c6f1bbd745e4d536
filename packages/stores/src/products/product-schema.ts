import { schemaOf, time } from "@latchkey/server";
import { z } from "zod";
import {
  type Choice,
  type CostAndProfitData,
  type CustomTextField,
  type Discount,
  inventoryStatuses,
  type Media,
  type MediaItem,
  type Picture,
  type PriceData,
  type Product,
  type ProductOption,
  productTypes,
  type Range,
  type Stock,
  type Variant,
  type VariantStock,
} from "../catalog/product.ts";
import { pricePerUnitData, seoSettings, seoTag, dimensions as writtenDimensions } from "./product-input.ts";

// Schemas of the products, variants and media in responses.

const dimensions = writtenDimensions.meta({ id: "Dimensions", description: "Decimals as strings" });

const range = schemaOf<Range>({ minValue: z.number(), maxValue: z.number() }, { id: "Range" });

export const priceData: z.ZodType<PriceData> = schemaOf<PriceData>(
  {
    currency: z.string().meta({ description: "ISO 4217" }),
    price: z.number(),
    discountedPrice: z.number(),
    formatted: schemaOf<PriceData["formatted"]>({
      price: z.string(),
      discountedPrice: z.string(),
      pricePerUnit: z.string().optional(),
    }),
    pricePerUnit: z.number().optional().meta({ description: "Discounted price of the base quantity" }),
  },
  { id: "PriceData" },
);

const costAndProfitData = schemaOf<CostAndProfitData>(
  {
    itemCost: z.number(),
    formattedItemCost: z.string(),
    profit: z.number(),
    formattedProfit: z.string(),
    profitMargin: z.number().meta({ description: "Fraction of the discounted price: 0.25 is 25 %" }),
  },
  { id: "CostAndProfitData" },
);

const picture = schemaOf<Picture>(
  { url: z.string(), width: z.number(), height: z.number() },
  { id: "Picture" },
);

const mediaItem = schemaOf<MediaItem>(
  {
    id: z.string(),
    mediaType: z.enum(["image", "video"]),
    title: z.string(),
    image: picture.optional(),
    thumbnail: picture,
  },
  { id: "MediaItem" },
);

export const media: z.ZodType<Media> = schemaOf<Media>(
  { mainMedia: mediaItem.optional(), items: z.array(mediaItem) },
  { id: "Media" },
);

export const productOption: z.ZodType<ProductOption> = schemaOf<ProductOption>(
  {
    optionType: z.enum(["drop_down", "color"]),
    name: z.string(),
    choices: z.array(
      schemaOf<Choice>(
        {
          value: z.string().meta({ description: "A color, or the same as the description" }),
          description: z.string(),
          media,
          inStock: z.boolean(),
          visible: z.boolean(),
        },
        { id: "Choice" },
      ),
    ),
  },
  { id: "ProductOption" },
);

export const choices: z.ZodType<Variant["choices"]> = z
  .record(z.string(), z.string())
  .meta({ description: "Choice of each option, by the name of the option" });

const quantity = z.number().optional().meta({ description: "Present when stock is counted" });

export const variantStock: z.ZodType<VariantStock> = schemaOf<VariantStock>(
  { trackQuantity: z.boolean(), quantity, inStock: z.boolean() },
  { id: "VariantStock" },
);

export const variant: z.ZodType<Variant> = schemaOf<Variant>(
  {
    id: z.string(),
    choices,
    variant: schemaOf<Variant["variant"]>({
      priceData,
      convertedPriceData: priceData,
      costAndProfitData: costAndProfitData.optional(),
      weight: z.number(),
      sku: z.string(),
      visible: z.boolean(),
      productDimensions: dimensions.optional(),
      packageDimensions: dimensions.optional(),
    }),
    stock: variantStock,
  },
  { id: "Variant" },
);

const stock = schemaOf<Stock>(
  {
    trackInventory: z.boolean(),
    quantity,
    inStock: z.boolean(),
    inventoryStatus: z.enum(inventoryStatuses),
  },
  { id: "Stock" },
);

const discount = schemaOf<Discount>(
  { type: z.enum(["NONE", "AMOUNT", "PERCENT"]), value: z.number() },
  { id: "Discount" },
);

export const product: z.ZodType<Product> = schemaOf<Product>(
  {
    id: z.guid(),
    name: z.string(),
    slug: z.string(),
    visible: z.boolean(),
    productType: z.enum(productTypes),
    description: z.string().meta({ description: "HTML" }),
    sku: z.string(),
    weight: z.number(),
    weightRange: range,
    productDimensions: dimensions.optional(),
    packageDimensions: dimensions.optional(),
    stock,
    price: priceData,
    priceData,
    convertedPriceData: priceData,
    priceRange: range,
    costAndProfitData: costAndProfitData.optional(),
    costRange: range.optional(),
    pricePerUnitData: pricePerUnitData.meta({ id: "PricePerUnitData" }).optional(),
    additionalInfoSections: z.array(z.object({ title: z.string(), description: z.string() })),
    ribbons: z.array(z.object({ text: z.string() })),
    ribbon: z.string(),
    media,
    customTextFields: z.array(
      schemaOf<CustomTextField>({ title: z.string(), maxLength: z.number(), mandatory: z.boolean() }),
    ),
    manageVariants: z.boolean(),
    productOptions: z.array(productOption),
    productPageUrl: z.object({ base: z.string(), path: z.string() }),
    numericId: z.string().meta({ description: "Digits; rises with each product of the site" }),
    inventoryItemId: z.string(),
    discount,
    collectionIds: z.array(z.string()),
    variants: z.array(variant).meta({ description: "Queries return none without includeVariants" }),
    lastUpdated: time,
    createdDate: time,
    seoData: schemaOf<Product["seoData"]>({ tags: z.array(seoTag), settings: seoSettings.optional() }),
    brand: z.string().optional(),
  },
  {
    id: "Product",
    description:
      "costAndProfitData and costRange are present only with includeMerchantSpecificData. price equals priceData.",
  },
);
