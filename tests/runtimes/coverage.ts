import { excludedOn, type RuntimeName } from "./exclusions.ts";
import type { Results } from "./run-sdk-tests.ts";

/** What the SDK's tests did on a runtime. */
export interface Coverage {
  readonly passed: number;
  readonly excluded: number;
  /** Names and errors of tests that failed. */
  readonly failures: readonly string[];
  /** Files of which no test ran. */
  readonly unusedFiles: readonly string[];
  /** Exclusions that name no test. */
  readonly unknown: readonly string[];
}

/** Counts the results of a runtime. */
export function coverageOf(runtime: RuntimeName, results: Results): Coverage {
  const tests = Object.entries(results).flatMap(([file, ofFile]) =>
    ofFile.map((result) => ({ ...result, name: `${file} > ${result.name}` })),
  );
  const failures = tests.flatMap(({ error, name }) => (error === undefined ? [] : [`${name}\n${error}`]));
  const excluded = tests.filter((test) => test.excluded).length;
  return {
    passed: tests.length - excluded - failures.length,
    excluded,
    failures,
    unusedFiles: Object.keys(results).filter((file) => results[file]?.every((one) => one.excluded)),
    unknown: excludedOn(runtime).filter((one) => !tests.some(({ name }) => name.startsWith(one))),
  };
}
