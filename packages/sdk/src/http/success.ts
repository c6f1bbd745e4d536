import { LatchkeyError } from "../errors.ts";
import { requestIdOf } from "./attempt.ts";
import type { Refusal } from "./refusal.ts";

/**
 * Reads the JSON of a success.
 *
 * @throws {LatchkeyError} `unexpected_response` when it is none
 */
export function parseSuccess({ answer, name, secrets }: Refusal): unknown {
  try {
    return JSON.parse(answer.text);
  } catch {
    throw new LatchkeyError(
      "unexpected_response",
      `${name} succeeded but its answer is not JSON. Check that apiUrl is the URL of the platform.`,
      { status: answer.status, requestId: requestIdOf(answer.headers, secrets) },
    );
  }
}
