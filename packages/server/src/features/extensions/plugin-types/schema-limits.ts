import type { JsonSchema } from "./plugin-type.ts";

const maxBytes = 65_536;
const maxDepth = 50;
const maxExpandedParts = 10_000;

/** Describes why a schema costs too much to be checked; undefined when it may be compiled. */
export function expenseOf(schema: JsonSchema): string | undefined {
  if (Buffer.byteLength(JSON.stringify(schema)) > maxBytes) return `is larger than ${maxBytes} bytes`;
  const { depth, parts } = measure(schema);
  if (depth > maxDepth) return `is nested deeper than ${maxDepth} levels`;
  if (parts > maxExpandedParts) return `has more than ${maxExpandedParts} parts when each $ref is expanded`;
  return undefined;
}

/** Counts the objects and arrays of a schema with each local `$ref` expanded. A `$ref` to a part around it is not expanded. */
function measure(schema: JsonSchema): { depth: number; parts: number } {
  const counted = new Map<object, number>();
  let deepest = 0;
  const count = (part: unknown, depth: number): number => {
    if (typeof part !== "object" || part === null) return 0;
    deepest = Math.max(deepest, depth);
    const known = counted.get(part);
    if (known !== undefined || depth > maxDepth) return known ?? 1;
    counted.set(part, 1);
    const { $ref } = part as { readonly $ref?: unknown };
    const target = typeof $ref === "string" ? resolve(schema, $ref) : undefined;
    const children = Object.values(part).reduce<number>((sum, child) => sum + count(child, depth + 1), 1);
    const parts = children + count(target, depth);
    counted.set(part, parts);
    return parts;
  };
  return { parts: count(schema, 1), depth: deepest };
}

/** The part that a local reference such as `#/$defs/price` names. */
function resolve(schema: JsonSchema, reference: string): unknown {
  if (!reference.startsWith("#/")) return undefined;
  return reference
    .slice(2)
    .split("/")
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>((part, name) => (part as Readonly<Record<string, unknown>> | null)?.[name], schema);
}
