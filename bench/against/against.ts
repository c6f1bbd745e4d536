import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { median, medianRatio } from "../benchmark.ts";
import { checkOut } from "./checkout.ts";

/** The builds to compare, and how. */
export interface Against {
  readonly root: string;
  /** The commit of the older build. */
  readonly commit: string;
  /** Names of benchmarks; empty for all. */
  readonly names: readonly string[];
  /** How often each build is measured. */
  readonly rounds: number;
  readonly json: boolean;
}

/** Figures by the name of benchmark, subject and figure. */
type Figures = ReadonlyMap<string, number>;

/**
 * Measures this build and the build of another commit in turn, each by its own benchmarks at a quick pace, and prints
 * for each figure the medians and the median of the ratios round by round.
 */
export async function compareBuilds({ commit, json, names, root, rounds }: Against): Promise<void> {
  const older = checkOut(root, commit);
  const results: { older: Figures; newer: Figures }[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    process.stderr.write(`round ${round} of ${rounds}\n`);
    results.push({ older: await measure(older, names), newer: await measure(root, names) });
  }
  const shared = [...(results[0]?.newer.keys() ?? [])].filter((name) =>
    results.every((result) => result.older.has(name) && result.newer.has(name)),
  );
  for (const name of shared) {
    const [before, after] = (["older", "newer"] as const).map((build) =>
      results.map((result) => result[build].get(name) ?? Number.NaN),
    ) as [number[], number[]];
    const ratios = after.map((value, index) => value / (before[index] ?? Number.NaN));
    const line = {
      figure: name,
      ...{ [commit]: rounded(median(before)), now: rounded(median(after)) },
      ...{ ratio: rounded(medianRatio(after, before)) },
      ...{ least: rounded(Math.min(...ratios)), most: rounded(Math.max(...ratios)) },
    };
    console.log(json ? JSON.stringify(line) : Object.values(line).join("  "));
  }
}

/** Runs the benchmarks of a checkout in their own process. */
async function measure(folder: string, names: readonly string[]): Promise<Figures> {
  const child = spawn(
    process.execPath,
    ["--conditions=latchkey-source", join(folder, "bench", "main.ts"), ...names, "--quick", "--json"],
    { cwd: folder, stdio: ["ignore", "pipe", "ignore"] },
  );
  const output = await text(child.stdout);
  const figures = new Map<string, number>();
  for (const line of output.split("\n").filter((one) => one.startsWith("{"))) {
    const { benchmark, subject, ...values } = JSON.parse(line) as Record<string, unknown>;
    // A line of a bound has no subject.
    if (typeof subject !== "string") continue;
    for (const [name, value] of Object.entries(values)) {
      figures.set(`${benchmark}: ${subject}: ${name}`, Number(value));
    }
  }
  if (figures.size === 0) throw new Error(`The benchmarks of ${folder} printed no figures.`);
  return figures;
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
