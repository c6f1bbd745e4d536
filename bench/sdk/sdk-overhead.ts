import { type Bench, median, medianRatio } from "../benchmark.ts";
import { startChild } from "../processes/child.ts";
import type { CallerJob, CallerRound } from "./caller.ts";

const benchmark = "sdk-overhead";
const bare = "bare fetch";

/** The cost of a call through the SDK, relative to a bare `fetch` of the same request. */
export async function sdkOverhead({ isQuick, report }: Bench): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const server = startChild(new URL("../baselines/fixed-responses.ts", import.meta.url), { core: "server" });
  stack.defer(() => server.stop());
  const app = startChild(new URL("./caller.ts", import.meta.url), { core: "load" });
  stack.defer(() => app.stop());
  const job: CallerJob = {
    url: await server.ask<string>("url"),
    rounds: isQuick ? 5 : 60,
    calls: 300,
  };
  const rounds = await app.ask<CallerRound[]>(job);
  const of = (kind: string, figure: (round: CallerRound) => number): number[] =>
    rounds.filter((round) => round.kind === kind).map(figure);
  for (const kind of new Set(rounds.map((round) => round.kind))) {
    const cpuUs = of(kind, (round) => round.cpuUs);
    const p50Ms = of(kind, (round) => round.p50Ms);
    const p99Ms = of(kind, (round) => round.p99Ms);
    const figures = { "cpu µs": median(cpuUs), "p50 ms": median(p50Ms), "p99 ms": median(p99Ms) };
    report.row({ benchmark, subject: kind, figures });
    if (!kind.startsWith("latchkey")) continue;
    const atMost = { benchmark, rule: "at most", limit: 1.1 } as const;
    const bareCpuUs = of(bare, (round) => round.cpuUs);
    const bareP50Ms = of(bare, (round) => round.p50Ms);
    report.bound({ ...atMost, bound: `CPU, ${kind} / ${bare}`, reached: medianRatio(cpuUs, bareCpuUs) });
    report.bound({ ...atMost, bound: `p50, ${kind} / ${bare}`, reached: medianRatio(p50Ms, bareP50Ms) });
  }
}
