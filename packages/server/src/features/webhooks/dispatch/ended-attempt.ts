import type { WebhookFormat } from "@latchkey/protocol";
import type { DeliveriesTable } from "../../../infrastructure/database/index.ts";
import type { AttemptResult } from "./attempt-outcome.ts";
import type { DeliveryPolicy } from "./delivery-policies.ts";
import { nextAttemptAt } from "./retry-schedule.ts";

/** An attempt that has ended, and what follows from it. */
export interface EndedAttempt {
  readonly deliveryId: string;
  readonly webhookId: string;
  /** Number of the attempt, from 1. */
  readonly attempt: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** The format of the body that was sent. */
  readonly format: WebhookFormat;
  readonly result: AttemptResult;
  /** When the next attempt is due, in epoch milliseconds; undefined when there is none. */
  readonly nextAttemptAt: number | undefined;
  /** Whether other deliveries of the instance are blocked until this attempt has ended. */
  readonly blocksUntilAttempted: boolean;
  /** Whether the endpoint responded with 410, and the policy pauses its webhook for that. */
  readonly gone: boolean;
}

/**
 * Derives what follows from the result of an attempt: whether and when it is retried, and whether the webhook is paused.
 *
 * @param random from 0 to 1, for the jitter of the retry
 */
export function endAttempt(
  policy: DeliveryPolicy,
  ended: {
    delivery: Pick<
      DeliveriesTable,
      "delivery_id" | "webhook_id" | "attempts" | "attempt_offset" | "blocks_until_attempted"
    >;
    result: AttemptResult;
    startedAt: number;
    format: WebhookFormat;
    now: number;
  },
  random: number,
): EndedAttempt {
  const { delivery, format, now, result, startedAt } = ended;
  const attempt = delivery.attempts + 1;
  const failure = { attempts: attempt - delivery.attempt_offset, now, retryAfter: result.retryAfter };
  return {
    deliveryId: delivery.delivery_id,
    webhookId: delivery.webhook_id,
    attempt,
    startedAt,
    format,
    result,
    nextAttemptAt: result.outcome === "delivered" ? undefined : nextAttemptAt(policy, failure, random),
    blocksUntilAttempted: delivery.blocks_until_attempted === 1,
    gone: policy.pausesWhenGone && result.status === 410,
  };
}
