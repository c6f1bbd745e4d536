import { z } from "zod";

/** A schema for each field of `Value`, the optional ones included. */
export type FieldSchemas<Value> = { readonly [Name in keyof Value]-?: z.ZodType<Value[Name]> };

/**
 * The schema of an interface: the compiler checks that each field has one.
 *
 * @param id names the schema in the OpenAPI document; default: it is written out where it is used
 *
 * @example
 * schemaOf<Discount>({ type: z.enum(["NONE", "AMOUNT"]), value: z.number() }, "Discount");
 */
export function schemaOf<Value>(fields: FieldSchemas<Value>, id?: string): z.ZodType<Value> {
  const schema = z.object(fields);
  // zod lets an optional field hold undefined, which JSON does not have and the interfaces exclude.
  return (id === undefined ? schema : schema.meta({ id })) as z.ZodType<unknown> as z.ZodType<Value>;
}
