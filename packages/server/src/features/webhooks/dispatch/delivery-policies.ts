import { days, hours, minutes, seconds } from "../../../infrastructure/clock/index.ts";

/** How deliveries are tried, and what counts as received. */
export interface DeliveryPolicy {
  readonly name: DeliveryPolicyName;
  /** How long an endpoint may take for an attempt, in milliseconds. */
  readonly timeoutMs: number;
  /** How long each retry waits after the failure before it, in milliseconds. */
  readonly delays: readonly number[];
  /** By how much of itself a delay may be longer, at random, so that what failed together does not return together. */
  readonly jitter: number;
  /** The statuses that count, for people. */
  readonly accepted: string;
  accepts(status: number): boolean;
  /** Whether `Retry-After` puts the next attempt off, and 410 holds the subscription. */
  readonly listens: boolean;
}

export type DeliveryPolicyName = "wix" | "standard";

/** The longest that an endpoint can put off the next attempt, in milliseconds. */
export const longestRetryAfter: number = days(1);

/** The published schedule of the wire (wire §4.1), and one for endpoints of today. */
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
    listens: false,
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
    listens: true,
  },
};

/** Every {@link DeliveryPolicyName}. */
export const deliveryPolicyNames: readonly DeliveryPolicyName[] = ["wix", "standard"];
