import type { Installation } from "../../operations/packed-packages.ts";
import type { Consumer } from "./consumer.ts";
import { createProject } from "./project.ts";
import type { Shop } from "./shop.ts";

/** A version of Node. */
export interface Runtime {
  readonly name: string;
  readonly version: number;
  readonly nodePath: string;
}

/** What one consumer did on one runtime. */
export interface Result {
  readonly consumer: string;
  readonly runtime: string;
  readonly seconds: number;
  /** Why it failed. Absent when it did not. */
  readonly problem?: string;
}

/** The column of consumers that bring their own runtime or are no program. */
const ownRuntime = "own";
/** The oldest version on which the server runs. */
const oldestForServer = 22;

/** Runs each consumer on each runtime that it is for, one after another, and reports each result at once. */
export async function runMatrix(
  matrix: {
    readonly consumers: readonly Consumer[];
    readonly runtimes: readonly Runtime[];
    readonly installation: Installation;
    readonly shop: Shop;
  },
  report: (result: Result) => void,
): Promise<Result[]> {
  const { consumers, installation, runtimes, shop } = matrix;
  const own = { name: ownRuntime, version: Number.POSITIVE_INFINITY, nodePath: process.execPath };
  const results: Result[] = [];
  for (const { files, name, onNode, run, uses } of consumers) {
    const oldest = uses === "server" ? oldestForServer : 0;
    for (const { name: runtime, nodePath, version } of onNode ? runtimes : [own]) {
      if (version < oldest) continue;
      const started = performance.now();
      const project = createProject({ files, installation: installation.directory, nodePath, shop });
      const problem = await run(project).then(() => undefined, String);
      const seconds = (performance.now() - started) / 1_000;
      const result = { consumer: name, runtime, seconds, ...(problem !== undefined && { problem }) };
      results.push(result);
      report(result);
    }
  }
  return results;
}

/** Whether something ran, and nothing failed. */
export function isGood(results: readonly Result[]): boolean {
  return results.length > 0 && results.every(({ problem }) => problem === undefined);
}

/** A table with a row for each consumer and a column for each runtime: seconds, `failed`, or `-` where it does not run. */
export function table(results: readonly Result[]): string {
  const names = [...new Set(results.map(({ consumer }) => consumer))];
  const runtimes = [...new Set(results.map(({ runtime }) => runtime))].sort();
  const cell = (consumer: string, runtime: string): string => {
    const result = results.find((one) => one.consumer === consumer && one.runtime === runtime);
    if (result === undefined) return "-";
    return result.problem === undefined ? `${result.seconds.toFixed(1)} s` : "failed";
  };
  const rows = names.map((name) => [name, ...runtimes.map((runtime) => cell(name, runtime))]);
  const width = Math.max(...names.map((name) => name.length));
  return [["", ...runtimes], ...rows]
    .map(([name = "", ...cells]) => [name.padEnd(width), ...cells.map((text) => text.padStart(8))].join("  "))
    .join("\n");
}
