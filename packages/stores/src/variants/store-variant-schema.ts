import { schemaOf } from "@latchkey/server";
import { z } from "zod";
import type { StoreVariant } from "../catalog/store-variant.ts";
import { choices, variantStock } from "../products/product-schema.ts";

export const storeVariant: z.ZodType<StoreVariant> = schemaOf<StoreVariant>(
  {
    id: z.string().meta({ description: "Product id, a hyphen, variant id" }),
    variantId: z.string(),
    productId: z.guid(),
    variantName: z.string().meta({ description: "The choices, or the name of a product without options" }),
    productName: z.string(),
    managedVariant: z.boolean().meta({ description: "Whether the variant has values of its own" }),
    sku: z.string(),
    stock: variantStock,
    choices,
    collectionIds: z.array(z.string()),
    preorderInfo: z.object({ enabled: z.boolean() }),
  },
  { id: "StoreVariant" },
);
