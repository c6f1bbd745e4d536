import { decodeBase64url, parseStrictJson, readJson } from "@latchkey/server";
import { isObject, type Members, violation } from "../violation.ts";
import { readParameters } from "./parse-url-parameters.ts";

// A filter with the most values a filter may have, twice over, so that one above the limit is told so.
const bodyLimit = 512 * 1_024;
const encodedParameter = ".r";
const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * The members of a request that asks for something: the JSON body of a POST; of a GET (*wire §8.1*) the parameter `.r`,
 * which is the same JSON as base64url, or one parameter for each member, with dots.
 *
 * Throws violations, and what `readJson` throws.
 */
export async function readQueryRequest(request: Request): Promise<Members> {
  if (request.method === "POST") return objectOr(await readJson(request, bodyLimit), "body");
  const parameters = new URL(request.url).searchParams;
  const [encoded, ...more] = parameters.getAll(encodedParameter);
  if (encoded === undefined) return readParameters(parameters);
  // Two readers might choose differently.
  if (more.length > 0 || [...parameters.keys()].some((name) => /^query(\.|$)/.test(name))) {
    throw violation(encodedParameter, { violatedRule: "ONE_OF_ALIGNMENT" }, "must be the only one that asks");
  }
  return objectOr(decode(encoded), encodedParameter);
}

function decode(encoded: string): unknown {
  const bytes = decodeBase64url(encoded);
  const parsed = bytes && parseStrictJson(textOf(bytes));
  if (parsed !== undefined && "value" in parsed) return parsed.value;
  throw violation(
    encodedParameter,
    { violatedRule: "FORMAT" },
    parsed?.fault === "DUPLICATE_KEY"
      ? "names the same key twice"
      : "must be JSON as base64url without padding",
  );
}

/** Text that is no JSON when the bytes are no text. */
function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return "";
  }
}

function objectOr(value: unknown, path: string): Members {
  if (isObject(value)) return value;
  throw violation(path, { violatedRule: "FORMAT" }, "must be a JSON object");
}
