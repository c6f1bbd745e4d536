import type { TestSuite, Vitest } from "vitest/node";

/** The three numbers that end a test run. */
export interface Counts {
  passed: number;
  /** Tests that failed, and files, groups and stray promises that broke outside of a test. */
  failed: number;
  skipped: number;
}

/** Counts what a run of Vitest did. */
export function count(vitest: Vitest): Counts {
  const counts = { passed: 0, failed: vitest.state.getUnhandledErrors().length, skipped: 0 };
  for (const file of vitest.state.getTestModules()) {
    const groups = [file, ...file.children.allSuites()];
    counts.failed += groups.filter((group) => brokeOutsideOfTests(group)).length;
    for (const test of file.children.allTests()) {
      const { state } = test.result();
      counts[state === "pending" ? "failed" : state] += 1;
    }
  }
  return counts;
}

function brokeOutsideOfTests(group: { errors: TestSuite["errors"] }): boolean {
  return group.errors().length > 0;
}

/** Whether a run may be called good: something ran and nothing failed. */
export function isGood({ passed, failed }: Counts): boolean {
  return passed > 0 && failed === 0;
}

/** The last line of a run. */
export function lastLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
