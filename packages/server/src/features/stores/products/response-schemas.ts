import { z } from "zod";
import { schemaOf } from "../../../infrastructure/routes/index.ts";
import { media, priceData, productOption } from "../product-schema.ts";
import type { BulkResult, ItemResult } from "./bulk-changes.ts";
import type { OptionsAvailability, SelectedVariant } from "./options-availability.ts";

type Metadata = ItemResult["itemMetadata"];
type Success = Extract<Metadata, { success: true }>;
type Failure = Extract<Metadata, { success: false }>;

const item = {
  id: z.string().optional().meta({ description: "Absent when the request has no GUID there" }),
  originalIndex: z.int().meta({ description: "Position in the request" }),
};

/** The results of a bulk change, product by product. */
export const bulkResult: z.ZodType<BulkResult> = schemaOf<BulkResult>(
  {
    results: z.array(
      schemaOf<ItemResult>({
        itemMetadata: z.union([
          schemaOf<Success>({ ...item, success: z.literal(true) }),
          schemaOf<Failure>({
            ...item,
            success: z.literal(false),
            error: z.object({
              code: z.string(),
              description: z.string(),
              data: z.record(z.string(), z.unknown()),
            }),
          }),
        ]),
      }),
    ),
    bulkActionMetadata: schemaOf<BulkResult["bulkActionMetadata"]>({
      totalSuccesses: z.int(),
      totalFailures: z.int(),
      undetailedFailures: z.literal(0),
    }),
  },
  { id: "BulkResult" },
);

/** The choices that remain, and the variant once every option has a choice. */
export const optionsAvailability: z.ZodType<OptionsAvailability> = schemaOf<OptionsAvailability>(
  {
    selectedVariant: schemaOf<SelectedVariant>({
      price: priceData,
      convertedPriceData: priceData,
      weight: z.number(),
      sku: z.string(),
      quantity: z.number().optional().meta({ description: "Present when stock is counted" }),
      inStock: z.boolean(),
      visible: z.boolean(),
    })
      .optional()
      .meta({ description: "Absent until every option has a choice" }),
    media,
    productOptions: z.array(productOption),
    availableForPurchase: z.boolean(),
  },
  { id: "OptionsAvailability" },
);
