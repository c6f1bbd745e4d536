import { schemaOf } from "@latchkey/server";
import { z } from "zod";
import type { Collection } from "../catalog/collection.ts";
import { media } from "../products/product-schema.ts";

export const collection: z.ZodType<Collection> = schemaOf<Collection>(
  {
    id: z.string().meta({ description: "A GUID, except for the collection of all products" }),
    name: z.string(),
    media,
    description: z.string(),
    slug: z.string(),
    visible: z.boolean(),
    numberOfProducts: z.int().meta({ description: "Hidden products included" }),
  },
  { id: "Collection" },
);
