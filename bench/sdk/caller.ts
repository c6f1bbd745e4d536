// The process of an app. It makes each kind of call in turn, one call after the other, and replies with their costs.
import { prepareCalls } from "./calls.ts";

/** What to measure: that many rounds of that many calls of each kind. */
export interface CallerJob {
  readonly url: string;
  readonly rounds: number;
  readonly calls: number;
}

/** One round of one kind of call. */
export interface CallerRound {
  readonly kind: string;
  /** User and system time of this process for each call, in microseconds. */
  readonly cpuUs: number;
  /** Latencies of calls, in milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Before the first round, of each kind, so that all code is compiled. */
const warmUpCalls = 3_000;

process.on("message", async (job: CallerJob | "usage") => {
  if (job === "usage") return;
  const rounds: CallerRound[] = [];
  const kinds = Object.entries(prepareCalls(job.url));
  for (const [, call] of kinds) await measure(call, warmUpCalls);
  for (let round = 0; round < job.rounds; round += 1) {
    for (const [kind, call] of kinds) rounds.push({ kind, ...(await measure(call, job.calls)) });
  }
  process.send?.(rounds);
});
process.channel?.ref();

async function measure(call: () => Promise<unknown>, calls: number): Promise<Omit<CallerRound, "kind">> {
  const latencies = new Float64Array(calls);
  const before = process.cpuUsage();
  for (let index = 0; index < calls; index += 1) {
    const start = performance.now();
    await call();
    latencies[index] = performance.now() - start;
  }
  const { user, system } = process.cpuUsage(before);
  latencies.sort();
  return {
    cpuUs: (user + system) / calls,
    p50Ms: latencies[Math.floor(calls * 0.5)] ?? Number.NaN,
    p99Ms: latencies[Math.floor(calls * 0.99)] ?? Number.NaN,
  };
}
