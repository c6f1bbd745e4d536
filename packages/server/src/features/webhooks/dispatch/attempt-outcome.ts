import type { OutboundFailure, OutboundResult } from "../../../infrastructure/outbound/index.ts";
import type { DeliveryPolicy } from "./delivery-policies.ts";

/** What an attempt came to, as the log of attempts and the metrics name it. */
export type AttemptOutcome = "delivered" | "wrong_status" | "redirect" | OutboundFailure;

/** An attempt as it is judged. */
export interface Verdict {
  readonly outcome: AttemptOutcome;
  /** The status of the answer, if there was one. */
  readonly status: number | null;
  /** The beginning of the body of the answer. */
  readonly response: string | null;
  /** Why it failed, for people. */
  readonly detail: string | null;
  /** What the endpoint asked for by `Retry-After`. */
  readonly retryAfter: string | undefined;
  readonly durationMs: number;
}

/** How much of an answer is kept, in characters. */
const keptOfResponse = 4_096;

/** Judges what came of an attempt by the policy. */
export function judge(policy: DeliveryPolicy, result: OutboundResult): Verdict {
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
    // A NUL cannot be stored by every database.
    response: result.body.replaceAll("\0", "").slice(0, keptOfResponse),
    detail: delivered
      ? null
      : redirect
        ? `The endpoint answered ${status}; redirects are not followed.`
        : `The endpoint answered ${status}; ${policy.accepted}.`,
    retryAfter: result.headers["retry-after"],
    durationMs,
  };
}
