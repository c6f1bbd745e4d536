import { days, hours, minutes, seconds } from "../../../infrastructure/clock/index.ts";

/** When deliveries are attempted, and which responses count as delivered. */
export interface DeliveryPolicy {
  readonly name: DeliveryPolicyName;
  /** Time limit of an attempt, in milliseconds. */
  readonly timeoutMs: number;
  /** Delay before each retry, in milliseconds, counted from the failure before it. */
  readonly delays: readonly number[];
  /** Largest random addition to a delay, as a fraction of it, so that deliveries which failed together are spread. */
  readonly jitter: number;
  /** The accepted statuses in words, for the detail of a failed attempt. */
  readonly accepted: string;
  accepts(status: number): boolean;
  /** Whether a `Retry-After` header can delay the next attempt. */
  readonly honoursRetryAfter: boolean;
  /** Whether status 410 pauses the webhook. */
  readonly pausesWhenGone: boolean;
}

export type DeliveryPolicyName = "wix" | "standard";

/** Maximum delay by a `Retry-After` header, in milliseconds. */
export const maxRetryAfter: number = days(1);

/** `wix` follows the published schedule of the wire (wire §4.1); `standard` follows common practice. */
export const deliveryPolicies: Readonly<Record<DeliveryPolicyName, DeliveryPolicy>> = {
  wix: {
    name: "wix",
    timeoutMs: 1_250,
    delays: [
      ...[minutes(1), minutes(10), hours(1)],
      ...[hours(2), hours(2), hours(2), hours(4), hours(4), hours(4), hours(8), hours(8), hours(12)],
    ],
    jitter: 0,
    accepted: "only 200 counts under this policy",
    accepts: (status) => status === 200,
    honoursRetryAfter: false,
    pausesWhenGone: false,
  },
  standard: {
    name: "standard",
    timeoutMs: seconds(10),
    delays: [
      ...[seconds(10), minutes(1), minutes(5), minutes(30)],
      ...[hours(1), hours(3), hours(6), hours(12), hours(20), hours(28)],
    ],
    jitter: 0.1,
    accepted: "only 200 to 299 count",
    accepts: (status) => status >= 200 && status <= 299,
    honoursRetryAfter: true,
    pausesWhenGone: true,
  },
};

/** Every {@link DeliveryPolicyName}. */
export const deliveryPolicyNames: readonly DeliveryPolicyName[] = ["wix", "standard"];
