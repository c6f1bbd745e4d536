import type { Check, CheckContext } from "./check.ts";

/** The result of one check. */
export interface CheckResult {
  readonly name: string;
  readonly seconds: number;
  readonly problems: readonly string[];
  readonly figures?: Readonly<Record<string, number>>;
}

/** Runs checks one after another and reports each result at once. A check that throws counts as failed. */
export async function runChecks(
  checks: readonly Check[],
  context: CheckContext,
  report: (result: CheckResult) => void,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of checks) {
    const started = performance.now();
    const problems = await check.run(context).catch((error: unknown) => [`could not run: ${String(error)}`]);
    const result = {
      name: check.name,
      seconds: Math.round((performance.now() - started) / 10) / 100,
      problems,
      ...(check.measure && { figures: check.measure(context) }),
    };
    results.push(result);
    report(result);
  }
  return results;
}

/** A result as text: one line with its figures, then the problems. */
export function lines({ figures = {}, name, seconds, problems }: CheckResult): string[] {
  const outcome = problems.length === 0 ? "ok" : "failed";
  const head = `${name.padEnd(9)} ${outcome.padEnd(6)} ${seconds.toFixed(1)} s`;
  const measured = Object.entries(figures).map(([figure, count]) => `, ${figure}: ${count}`);
  return [head + measured.join(""), ...problems.map((problem) => problem.replace(/^(?=.)/gm, "  "))];
}

/** All results as JSON. */
export function jsonReport(results: readonly CheckResult[]): string {
  const checks = results.map((result) => ({ ...result, ok: result.problems.length === 0 }));
  return JSON.stringify({ ok: checks.every(({ ok }) => ok), checks });
}
