import { expect, test } from "vitest";
import { ConcurrencyLimits } from "./concurrency-limits.ts";

const working = { webhook_id: "working", failures: 0 };
const failing = { webhook_id: "failing", failures: 3 };

test("a webhook starts with 16 slots, gains one with each success and loses half with each failure", () => {
  const limits = new ConcurrencyLimits({ perWebhook: 20, total: 100 });
  expect(limits.freeSlots(working)).toBe(16);
  limits.acquire("working");
  limits.acquire("working");
  expect([limits.freeSlots(working), limits.inFlight]).toEqual([14, 2]);
  limits.release("working", true);
  expect(limits.freeSlots(working)).toBe(16);
  limits.release("working", false);
  expect([limits.freeSlots(working), limits.inFlight]).toEqual([8, 0]);
});

test("a limit rises to the maximum of a webhook and no further", () => {
  const limits = new ConcurrencyLimits({ perWebhook: 18, total: 100 });
  limits.acquire("working");
  for (let success = 0; success < 5; success += 1) {
    limits.acquire("working");
    limits.release("working", true);
  }
  expect(limits.freeSlots(working)).toBe(17);
});

test("a webhook that only fails keeps one slot", () => {
  const limits = new ConcurrencyLimits({ perWebhook: 8, total: 6 });
  for (let failure = 0; failure < 5; failure += 1) {
    limits.acquire("failing");
    limits.release("failing", false);
  }
  expect(limits.freeSlots(failing)).toBe(1);
});

test("failing webhooks together use at most half of all slots", () => {
  const limits = new ConcurrencyLimits({ perWebhook: 8, total: 6 });
  for (const webhookId of ["a", "b", "c"]) limits.acquire(webhookId);
  expect([limits.freeSlots(failing), limits.freeSlots(working)]).toEqual([0, 3]);
});

test("an idle webhook starts again after a success, and keeps a reduced limit after a failure", () => {
  const limits = new ConcurrencyLimits({ perWebhook: 20, total: 100 });
  limits.acquire("working");
  limits.release("working", true);
  expect(limits.freeSlots(working)).toBe(16);
  limits.acquire("failing");
  limits.release("failing", false);
  expect(limits.freeSlots(failing)).toBe(8);
});
