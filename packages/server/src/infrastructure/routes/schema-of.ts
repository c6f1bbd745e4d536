import { z } from "zod";

/** A schema for each field of `Value`, the optional ones included. */
export type FieldSchemas<Value> = { readonly [Name in keyof Value]-?: z.ZodType<Value[Name]> };

/**
 * Creates the schema of an interface. The compiler checks that every field has a schema.
 *
 * @param meta `id` is the name in the OpenAPI document; a schema without one is inlined
 *
 * @example
 * schemaOf<Discount>({ type: z.enum(["NONE", "AMOUNT"]), value: z.number() }, { id: "Discount" });
 */
export function schemaOf<Value>(
  fields: FieldSchemas<Value>,
  meta: { readonly id?: string; readonly description?: string } = {},
): z.ZodType<Value> {
  // zod allows undefined in optional fields. JSON has no undefined, and the interfaces exclude it.
  return z.object(fields).meta(meta) as z.ZodType<unknown> as z.ZodType<Value>;
}
