import { expect, test } from "vitest";
import { createLanes } from "./lanes.ts";

const good = { webhook_id: "good", failures: 0 };
const bad = { webhook_id: "bad", failures: 3 };

test("a subscription begins with a few places, gets more with each success and loses half with each failure", () => {
  const lanes = createLanes({ perWebhook: 20, total: 100 });
  const places = () => lanes.free(good);
  expect(places()).toBe(16);
  lanes.take("good");
  lanes.take("good");
  expect(places()).toBe(14);
  lanes.leave("good", true);
  expect(places()).toBe(16);
  lanes.leave("good", false);
  expect([places(), lanes.size]).toEqual([8, 0]);
  for (const delivered of [true, true, true, true, true, true, true, true]) {
    lanes.take("good");
    lanes.take("good");
    lanes.leave("good", delivered);
  }
  expect(places()).toBe(8);
});

test("what fails gets one place in the end, and all that fail get half of the places", () => {
  const lanes = createLanes({ perWebhook: 8, total: 6 });
  for (let turn = 0; turn < 5; turn += 1) {
    lanes.take("bad");
    lanes.leave("bad", false);
  }
  expect(lanes.free(bad)).toBe(1);
  for (const webhook of ["a", "b", "c"]) lanes.take(webhook);
  expect([lanes.free(bad), lanes.free(good)]).toEqual([0, 3]);
});
