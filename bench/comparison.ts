import { type Bench, median, medianRatio } from "./benchmark.ts";
import type { LoadJob, LoadResult } from "./load/job.ts";
import type { DatabaseServer } from "./platform/storage.ts";
import type { Child } from "./processes/child.ts";

/** One or more servers, and the requests that load them. */
export interface Subject {
  readonly name: string;
  /** The processes whose CPU time is measured. */
  readonly servers: readonly Child[];
  readonly database: DatabaseServer | undefined;
  readonly job: Omit<LoadJob, "connections" | "seconds" | "ratePerSecond" | "sharesCore">;
}

/** The results of a comparison. */
export interface Comparison {
  /** Median of a figure over the rounds of a subject. */
  of(name: string, figure: Figure): number;
  /** Median of the quotient of two subjects, round by round. */
  ratio(name: string, against: string, figure: Figure): number;
}

/** CPU time per request; requests per second; 99th percentile of latency at 70 % of that rate. */
export type Figure = "cpuUs" | "perSecond" | "openP99Ms";

interface Round extends LoadResult {
  readonly cpuUs: number;
  readonly databaseCpuUs: number;
}

const connections = 64;
/** The rate of the open loop, as a share of the rate of the closed loop. */
const openLoad = 0.7;

/**
 * Loads each subject in turn, round after round, so that a slow minute of the machine affects every subject, and reports
 * a row for each. Throws when a response was wrong, because a server that fails is fast.
 */
export async function compare(
  bench: Bench,
  benchmark: string,
  subjects: readonly Subject[],
): Promise<Comparison> {
  const { pace } = bench;
  for (const subject of subjects) await measure(bench, subject, { seconds: pace.warmUpSeconds });
  const closed = await alternate(bench, subjects, () => ({ seconds: pace.seconds }));
  const rateOf = (name: string): number =>
    openLoad * median(column(closed, name, (round) => round.perSecond));
  const open = await alternate(bench, subjects, ({ name }) => ({
    seconds: pace.seconds,
    ratePerSecond: rateOf(name),
  }));
  for (const subject of subjects) {
    bench.report.row({ benchmark, subject: subject.name, figures: figuresOf(subject, closed, open) });
  }
  const values = (name: string, figure: Figure): number[] =>
    figure === "openP99Ms"
      ? column(open, name, (round) => round.p99Ms)
      : column(closed, name, (round) => round[figure]);
  return {
    of: (name, figure) => median(values(name, figure)),
    ratio: (name, against, figure) => medianRatio(values(name, figure), values(against, figure)),
  };
}

type Rounds = ReadonlyMap<string, readonly Round[]>;

function column(rounds: Rounds, name: string, figure: (round: Round) => number): number[] {
  return (rounds.get(name) ?? []).map(figure);
}

function figuresOf({ name, database }: Subject, closed: Rounds, open: Rounds): Record<string, number> {
  const of = (rounds: Rounds, figure: (round: Round) => number): number =>
    median(column(rounds, name, figure));
  return {
    "cpu µs": of(closed, (round) => round.cpuUs),
    ...(database?.cpuUs() === undefined ? {} : { "db cpu µs": of(closed, (round) => round.databaseCpuUs) }),
    "req/s": of(closed, (round) => round.perSecond),
    "p50 ms": of(closed, (round) => round.p50Ms),
    "p99 ms": of(closed, (round) => round.p99Ms),
    "p50 ms at 70 %": of(open, (round) => round.p50Ms),
    "p99 ms at 70 %": of(open, (round) => round.p99Ms),
  };
}

async function alternate(
  bench: Bench,
  subjects: readonly Subject[],
  how: (subject: Subject) => { seconds: number; ratePerSecond?: number },
): Promise<Rounds> {
  const rounds = new Map<string, Round[]>(subjects.map(({ name }) => [name, []]));
  for (let round = 0; round < bench.pace.rounds; round += 1) {
    for (const subject of subjects) {
      rounds.get(subject.name)?.push(await measure(bench, subject, how(subject)));
    }
  }
  return rounds;
}

async function measure(
  { generator }: Bench,
  subject: Subject,
  how: { seconds: number; ratePerSecond?: number },
): Promise<Round> {
  const before = await usageOf(subject);
  const result = await generator.run({
    ...subject.job,
    ...how,
    connections,
    sharesCore: subject.database !== undefined,
  });
  const after = await usageOf(subject);
  if (result.failures > 0) {
    throw new Error(
      `${subject.name}: ${result.failures} of ${result.requests} responses failed: ${result.firstFailure}`,
    );
  }
  return {
    ...result,
    cpuUs: (after.servers - before.servers) / result.requests,
    databaseCpuUs: (after.database - before.database) / result.requests,
  };
}

async function usageOf(subject: Subject): Promise<{ servers: number; database: number }> {
  const usages = await Promise.all(subject.servers.map((server) => server.usage()));
  return {
    servers: usages.reduce((sum, usage) => sum + usage.cpuUs, 0),
    database: subject.database?.cpuUs() ?? 0,
  };
}
