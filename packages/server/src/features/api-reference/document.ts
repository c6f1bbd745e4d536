import type { OpenApiDocument } from "../../infrastructure/routes/index.ts";

/** The members of a JSON schema that the page shows. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly example?: unknown;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema; readonly example?: unknown }>>;
}

/** The members of an operation that the page shows. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content & { readonly required?: boolean };
  readonly responses?: Readonly<Record<string, Content & { readonly description?: string }>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}

const methods = ["get", "post", "put", "patch", "delete"] as const;

/** Groups the operations of a document by tag, in the order of the document. */
export function operationsByTag(document: OpenApiDocument): Map<string, Operation[]> {
  const groups = new Map<string, Operation[]>();
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of methods) {
      const found = (item as Record<string, Omit<Operation, "method" | "path"> | undefined>)[method];
      if (found === undefined) continue;
      const tag = found.tags?.[0] ?? "Other";
      groups.set(tag, [...(groups.get(tag) ?? []), { ...found, method, path }]);
    }
  }
  return groups;
}

/** Resolves `$ref`, and merges `allOf`, `anyOf` and `oneOf` into one schema. */
export function resolve(document: OpenApiDocument, schema: Schema): Schema {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1);
    const named = (document.components?.schemas as Record<string, Schema> | undefined)?.[name] ?? {};
    return resolve(document, named);
  }
  const { anyOf, oneOf, ...single } = schema;
  const alternatives = anyOf ?? oneOf;
  if (alternatives !== undefined) return mergeAlternatives(document, alternatives, single);
  if (schema.allOf === undefined) return schema;
  const parts = schema.allOf.map((part) => resolve(document, part));
  const { allOf: _, ...own } = schema;
  return {
    ...Object.assign({}, ...parts, own),
    properties: Object.assign({}, ...parts.map((part) => part.properties)),
    required: parts.flatMap((part) => part.required ?? []),
  };
}

/** Merges alternatives. A field is required when every alternative requires it. */
function mergeAlternatives(document: OpenApiDocument, given: readonly Schema[], own: Schema): Schema {
  const alternatives = given.map((one) => resolve(document, one)).filter(({ type }) => type !== "null");
  const fields = Map.groupBy(
    alternatives.flatMap(({ properties = {} }) => Object.entries(properties)),
    ([name]) => name,
  );
  const merged = [...fields].map(([name, entries]): [string, Schema] => {
    const [[, only = {}] = [], ...more] = entries;
    const schemas = entries.map(([, schema]) => schema);
    return [name, more.length === 0 ? only : mergeAlternatives(document, schemas, {})];
  });
  const values = new Set(alternatives.flatMap((one) => one.enum ?? []));
  return {
    ...Object.assign({}, ...alternatives, own),
    type: [...new Set(alternatives.flatMap(({ type }) => type ?? []))],
    ...(alternatives.every((one) => one.enum) ? { enum: [...values] } : {}),
    properties: Object.fromEntries(merged),
    required: [...fields.keys()].filter((name) =>
      alternatives.every(({ required }) => required?.includes(name)),
    ),
  };
}
