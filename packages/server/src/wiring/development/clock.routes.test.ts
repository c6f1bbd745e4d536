import { type CallManagement, managementCaller, violations } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";

let platform: TestPlatform;
let call: CallManagement;

beforeAll(async () => {
  platform = await createTestPlatform({ now: 1_767_323_045_678 });
  call = managementCaller(platform);
});
afterAll(() => platform.close());

test("the clock moves by the requested duration", async () => {
  const moves = [
    [{ advance: "1ms" }, "2026-01-02T03:04:05.679Z", 1],
    [{ advance: "4h" }, "2026-01-02T07:04:05.679Z", 14_400_001],
    [{ advance: "2d" }, "2026-01-04T07:04:05.679Z", 187_200_001],
    [{ set: "2026-01-02T03:04:00Z" }, "2026-01-02T03:04:00.000Z", -5_678],
  ] as const;
  for (const [body, now, offsetMs] of moves) {
    expect((await call("POST /dev/clock", { body })).body).toEqual({ now, offsetMs });
  }
});

test("FR-D5: the clock shows how far it was moved, and is set back", async () => {
  await call("POST /dev/clock", { body: { reset: true } });
  await call("POST /dev/clock", { body: { advance: "4h" } });
  const moved = await call("GET /dev/clock");
  expect([moved.status, moved.body]).toEqual([
    200,
    { now: "2026-01-02T07:04:05.678Z", offsetMs: 14_400_000 },
  ]);
  const reset = await call("POST /dev/clock", { body: { reset: true } });
  expect([reset.status, reset.body]).toEqual([200, { now: "2026-01-02T03:04:05.678Z", offsetMs: 0 }]);
  expect((await call("GET /dev/clock")).body).toEqual({ now: "2026-01-02T03:04:05.678Z", offsetMs: 0 });
});

test.each([
  [{ advance: "401d" }, "advance", "must be at most 400d", "MAX"],
  [{ advance: "999999999d" }, "advance", "must be at most 400d", "MAX"],
  [{ advance: "4 hours" }, "advance", "must be a whole number and ms, s, m, h or d, such as 4h", "FORMAT"],
  [{ advance: "-4h" }, "advance", "must be a whole number and ms, s, m, h or d, such as 4h", "FORMAT"],
  [{ advance: 14_400_000 }, "advance", "must be text", "VALIDATION"],
  // JSON has no NaN.
  [{ advance: Number.NaN }, "advance", "must be text", "VALIDATION"],
  [{ set: 1_767_323_045_678 }, "set", "must be text", "VALIDATION"],
  [{}, "body", "give one of advance, set and reset", "VALIDATION"],
  [{ advance: "4h", reset: true }, "body", "give one of advance, set and reset", "VALIDATION"],
  [{ set: "1969-12-31T23:59:59Z" }, "set", "must be in the years 1970 to 2999", "VALIDATION"],
  [{ set: "9999-12-31T23:59:59Z" }, "set", "must be in the years 1970 to 2999", "VALIDATION"],
])("(FR-D §3) the clock rejects %j and does not move", async (body, field, description, violatedRule) => {
  const before = platform.clock.now();
  const response = await call("POST /dev/clock", { body });
  expect([response.status, response.body]).toEqual([400, violations({ field, description, violatedRule })]);
  expect(platform.clock.now()).toBe(before);
});

test("FR-D4: the clock rejects an unknown option by naming the known ones, and does not move", async () => {
  const before = platform.clock.now();
  const { body, status } = await call("POST /dev/clock", { body: { advance: "4h", by: "4h" } });
  expect([status, body]).toEqual([
    400,
    violations({
      field: "body",
      description: "has a field that is not taken here; only these are: advance, set, reset",
      violatedRule: "FIELD_NOT_ALLOWED",
      data: { allowed: ["advance", "set", "reset"] },
    }),
  ]);
  expect(platform.clock.now()).toBe(before);
});
