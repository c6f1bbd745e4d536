import { storableText } from "../../../infrastructure/database/index.ts";
import {
  type OutboundFailure,
  type OutboundResult,
  outboundFailures,
} from "../../../infrastructure/outbound/index.ts";
import type { DeliveryPolicy } from "./delivery-policies.ts";

/** How an attempt ended, as the delivery log and the metrics name it. */
export type AttemptOutcome = "delivered" | "wrong_status" | "redirect" | OutboundFailure;

export const attemptOutcomes: readonly AttemptOutcome[] = [
  "delivered",
  "wrong_status",
  "redirect",
  ...outboundFailures,
];

/** An attempt that has ended, classified. */
export interface AttemptResult {
  readonly outcome: AttemptOutcome;
  /** HTTP status; null without a response. */
  readonly status: number | null;
  /** The first 4,096 characters of the response body. */
  readonly response: string | null;
  /** Why it failed, in words. */
  readonly detail: string | null;
  /** The `Retry-After` header of the response. */
  readonly retryAfter: string | undefined;
  readonly durationMs: number;
}

const maxResponseCharacters = 4_096;

/** Classifies the result of an HTTP request: the policy decides which statuses count as delivered. */
export function classifyAttempt(policy: DeliveryPolicy, result: OutboundResult): AttemptResult {
  const { durationMs } = result;
  if (result.outcome === "failure") {
    const { detail, failure } = result;
    return { outcome: failure, status: null, response: null, detail, retryAfter: undefined, durationMs };
  }
  const { status } = result;
  const delivered = policy.accepts(status);
  const redirect = status >= 300 && status <= 399;
  return {
    outcome: delivered ? "delivered" : redirect ? "redirect" : "wrong_status",
    status,
    response: storableText(result.body, maxResponseCharacters),
    detail: delivered
      ? null
      : redirect
        ? `The endpoint responded with ${status}; redirects are not followed.`
        : `The endpoint responded with ${status}; ${policy.accepted}.`,
    retryAfter: result.headers["retry-after"],
    durationMs,
  };
}
