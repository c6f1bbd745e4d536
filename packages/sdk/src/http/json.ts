import { isJsonObject, type JsonObject } from "@latchkey/protocol";
import { LatchkeyError } from "../errors.ts";
import { requestIdOf } from "./attempt.ts";
import type { NamedResponse } from "./response-error.ts";

/**
 * Parses the JSON of a successful response.
 *
 * @throws {LatchkeyError} `unexpected_response` when the body is not JSON
 */
export function parseSuccess({ response, name, secrets }: NamedResponse): unknown {
  try {
    return JSON.parse(response.text);
  } catch {
    throw new LatchkeyError(
      "unexpected_response",
      `${name} succeeded, but the response is not JSON. Check that apiUrl is the URL of the platform.`,
      { status: response.status, requestId: requestIdOf(response.headers, secrets) },
    );
  }
}

/** Parses a JSON object. Returns undefined for any other text. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
