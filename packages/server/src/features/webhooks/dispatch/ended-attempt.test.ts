import { expect, test } from "vitest";
import type { AttemptResult } from "./attempt-outcome.ts";
import { deliveryPolicies } from "./delivery-policies.ts";
import { endAttempt } from "./ended-attempt.ts";

const now = 1_767_323_045_678;
const { wix } = deliveryPolicies;
const result = (outcome: AttemptResult["outcome"], status: number | null): AttemptResult => ({
  ...{ outcome, status, response: "", detail: null, retryAfter: undefined, durationMs: 5 },
});
const delivery = {
  delivery_id: "delivery",
  webhook_id: "webhook",
  attempts: 0,
  attempt_offset: 0,
  blocks_until_attempted: 0,
};
const ended = { delivery, startedAt: now - 5, format: "jwt" as const, now };

test("a success has no next attempt", () => {
  expect(endAttempt(wix, { ...ended, result: result("delivered", 200) }, 0)).toEqual({
    ...{ deliveryId: "delivery", webhookId: "webhook", attempt: 1, startedAt: 1_767_323_045_673 },
    format: "jwt",
    ...{
      result: result("delivered", 200),
      nextAttemptAt: undefined,
      blocksUntilAttempted: false,
      gone: false,
    },
  });
});

test("a failure is retried on the schedule of the policy", () => {
  expect(endAttempt(wix, { ...ended, result: result("timeout", null) }, 0)).toMatchObject({
    ...{ attempt: 1, nextAttemptAt: now + 60_000 },
  });
});

test("the last failure has no next attempt", () => {
  const last = { ...delivery, attempts: 12 };
  expect(endAttempt(wix, { ...ended, delivery: last, result: result("timeout", null) }, 0)).toMatchObject({
    ...{ attempt: 13, nextAttemptAt: undefined },
  });
});

test("after a replay the schedule starts again, and attempt numbers continue", () => {
  const replayed = { ...delivery, attempts: 13, attempt_offset: 13 };
  expect(endAttempt(wix, { ...ended, delivery: replayed, result: result("connect", null) }, 0)).toMatchObject(
    {
      ...{ attempt: 14, nextAttemptAt: now + 60_000 },
    },
  );
});

test.each([
  ["standard", 410, true],
  ["standard", 404, false],
  ["wix", 410, false],
] as const)("under policy %s, status %d pauses the webhook: %s", (policy, status, gone) => {
  expect(
    endAttempt(deliveryPolicies[policy], { ...ended, result: result("wrong_status", status) }, 0).gone,
  ).toBe(gone);
});

test("an attempt of a blocking AppInstalled unblocks, whatever its outcome", () => {
  const blocking = { ...delivery, blocks_until_attempted: 1 };
  for (const outcome of ["delivered", "timeout"] as const) {
    const attempt = { ...ended, delivery: blocking, result: result(outcome, null) };
    expect(endAttempt(wix, attempt, 0).blocksUntilAttempted).toBe(true);
  }
});
