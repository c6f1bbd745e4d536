import { z } from "zod";
import { schemaOf } from "../../../infrastructure/routes/index.ts";
import { media, priceData, productOption } from "../product-schema.ts";
import type { OptionsAvailability, SelectedVariant } from "./options-availability.ts";

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
