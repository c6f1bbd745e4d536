import { z } from "zod";
import { instant } from "../routes/index.ts";

const pageBounds = { min: 1, max: 100, default: 50 } as const;

/** The query parameters of every list. */
export const pageQuery: {
  limit: z.ZodType<number, string | undefined>;
  cursor: z.ZodOptional<z.ZodString>;
} = {
  limit: z
    .string()
    .regex(/^-?\d{1,12}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.number().min(pageBounds.min).max(pageBounds.max))
    .default(pageBounds.default),
  cursor: z.string().max(1_000).optional(),
};

/** The schemas of the same parameters for the OpenAPI document. */
export const documentedPageQuery: { limit: z.ZodType<number>; cursor: z.ZodOptional<z.ZodString> } = {
  limit: z.int().min(pageBounds.min).max(pageBounds.max).default(pageBounds.default).meta({
    description:
      "Items of one page at most. It may have fewer, or none: continue while there is a nextCursor",
  }),
  cursor: z.string().optional().meta({ description: "nextCursor of the previous page" }),
};

/** Filters of lists with the newest item first. */
export const timeFilters: Record<"since" | "until", z.ZodOptional<typeof instant>> = {
  since: instant.optional().meta({ description: "Stored at or after this time" }),
  until: instant.optional().meta({ description: "Stored before this time" }),
};
