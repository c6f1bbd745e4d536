import { parseStrictJson } from "@latchkey/server";
import { violation } from "../violation.ts";

/**
 * Reads a filter or sort, which is JSON text in the reference, and a JSON value from some clients. Returns undefined
 * for absent, null and blank input. Throws a violation for text that is not JSON, and for JSON that was encoded twice.
 */
export function parseJsonValue(input: unknown, path: string): unknown {
  if (typeof input !== "string") return input ?? undefined;
  if (input.trim() === "") return undefined;
  const value = parse(input, path);
  if (typeof value !== "string") return value ?? undefined;
  throw violation(path, "FORMAT", "is JSON that holds text; encode it as JSON once");
}

function parse(text: string, path: string): unknown {
  const parsed = parseStrictJson(text);
  if ("value" in parsed) return parsed.value;
  throw violation(
    path,
    "FORMAT",
    parsed.fault === "DUPLICATE_KEY" ? "names the same key twice" : "is not valid JSON",
  );
}
