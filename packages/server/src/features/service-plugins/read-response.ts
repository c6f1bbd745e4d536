import { type FieldViolation, parseStrictJson, readServicePluginError } from "@latchkey/protocol";
import { storableText } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { findInexactNumber } from "../../infrastructure/http/index.ts";
import type { OutboundResult } from "../../infrastructure/outbound/index.ts";
import { type CallFailure, type CallOutcome, failure } from "./call-result.ts";

const maxCodeLength = 100;

/** Rules for the response of a method. */
export interface ResponseRules {
  readonly check: (response: object) => Promise<readonly FieldViolation[]>;
  /** Application error codes that the method declares; undefined when any is allowed. */
  readonly errors: readonly string[] | undefined;
}

/**
 * Turns the result of a request into a response or a failure. Checks in this order: transport failure, application error,
 * size, JSON, schema.
 */
export async function readResponse(result: OutboundResult, rules: ResponseRules): Promise<CallOutcome> {
  if (result.outcome === "failure") {
    const code = result.failure === "timeout" ? "TIMEOUT" : "UNREACHABLE";
    return failure(code, `${result.detail}.`);
  }
  const { body, status, truncated } = result;
  const parsed = truncated ? undefined : parseObject(body);
  if (status !== 200) {
    const error = readServicePluginError(parsed);
    if (error !== undefined && status >= 400) return applicationError(error, status, rules);
    return failure("REFUSED", statusText(status), { status });
  }
  if (truncated) return failure("INVALID_ANSWER", "The response is larger than 1 MiB.", { status });
  if (parsed === undefined) {
    return failure("INVALID_ANSWER", "The response is not a JSON object.", { status });
  }
  if (findInexactNumber(body) !== undefined) {
    const text = "The response has a number with more digits than JavaScript keeps; send it as a string.";
    return failure("INVALID_ANSWER", text, { status });
  }
  try {
    const violations = await rules.check(parsed);
    return violations.length === 0 ? { response: parsed } : brokenSchema(violations, status);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const code = error.code === "SCHEMA_TOO_EXPENSIVE" ? error.code : "TOO_MANY_CALLS";
    return failure(code, `The response was not checked. ${error.message}`, { status });
  }
}

function brokenSchema(violations: readonly FieldViolation[], status: number): CallFailure {
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
  const applicationCode = storableText(code, maxCodeLength);
  const more = { status, applicationCode, ...(data === undefined ? {} : { data }) };
  if (errors === undefined || errors.includes(code)) {
    return failure("APPLICATION_ERROR", `The app returned the error ${applicationCode}.`, more);
  }
  const known = errors.length === 0 ? "none" : errors.join(", ");
  const text = `The app returned the error ${applicationCode}, which the method does not declare; it declares ${known}.`;
  return failure("INVALID_ANSWER", text, { status, applicationCode });
}

function statusText(status: number): string {
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
