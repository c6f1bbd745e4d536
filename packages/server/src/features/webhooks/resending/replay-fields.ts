import { z } from "zod";
import { guid, instant } from "../../../infrastructure/routes/index.ts";

const sequence = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

/** What selects the deliveries of a webhook that a replay sends. */
export const replayFields: {
  statuses: z.ZodDefault<
    z.ZodArray<z.ZodEnum<{ pending: "pending"; delivered: "delivered"; failed: "failed" }>>
  >;
  instanceId: z.ZodOptional<typeof guid>;
  fromSequence: z.ZodOptional<z.ZodInt>;
  toSequence: z.ZodOptional<z.ZodInt>;
  from: z.ZodOptional<typeof instant>;
  to: z.ZodOptional<typeof instant>;
} = {
  statuses: z
    .array(z.enum(["pending", "delivered", "failed"]))
    .min(1)
    .default(["pending", "failed"])
    .meta({ description: "Default: deliveries that have not succeeded" }),
  instanceId: guid.optional(),
  fromSequence: sequence.optional(),
  toSequence: sequence.optional(),
  from: instant.optional().meta({ description: "Created at or after" }),
  to: instant.optional().meta({ description: "Created at or before" }),
};
