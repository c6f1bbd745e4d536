import { z } from "zod";
import { schemaOf } from "../../../infrastructure/routes/index.ts";
import { media } from "../product-schema.ts";
import type { Collection } from "./collection.ts";

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
