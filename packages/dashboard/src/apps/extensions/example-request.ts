type Schema = Readonly<Record<string, unknown>>;

const maxDepth = 8;

/** A request that has the required fields of a JSON Schema; without a schema an empty object. */
export function exampleRequest(schema: Schema | undefined): unknown {
  return schema === undefined ? {} : exampleOf(schema, { root: schema, depth: 0 });
}

interface Place {
  readonly root: Schema;
  readonly depth: number;
}

function exampleOf(schema: Schema, { depth, root }: Place): unknown {
  const below = { root, depth: depth + 1 };
  if (depth > maxDepth) return null;
  if ("const" in schema) return schema.const;
  const given = firstOf(schema.examples) ?? schema.default ?? firstOf(schema.enum);
  if (given !== undefined) return given;
  const other =
    referred(schema, root) ?? firstOf(schema.anyOf) ?? firstOf(schema.oneOf) ?? firstOf(schema.allOf);
  if (isSchema(other)) return exampleOf(other, below);
  switch (typeOf(schema)) {
    case "object":
      return exampleObject(schema, below);
    case "array":
      return Array.from({ length: numberOf(schema.minItems) }, () =>
        exampleOf(isSchema(schema.items) ? schema.items : {}, below),
      );
    case "integer":
    case "number":
      return Math.max(numberOf(schema.minimum), 1);
    case "boolean":
      return true;
    case "null":
      return null;
    default:
      return exampleText(schema);
  }
}

function exampleObject(schema: Schema, place: Place): Record<string, unknown> {
  const properties = isSchema(schema.properties) ? schema.properties : {};
  const names = Array.isArray(schema.required) ? schema.required.map(String) : Object.keys(properties);
  return Object.fromEntries(
    names.map((name) => [name, exampleOf(isSchema(properties[name]) ? properties[name] : {}, place)]),
  );
}

const formats: Readonly<Record<string, string>> = {
  date: "2027-01-31",
  "date-time": "2027-01-31T12:00:00Z",
  time: "12:00:00Z",
  email: "ann@example.com",
  uri: "https://example.com/",
  uuid: "00000000-0000-4000-8000-000000000000",
  currency: "USD",
  decimal: "9.90",
};

function exampleText({ format, minLength }: Schema): string {
  return formats[String(format)] ?? "text".padEnd(numberOf(minLength), "x");
}

function typeOf({ properties, type }: Schema): unknown {
  const named = Array.isArray(type) ? type.find((one) => one !== "null") : type;
  return named ?? (properties === undefined ? "string" : "object");
}

/** The schema that a local reference names. */
function referred({ $ref }: Schema, root: Schema): unknown {
  if (typeof $ref !== "string" || !$ref.startsWith("#")) return undefined;
  const [, ...names] = $ref.split("/");
  return names.reduce<unknown>((found, name) => (isSchema(found) ? found[name] : undefined), root);
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : undefined;
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
