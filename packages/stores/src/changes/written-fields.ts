import { z } from "zod";

// The building blocks of what apps write. Each message completes a sentence that begins with the field's name.

/** A field that the platform computes: clients send it back as they read it, and its value is ignored. */
export const computed: z.ZodOptional<z.ZodUnknown> = z
  .unknown()
  .optional()
  .meta({ description: "Ignored: the platform computes it" });

/** Text of `min` to `max` characters that both databases can hold; empty counts as none. */
export function words(max: number, { min = 0 }: { min?: 0 | 1 } = {}): z.ZodString {
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

/** What an amount is changed by. */
export const difference: z.ZodNumber = z.number().min(-largestAmount).max(largestAmount);

const slugPattern = /^[\p{Letter}\p{Mark}\p{Number}_-]*$/u;

/** A part of the address of a page: letters and digits of any script, and hyphens. */
export const slug: z.ZodString = words(100, { min: 1 })
  .regex(slugPattern, "must have only letters, digits, hyphens and underscores")
  // The generator of the document would write the flag into the pattern.
  .meta({ pattern: slugPattern.source });

/** An id as a client sends it: what is none belongs to nothing, and is answered so. */
export const givenId: z.ZodString = words(100, { min: 1 });

/** Adds that at most one of the object's fields is set, and at least one. */
export function oneOfFields<Schema extends z.ZodObject>(schema: Schema): Schema {
  return schema.refine((value) => Object.values(value).filter((field) => field != null).length === 1, {
    message: `must have exactly one of ${Object.keys(schema.shape).join(", ")}`,
    params: { rule: "REQUIRED_ONE_OF_FIELD" },
  });
}
