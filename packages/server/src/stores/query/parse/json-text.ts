import { parseStrictJson } from "../../../http/index.ts";
import { violation } from "../violation.ts";

/**
 * A filter or sort as it was sent: a string of JSON as the reference writes it, or the JSON itself as some clients
 * send it. Absent, null and empty are all "none", which is `undefined`.
 */
export function readJsonText(input: unknown, path: string): unknown {
  const value = typeof input === "string" && input.trim() !== "" ? parse(input, path) : input;
  return value === null || value === "" || typeof value === "string" ? undefined : value;
}

function parse(text: string, path: string): unknown {
  const parsed = parseStrictJson(text);
  if ("value" in parsed) return parsed.value;
  throw violation(
    path,
    { violatedRule: "FORMAT" },
    parsed.fault === "DUPLICATE_KEY" ? "names the same key twice" : "is not valid JSON",
  );
}
