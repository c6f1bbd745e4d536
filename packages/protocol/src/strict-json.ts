/** What {@link parseStrictJson} found wrong. */
export type JsonFault = "INVALID_JSON" | "DUPLICATE_KEY";

/** How deep a body may nest; nothing on the wire comes near. */
const maxDepth = 64;

/**
 * Reads JSON as RFC 8259 with the freedoms taken away that let two readers of one text see different things: no key
 * twice in one object, no `__proto__`, bounded nesting.
 *
 * @example
 * parseStrictJson('{"a":1}'); // { value: { a: 1 } }
 * parseStrictJson('{"a":1,"a":2}'); // { fault: "DUPLICATE_KEY" }
 */
export function parseStrictJson(text: string): { value: unknown } | { fault: JsonFault } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { fault: "INVALID_JSON" };
  }
  const kept = countMembers(value, 0);
  if (kept === undefined) return { fault: "INVALID_JSON" };
  // Outside of strings every colon belongs to one member; a repeated key leaves fewer members than colons.
  return kept === countColons(text) ? { value } : { fault: "DUPLICATE_KEY" };
}

/** Members in all objects, or undefined for nesting or names that are refused. */
function countMembers(value: unknown, depth: number): number | undefined {
  if (typeof value !== "object" || value === null) return 0;
  if (depth >= maxDepth) return undefined;
  let count = 0;
  for (const key of Object.keys(value)) {
    if (key === "__proto__") return undefined;
    const inner = countMembers((value as Record<string, unknown>)[key], depth + 1);
    if (inner === undefined) return undefined;
    count += inner;
  }
  return Array.isArray(value) ? count : count + Object.keys(value).length;
}

const quote = 34;
const backslash = 92;
const colon = 58;

/** Colons outside of strings in a text that is known to be valid JSON. */
function countColons(text: string): number {
  let count = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === backslash) index += 1;
      else if (code === quote) inString = false;
    } else if (code === quote) inString = true;
    else if (code === colon) count += 1;
  }
  return count;
}
