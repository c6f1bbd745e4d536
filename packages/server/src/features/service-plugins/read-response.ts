import { parseStrictJson, readServicePluginError } from "@latchkey/protocol";
import { findInexactNumber } from "../../infrastructure/http/index.ts";
import type { OutboundResult } from "../../infrastructure/outbound/index.ts";
import type { SchemaCheck } from "../extensions/index.ts";
import { type CallFailure, type CallOutcome, failure } from "./call-result.ts";

/** Rules for the response of a method. */
export interface ResponseRules {
  readonly check: SchemaCheck;
  /** Application error codes that the method declares; undefined when any is allowed. */
  readonly errors: readonly string[] | undefined;
}

/**
 * Turns the result of a request into a response or a failure. Checks in this order: transport failure, application error,
 * size, JSON, schema.
 */
export function readResponse(result: OutboundResult, rules: ResponseRules): CallOutcome {
  if (result.outcome === "failure") {
    const code = result.failure === "timeout" ? "TIMEOUT" : "UNREACHABLE";
    return failure(code, `${result.detail}.`);
  }
  const { body, status, truncated } = result;
  const parsed = truncated ? undefined : parseObject(body);
  if (status !== 200) {
    const error = readServicePluginError(parsed);
    if (error !== undefined && status >= 400) return applicationError(error, status, rules);
    return failure("REFUSED", refusalText(status), { status });
  }
  if (truncated) return failure("INVALID_ANSWER", "The response is larger than 1 MiB.", { status });
  if (parsed === undefined) {
    return failure("INVALID_ANSWER", "The response is not a JSON object.", { status });
  }
  if (findInexactNumber(body) !== undefined) {
    const text = "The response has a number with more digits than JavaScript keeps; send it as a string.";
    return failure("INVALID_ANSWER", text, { status });
  }
  const violations = rules.check(parsed);
  if (violations.length === 0) return { response: parsed };
  const list = violations
    .map(({ description, field }) => `${field || "The response"} ${description}`)
    .join("; ");
  return failure("INVALID_ANSWER", `The response breaks the schema: ${list}.`.slice(0, 1_000), { status });
}

function applicationError(
  { code, data }: { code: string; data?: Readonly<Record<string, unknown>> },
  status: number,
  { errors }: ResponseRules,
): CallFailure {
  if (errors !== undefined && !errors.includes(code)) {
    const known = errors.length === 0 ? "none" : errors.join(", ");
    const text = `The app returned an error that the method does not declare; it declares ${known}.`;
    return failure("INVALID_ANSWER", text, { status });
  }
  const more = { status, applicationCode: code, ...(data === undefined ? {} : { data }) };
  return failure("APPLICATION_ERROR", `The app returned the error ${code.slice(0, 100)}.`, more);
}

function refusalText(status: number): string {
  if (status >= 300 && status < 400)
    return `The endpoint responded with ${status}; redirects are not followed.`;
  if (status >= 200 && status < 300) return `The endpoint responded with ${status}; only 200 counts.`;
  return `The endpoint responded with ${status} without an application error.`;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  const parsed = parseStrictJson(text);
  if ("fault" in parsed || typeof parsed.value !== "object" || Array.isArray(parsed.value)) return undefined;
  return (parsed.value as Readonly<Record<string, unknown>> | null) ?? undefined;
}
