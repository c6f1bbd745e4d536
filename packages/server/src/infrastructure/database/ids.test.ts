import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { createManualClock } from "../clock/index.ts";
import { createIds } from "./index.ts";

const fixedUuid = "11111111-2222-4333-a444-555555555555";
const at = (now: number) => {
  const clock = createManualClock(now);
  return { clock, ids: createIds({ clock, randomUuid: () => fixedUuid }) };
};

test("an ordered id is a UUIDv7: time, version, sequence within the millisecond, variant, random bits", () => {
  const { ids } = at(1_767_323_045_678);
  expect(ids.ordered()).toBe("019b7ca9-8f2e-7000-a444-555555555555");
  expect(ids.ordered()).toBe("019b7ca9-8f2e-7001-a444-555555555555");
});

test("a guid comes from the source of randomness", () => {
  expect(at(0).ids.guid()).toBe(fixedUuid);
});

test("ten thousand ids of one millisecond ascend, and use the next milliseconds", () => {
  const { ids } = at(1_767_323_045_678);
  const made = Array.from({ length: 10_000 }, () => ids.ordered());
  expect(made).toEqual([...made].sort());
  expect(new Set(made).size).toBe(10_000);
  expect(made[4_095]).toBe("019b7ca9-8f2e-7fff-a444-555555555555");
  expect(made[4_096]).toBe("019b7ca9-8f2f-7000-a444-555555555555");
});

test.each([
  ["in 2026", 1_767_323_045_678],
  ["in 2050, where one number for time and place would be too long for exact arithmetic", 2_524_608_000_000],
  ["in 9999", 253_402_300_799_000],
])("ids ascend %s", (_, now) => {
  const { ids } = at(now);
  const made = Array.from({ length: 5_000 }, () => ids.ordered());
  expect(made).toEqual([...made].sort());
  expect(new Set(made).size).toBe(5_000);
});

test("ids ascend after the clock is set back", async () => {
  const { clock, ids } = at(1_767_323_045_678);
  const before = ids.ordered();
  await clock.set(1_767_000_000_000);
  const after = ids.ordered();
  expect(after > before).toBe(true);
  expect(after).toBe("019b7ca9-8f2e-7001-a444-555555555555");
});

test("ids sort as text in the database, whatever the random bits are", () => {
  const clock = createManualClock(1_767_323_045_678);
  const ids = createIds({ clock, randomUuid: randomUUID });
  const made = Array.from({ length: 1_000 }, () => ids.ordered());
  expect(made).toEqual([...made].sort());
  for (const id of made) expect(id).toMatch(/^019b7ca9-8f2e-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
