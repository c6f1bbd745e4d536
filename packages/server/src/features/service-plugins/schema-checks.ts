import { compileSchema, type SchemaCheck } from "../extensions/index.ts";

type Schema = Readonly<Record<string, unknown>>;

const anything: SchemaCheck = () => [];

/** Compiled schemas, kept while the schema object is in use: compiling one takes longer than a call. */
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
