import { canonicalGuid } from "@latchkey/protocol";
import { z } from "zod";
import { parseIsoTime } from "../clock/index.ts";

// Schemas of common fields. Each message completes a sentence that begins with the name of the field.

/** Matches a format character that is not a joiner, and a text of invisible characters only. */
const invisible = /(?![\u200c\u200d])\p{Cf}|^[\s\p{Default_Ignorable_Code_Point}]+$/u;

/**
 * Text for people: trimmed, 1 to `max` characters, without control characters, line breaks and unpaired surrogates. Of
 * the invisible characters it allows only joiners, which some scripts and emoji need.
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

/** A GUID, converted to lower case. */
export const guid: z.ZodType<string, string> = z
  .guid("must be a GUID")
  .transform((value) => canonicalGuid(value) ?? value);

/** The name of a permission or a scope. */
export const dottedName: z.ZodString = z
  .string()
  .max(100)
  .regex(
    /^[A-Za-z][A-Za-z0-9._-]*$/,
    "must begin with a letter and have only letters, digits, dots, hyphens and underscores",
  );

/** An absolute URI without fragment (RFC 8707 §2), which is compared character by character. */
export const resourceIdentifier: z.ZodString = z
  .string()
  .max(500)
  .regex(
    /^[A-Za-z][A-Za-z0-9+.-]*:[\w\-.~:/?[\]@!$&'()*+,;=%]+$/,
    "must be an absolute URI without fragment, such as https://api.example.com/bookings",
  )
  .meta({ description: "Absolute URI without fragment, such as https://api.example.com/bookings" });

/** An ISO 8601 time with a zone, converted to epoch milliseconds. */
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

/** An http or https URL, normalized as browsers do. */
export const webAddress: z.ZodType<string, string> = z
  .url({ protocol: /^https?$/, error: "must be an http or https URL" })
  .max(2_000)
  .refine((value) => !/^[^/]*\/\/[^/?#]*@/.test(value), {
    message: "must not have a user name or password",
    params: { rule: "FORMAT" },
  })
  .transform((value) => new URL(value).href);

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Returns why an address must not receive signed or secret parameters, such as "must not have a fragment"; undefined
 * when it may.
 *
 * @param options.loopback whether `http` is allowed for loopback addresses
 */
export function pageAddressViolation(
  text: string,
  options: { readonly loopback: boolean },
): string | undefined {
  if (/[\p{Cc}\s\\]/u.test(text) || !URL.canParse(text)) return "must be an absolute URL";
  const { hostname, password, protocol, username } = new URL(text);
  const local = options.loopback && protocol === "http:" && loopback.test(hostname);
  if ((protocol !== "https:" && !local) || !/^https?:\/\/[^/]/i.test(text)) {
    return options.loopback
      ? "must begin with https://, or with http:// for a loopback address"
      : "must begin with https://";
  }
  if (username + password !== "" || /^[^/]*\/\/[^/?#]*@/.test(text)) {
    return "must not have a user name or password";
  }
  return text.includes("#") ? "must not have a fragment" : undefined;
}

/** A time in a response. */
export const time: z.ZodISODateTime = z.iso.datetime();

/** Requires at least one field of a schema of changes. */
export function someOf<Schema extends z.ZodObject>(schema: Schema): Schema {
  return schema.refine((changes) => Object.values(changes).some((value) => value !== undefined), {
    message: `must have at least one of ${Object.keys(schema.shape).join(", ")}`,
    params: { rule: "REQUIRED_ONE_OF_FIELD" },
  });
}
