import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Bench, median } from "./benchmark.ts";

const benchmark = "test-kit";

/** Starts platforms one after the other, and prints for each the milliseconds until it responds, and those of CPU. */
const script = `
  import { createTestPlatform } from "@latchkey/server/testing";
  const times = [];
  for (let round = 0; round < Number(process.argv[1]); round += 1) {
    const cpu = process.cpuUsage();
    const start = performance.now();
    await using platform = await createTestPlatform();
    await (await fetch(platform.url + "/healthz")).text();
    const { system, user } = process.cpuUsage(cpu);
    times.push({ readyMs: performance.now() - start, cpuMs: (system + user) / 1000 });
  }
  console.log(JSON.stringify(times));`;

/** Time from the call of createTestPlatform to the first response, as a file of tests pays it: once and again. */
export async function testKit({ isQuick, report }: Bench): Promise<void> {
  const rounds = String(isQuick ? 3 : 11);
  const flags = ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", script, rounds];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { cwd: import.meta.dirname });
  const [first, ...later]: { readyMs: number; cpuMs: number }[] = JSON.parse(stdout);
  for (const [subject, starts] of [
    ["the first platform of a process", first === undefined ? [] : [first]],
    ["each later platform", later],
  ] as const) {
    const readyMs = median(starts.map((start) => start.readyMs));
    const cpuMs = median(starts.map((start) => start.cpuMs));
    report.row({ benchmark, subject, figures: { "ready ms": readyMs, "cpu ms": cpuMs } });
    const atMost = { benchmark, rule: "at most" } as const;
    report.bound({ ...atMost, bound: `ready ms, ${subject}`, reached: readyMs, limit: 300 });
  }
}
