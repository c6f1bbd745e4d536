import { compileSchema, type SchemaCheck } from "../extensions/index.ts";

type Schema = Readonly<Record<string, unknown>>;

const anything: SchemaCheck = () => [];

/** Schemas ready for use, as long as they live: to compile one takes longer than to call somebody. */
export function createSchemaChecks(): { of(schema: Schema | undefined): SchemaCheck } {
  const compiled = new WeakMap<Schema, SchemaCheck>();
  return {
    of(schema) {
      if (schema === undefined) return anything;
      const known = compiled.get(schema);
      if (known !== undefined) return known;
      const check = compileSchema(schema);
      compiled.set(schema, check);
      return check;
    },
  };
}
