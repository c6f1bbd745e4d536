import { parseStrictJson } from "@latchkey/server";
import { violation } from "../violation.ts";

/**
 * A filter or sort as it was sent: JSON text as the reference writes it, or the JSON itself as some clients send it.
 * Absent, `null`, blank text and the text `null` are none, which is `undefined`.
 *
 * Throws a violation for text that is not JSON, and for JSON that holds another text, as JSON that is encoded twice does.
 */
export function readJsonText(input: unknown, path: string): unknown {
  if (typeof input !== "string") return input ?? undefined;
  if (input.trim() === "") return undefined;
  const value = parse(input, path);
  if (typeof value !== "string") return value ?? undefined;
  throw violation(path, { violatedRule: "FORMAT" }, "is JSON that holds text; encode it as JSON once");
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
