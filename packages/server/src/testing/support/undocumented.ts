import type { JsonSchema } from "@latchkey/test-support/management-operations";

/** Paths that exist only in a value or only in its schema. */
export function undocumented(schema: JsonSchema, value: unknown, path: string): string[] {
  if (Array.isArray(value))
    return value.flatMap((item) => undocumented(schema.items ?? {}, item, `${path}[]`));
  if (typeof value !== "object" || value === null || schema.additionalProperties !== undefined) return [];
  const properties = schema.properties ?? {};
  const missing = (schema.required ?? []).filter((name) => !(name in value));
  return [
    ...missing.map((name) => `${path}.${name} is missing`),
    ...Object.entries(value).flatMap(([name, inner]) => {
      const known = properties[name];
      return known === undefined
        ? [`${path}.${name} is not documented`]
        : undocumented(known, inner, `${path}.${name}`);
    }),
  ];
}
