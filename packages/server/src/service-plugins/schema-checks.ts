import { compileSchema, type SchemaCheck } from "../extensions/index.ts";

type Schema = Readonly<Record<string, unknown>>;

const keptChecks = 200;
const anything: SchemaCheck = () => [];

/** Schemas ready for use: to compile one takes longer than to call somebody. */
export function createSchemaChecks(): { of(schema: Schema | undefined): SchemaCheck } {
  // By text, for what comes from the database is another object each time.
  const compiled = new Map<string, SchemaCheck>();
  return {
    of(schema) {
      if (schema === undefined) return anything;
      const text = JSON.stringify(schema);
      const known = compiled.get(text);
      if (known !== undefined) return known;
      const check = compileSchema(schema);
      if (compiled.size >= keptChecks) compiled.clear();
      compiled.set(text, check);
      return check;
    },
  };
}
