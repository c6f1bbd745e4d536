import { relative } from "node:path";
import type { Vitest } from "vitest/node";

/** What a test run consists of: each test file belongs to the first phase whose pattern matches its path. */
const phases: readonly (readonly [name: string, files: RegExp])[] = [
  ["plans, failover and proxies", /\/plans\/|failover|proxies|proxy/],
  ["Chromium", /^tests\/(browser|e2e)\//],
  ["consumers and documents", /^tests\/(consumers|docs|operations|runtimes|third-party)\//],
  ["attacks, crashes and random requests", /^tests\//],
  ["unit tests, on both databases", /^/],
];

/** The seconds of each phase of a run: those of its test files, divided by the number of workers. */
export function phaseLines(vitest: Vitest): string[] {
  const { maxWorkers, root } = vitest.config;
  const files = vitest.state.getTestModules().map((file) => {
    const { collectDuration, duration, prepareDuration, setupDuration } = file.diagnostic();
    return {
      path: relative(root, file.moduleId),
      ms: collectDuration + duration + prepareDuration + setupDuration,
    };
  });
  return secondsByPhase(files, maxWorkers).map(
    ({ count, name, seconds }) => `${String(seconds).padStart(6)} s  ${name} (${count} files)`,
  );
}

/** @param files their paths from the root, and how long they took, in milliseconds */
export function secondsByPhase(
  files: readonly { readonly path: string; readonly ms: number }[],
  workers: number,
): { name: string; count: number; seconds: number }[] {
  const rest = new Set(files);
  return phases.map(([name, pattern]) => {
    const own = [...rest].filter(({ path }) => pattern.test(path));
    for (const file of own) rest.delete(file);
    const ms = own.reduce((sum, file) => sum + file.ms, 0);
    return { name, count: own.length, seconds: Math.round(ms / 1_000 / workers) };
  });
}
