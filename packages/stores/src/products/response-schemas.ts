import { schemaOf } from "@latchkey/server";
import { z } from "zod";
import type { BulkResult, ItemResult } from "./bulk-changes.ts";

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
