import { expect, test } from "vitest";
import { secondsByPhase } from "./phases.ts";

test("a test file counts in one phase, by its path, and its time is shared by the workers", () => {
  const files = [
    { path: "packages/server/src/testing/plans/plans.test.ts", ms: 300_000 },
    { path: "tests/crash/failover.test.ts", ms: 30_000 },
    { path: "tests/e2e/sites.test.ts", ms: 90_000 },
    { path: "tests/docs/snippets.test.ts", ms: 60_000 },
    { path: "tests/crash/jobs.test.ts", ms: 12_000 },
    { path: "packages/sdk/src/hints.test.ts", ms: 1_500 },
    { path: "tools/check/words.test.ts", ms: 4_500 },
  ];
  expect(secondsByPhase(files, 3)).toEqual([
    { name: "plans, failover and proxies", count: 2, seconds: 110 },
    { name: "Chromium", count: 1, seconds: 30 },
    { name: "consumers and documents", count: 1, seconds: 20 },
    { name: "attacks, crashes and random requests", count: 1, seconds: 4 },
    { name: "unit tests, on both databases", count: 2, seconds: 2 },
  ]);
});
