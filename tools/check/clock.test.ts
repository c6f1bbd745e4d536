import { expect, test } from "vitest";
import { clock } from "./clock.ts";
import { createRepository } from "./test-repository.ts";

test.each([
  "Date.now()",
  "new Date()",
  "Date()",
  "performance.now()",
  "process.hrtime.bigint()",
  "setTimeout(f, 1)",
  "setInterval(f, 1)",
  "AbortSignal.timeout(1)",
  "globalThis.setTimeout(f, 1)",
  'import("node:timers/promises")',
  "`${Date.now()}`",
])("refuses %s outside of the clock", async (code) => {
  const found = await problems(
    "packages/server/src/features/apps/app.ts",
    `const a = 1;\nconst b = ${code};\n`,
  );
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(
    /^packages\/server\/src\/features\/apps\/app\.ts:2 \S.*: take the time from the clock \(packages\/server\/src\/infrastructure\/clock\)$/,
  );
});

test.each([
  ["a date of a known time", "packages/server/src/features/apps/app.ts", "new Date(0)"],
  ["a method of the same name", "packages/server/src/features/apps/app.ts", "scheduler.setTimeout(f, 1)"],
  ["a comment", "packages/server/src/features/apps/app.ts", "1 // not Date.now()"],
  ["a string", "packages/server/src/features/apps/app.ts", '"Date.now()"'],
  ["the clock itself", "packages/server/src/infrastructure/clock/clock.ts", "Date.now()"],
  ["a test", "packages/server/src/features/apps/app.test.ts", "Date.now()"],
  ["other packages", "packages/sdk/src/client.ts", "Date.now()"],
])("allows %s", async (_, path, code) => {
  expect(await problems(path, `const b = ${code};\n`)).toEqual([]);
});

async function problems(path: string, text: string): Promise<string[]> {
  using repository = createRepository({ [path]: text });
  return clock.run({ root: repository.root, fix: false });
}
