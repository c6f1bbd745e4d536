import { z } from "zod";

/** A schema for each field of `Value`, the optional ones included. */
export type FieldSchemas<Value> = { readonly [Name in keyof Value]-?: z.ZodType<Value[Name]> };

/**
 * The schema of an interface: the compiler checks that each field has one.
 *
 * @param meta `id` names the schema in the OpenAPI document; without one it is written out at each use
 *
 * @example
 * schemaOf<Discount>({ type: z.enum(["NONE", "AMOUNT"]), value: z.number() }, { id: "Discount" });
 */
export function schemaOf<Value>(
  fields: FieldSchemas<Value>,
  meta: { readonly id?: string; readonly description?: string } = {},
): z.ZodType<Value> {
  // zod lets an optional field hold undefined, which JSON does not have and the interfaces exclude.
  return z.object(fields).meta(meta) as z.ZodType<unknown> as z.ZodType<Value>;
}
