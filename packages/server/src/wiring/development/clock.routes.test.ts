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
    [{ advance: "1ms" }, "2026-01-02T03:04:05.679Z"],
    [{ advance: "4h" }, "2026-01-02T07:04:05.679Z"],
    [{ advance: "2d" }, "2026-01-04T07:04:05.679Z"],
    [{ set: "2026-06-01T12:00:00Z" }, "2026-06-01T12:00:00.000Z"],
  ] as const;
  for (const [body, now] of moves) expect((await call("POST /dev/clock", { body })).body).toEqual({ now });
});

test.each([
  [{ advance: "401d" }, "advance", "must be at most 400d", "MAX"],
  [{ advance: "999999999d" }, "advance", "must be at most 400d", "MAX"],
  [{ advance: "4 hours" }, "advance", "must be a whole number and ms, s, m, h or d, such as 4h", "FORMAT"],
  [{ set: "1969-12-31T23:59:59Z" }, "set", "must be in the years 1970 to 2999", "VALIDATION"],
  [{ set: "9999-12-31T23:59:59Z" }, "set", "must be in the years 1970 to 2999", "VALIDATION"],
])("the clock rejects %j and does not move", async (body, field, description, violatedRule) => {
  const before = platform.clock.now();
  const response = await call("POST /dev/clock", { body });
  expect([response.status, response.body]).toEqual([400, violations({ field, description, violatedRule })]);
  expect(platform.clock.now()).toBe(before);
});
