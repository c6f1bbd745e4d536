/** The reason why {@link parseStrictJson} rejects a text. */
export type JsonFault = "INVALID_JSON" | "DUPLICATE_KEY";

/** The maximum nesting depth. Real messages stay far below it. */
const maxDepth = 64;

/**
 * Parses JSON and rejects texts that two parsers can read differently: duplicate keys in an object, the key
 * `__proto__`, and deep nesting.
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
  // Each member has one colon outside of strings. With a duplicate key, there are fewer members than colons.
  return kept === countColons(text) ? { value } : { fault: "DUPLICATE_KEY" };
}

/** A JSON object whose members are not checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Checks whether a value is a JSON object: neither null nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Parses a JSON object with {@link parseStrictJson}. Returns undefined for any other text. */
export function parseStrictObject(text: string): JsonObject | undefined {
  const parsed = parseStrictJson(text);
  return "value" in parsed && isJsonObject(parsed.value) ? parsed.value : undefined;
}

/** Counts the members of all objects. Returns undefined when the nesting or a key is rejected. */
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

/** Counts the colons outside of strings in valid JSON. */
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
