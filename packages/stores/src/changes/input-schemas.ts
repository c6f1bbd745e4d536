import { z } from "zod";

// Schemas of input fields. Each message completes a sentence that begins with the name of the field.

/**
 * A field that the platform computes. Its value is ignored, because clients send back whole objects that they have
 * read.
 */
export const readOnly: z.ZodOptional<z.ZodUnknown> = z
  .unknown()
  .optional()
  .meta({ description: "Ignored: the platform computes it" });

/** Text of `min` to `max` characters that both databases can store. With `min` 1, blank text is rejected. */
export function boundedText(max: number, { min = 0 }: { min?: 0 | 1 } = {}): z.ZodString {
  return z
    .string()
    .max(max)
    .refine((value) => min === 0 || value.trim() !== "", {
      message: "must not be empty",
      params: { rule: "MIN_LENGTH" },
    })
    .refine((value) => value.isWellFormed() && !value.includes("\0"), {
      message: "must not have NUL or unpaired surrogates",
      params: { rule: "FORMAT" },
    });
}

const largestAmount = 999_999_999.99;

/** A price, a cost or a weight: a number of at least 0 and at most 999,999,999.99. */
export const amount: z.ZodNumber = z.number().min(0).max(largestAmount);

/** A change of an amount. */
export const signedAmount: z.ZodNumber = z.number().min(-largestAmount).max(largestAmount);

const slugPattern = /^[\p{Letter}\p{Mark}\p{Number}_-]*$/u;

/** Part of a page address: letters and digits of any script, hyphens and underscores. */
export const slug: z.ZodString = boundedText(100, { min: 1 })
  .regex(slugPattern, "must have only letters, digits, hyphens and underscores")
  // Without this, the OpenAPI document would contain the flag of the pattern.
  .meta({ pattern: slugPattern.source });

/** An id. A malformed id is treated as unknown. */
export const idInput: z.ZodString = boundedText(100, { min: 1 });

/** Requires that exactly one field of the object is set. */
export function exactlyOneField<Schema extends z.ZodObject>(schema: Schema): Schema {
  return schema.refine((value) => Object.values(value).filter((field) => field != null).length === 1, {
    message: `must have exactly one of ${Object.keys(schema.shape).join(", ")}`,
    params: { rule: "REQUIRED_ONE_OF_FIELD" },
  });
}
