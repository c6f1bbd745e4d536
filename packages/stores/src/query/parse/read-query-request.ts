import { decodeBase64url, parseStrictJson, readJson } from "@latchkey/server";
import { isObject, type JsonObject, violation } from "../violation.ts";
import { parseUrlParameters } from "./parse-url-parameters.ts";

// Twice the size of a filter with the most values, so that a larger filter gets a precise error.
const bodyLimit = 512 * 1_024;
const encodedParameter = ".r";
const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads a query: the JSON body of a POST. A GET (*wire §8.1*) has the parameter `.r`, which is the same JSON as
 * base64url, or one parameter for each member. Throws violations, and what `readJson` throws.
 */
export async function readQueryRequest(request: Request): Promise<JsonObject> {
  if (request.method === "POST") return objectOr(await readJson(request, bodyLimit), "body");
  const parameters = new URL(request.url).searchParams;
  const [encoded, ...more] = parameters.getAll(encodedParameter);
  if (encoded === undefined) return parseUrlParameters(parameters);
  if (more.length > 0 || [...parameters.keys()].some((name) => /^query(\.|$)/.test(name))) {
    throw violation(encodedParameter, "ONE_OF_ALIGNMENT", "must be the only parameter with a query");
  }
  return objectOr(decode(encoded), encodedParameter);
}

function decode(encoded: string): unknown {
  const bytes = decodeBase64url(encoded);
  const parsed = bytes && parseStrictJson(textOf(bytes));
  if (parsed !== undefined && "value" in parsed) return parsed.value;
  throw violation(
    encodedParameter,
    "FORMAT",
    parsed?.fault === "DUPLICATE_KEY"
      ? "names the same key twice"
      : "must be JSON as base64url without padding",
  );
}

/** Returns an empty text, which is not JSON, for bytes that are not UTF-8. */
function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return "";
  }
}

function objectOr(value: unknown, path: string): JsonObject {
  if (isObject(value)) return value;
  throw violation(path, "FORMAT", "must be a JSON object");
}
