import type { Check, CheckContext } from "./check.ts";

/** How one check ended. */
export interface CheckResult {
  readonly name: string;
  readonly seconds: number;
  readonly problems: readonly string[];
}

/** Runs checks one after the other and tells each result as it comes; a check that breaks counts as failed. */
export async function runChecks(
  checks: readonly Check[],
  context: CheckContext,
  tell: (result: CheckResult) => void,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of checks) {
    const started = performance.now();
    const problems = await check.run(context).catch((error: unknown) => [`could not run: ${String(error)}`]);
    const result = {
      name: check.name,
      seconds: Math.round((performance.now() - started) / 10) / 100,
      problems,
    };
    results.push(result);
    tell(result);
  }
  return results;
}

/** A result for people: one line, then what is wrong. */
export function lines({ name, seconds, problems }: CheckResult): string[] {
  const verdict = problems.length === 0 ? "ok" : "failed";
  const head = `${name.padEnd(9)} ${verdict.padEnd(6)} ${seconds.toFixed(1)} s`;
  return [head, ...problems.map((problem) => problem.replace(/^(?=.)/gm, "  "))];
}

/** All results for programs. */
export function jsonReport(results: readonly CheckResult[]): string {
  const checks = results.map((result) => ({ ...result, ok: result.problems.length === 0 }));
  return JSON.stringify({ ok: checks.every(({ ok }) => ok), checks });
}
