import { compileSchema, type SchemaCheck } from "../extensions/index.ts";

type Schema = Readonly<Record<string, unknown>>;

const acceptAll: SchemaCheck = () => [];

/** Compiles schemas, and caches each while its object is in use: compiling one takes longer than a call. */
export function createSchemaChecks(): (schema: Schema | undefined) => SchemaCheck {
  const compiled = new WeakMap<Schema, SchemaCheck>();
  return (schema) => {
    if (schema === undefined) return acceptAll;
    const check = compiled.get(schema) ?? compileSchema(schema);
    compiled.set(schema, check);
    return check;
  };
}
