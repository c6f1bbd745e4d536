import { canonicalGuid } from "@latchkey/protocol";
import { z } from "zod";
import { parseIsoTime } from "../clock/index.ts";

// The building blocks of request schemas. Each message completes a sentence that begins with the field's name.

/** A format character that is no joiner, or nothing but what nobody sees. */
const invisible = /(?![\u200c\u200d])\p{Cf}|^[\s\p{Default_Ignorable_Code_Point}]+$/u;

/**
 * Text for people: trimmed, 1 to `max` characters, nothing that breaks a line, a log or a database, or makes a name
 * look like another. Of invisible characters only the joiners are taken, that scripts and emoji need between others.
 */
export function text(max: number): z.ZodString {
  return z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((value) => !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(value), {
      message: "must not have control characters",
      params: { rule: "FORMAT" },
    })
    .refine((value) => !invisible.test(value), {
      message: "must not have invisible characters",
      params: { rule: "FORMAT" },
    });
}

/** An id in either case, read as it is stored. */
export const guid: z.ZodType<string, string> = z
  .guid("must be a GUID")
  .transform((value) => canonicalGuid(value) ?? value);

/** The name of a permission or a scope: it appears in tokens, lists and URLs as it is. */
export const dottedName: z.ZodString = z
  .string()
  .max(100)
  .regex(
    /^[A-Za-z][A-Za-z0-9._-]*$/,
    "must begin with a letter and have only letters, digits, dots, hyphens and underscores",
  );

/** RFC 8707 §2: an absolute URI without fragment; it is compared character by character and goes into tokens. */
export const resourceIdentifier: z.ZodString = z
  .string()
  .max(500)
  .regex(
    /^[A-Za-z][A-Za-z0-9+.-]*:[\w\-.~:/?[\]@!$&'()*+,;=%]+$/,
    "must be an absolute URI without fragment, such as https://api.example.com/bookings",
  )
  .meta({ description: "Absolute URI without fragment, such as https://api.example.com/bookings" });

/** An instant as ISO 8601 with a zone, read as epoch milliseconds. */
export const instant: z.ZodType<number, string> = z.iso
  .datetime({ offset: true, error: "must be an ISO 8601 time with a zone, such as 2027-01-31T12:00:00Z" })
  .transform((value, context) => {
    const epochMs = parseIsoTime(value);
    if (epochMs !== undefined) return epochMs;
    context.addIssue({
      code: "custom",
      message: "must be an ISO 8601 time with a zone",
      params: { rule: "FORMAT" },
    });
    return z.NEVER;
  });

/** An address of a page, read in the one way that browsers write it. */
export const webAddress: z.ZodType<string, string> = z
  .url({ protocol: /^https?$/, error: "must be an http or https URL" })
  .max(2_000)
  .refine((value) => !/^[^/]*\/\/[^/?#]*@/.test(value), {
    message: "must not have a user name or password",
    params: { rule: "FORMAT" },
  })
  .transform((value) => new URL(value).href);

/** An instant in an answer. */
export const time: z.ZodISODateTime = z.iso.datetime();

/** Adds to a schema of changes that at least one is there. */
export function someOf<Schema extends z.ZodObject>(schema: Schema): Schema {
  return schema.refine((changes) => Object.values(changes).some((value) => value !== undefined), {
    message: `must have at least one of ${Object.keys(schema.shape).join(", ")}`,
    params: { rule: "REQUIRED_ONE_OF_FIELD" },
  });
}
