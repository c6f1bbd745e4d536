import { type Bench, median } from "./benchmark.ts";
import type { LoadJob } from "./load/job.ts";
import { installApp, tokenRequestOf } from "./platform/installed-app.ts";
import { startPlatform } from "./platform/platform.ts";
import { openSqliteStorage, type Storage, startPostgresServer } from "./platform/storage.ts";
import { expiredDeliveries } from "./webhooks/seeded-deliveries.ts";

const benchmark = "pruning";
/** In development the clock can be moved, so that the hourly maintenance starts. */
const env = { LATCHKEY_ENV: "development", LATCHKEY_LOG_LEVEL: "error" };

const succeeded = /^latchkey_maintenance_last_success_timestamp_seconds\{work="delete events"\} [1-9]/m;
const failed = /^latchkey_maintenance_failures_total\{work="[^"]+"\} [1-9]/m;

/** Half an hour of two seconds each. */
const maxRounds = 900;

/** Latency of token requests while maintenance deletes expired deliveries and their events. */
export async function pruning(bench: Bench): Promise<void> {
  const server = await startPostgresServer();
  try {
    await prune(bench, openSqliteStorage(), bench.isQuick ? 20_000 : 100_000);
    await prune(bench, await server.openStorage(), bench.isQuick ? 20_000 : 1_000_000);
  } finally {
    await server.close();
  }
}

async function prune({ generator, isQuick, report }: Bench, storage: Storage, count: number): Promise<void> {
  const first = await startPlatform(storage, env);
  const installed = await installApp(first);
  await first.stop();
  process.stderr.write(`seeding ${count} deliveries, ${storage.engine} …\n`);
  await storage.run(expiredDeliveries(installed.appId, count));
  const platform = await startPlatform(storage, env);
  const job: LoadJob = {
    urls: [`${platform.url}/oauth2/token`],
    method: "POST",
    headers: { "content-type": "application/json" },
    bodies: { kind: "listed", texts: [tokenRequestOf(installed)] },
    check: { kind: "access-token" },
    connections: 16,
    seconds: 2,
    ratePerSecond: 200,
    sharesCore: storage.server !== undefined,
  };
  const latency = async (): Promise<number> => {
    const { failures, firstFailure, p50Ms } = await generator.run(job);
    if (failures > 0) throw new Error(`${failures} token requests failed: ${firstFailure}`);
    return p50Ms;
  };
  const idle: number[] = [];
  for (let round = 0; round < (isQuick ? 2 : 6); round += 1) idle.push(await latency());
  const began = performance.now();
  // The response comes after the maintenance, which may take longer than `fetch` waits.
  platform.manage("/dev/clock", { advance: "61m" }).catch(() => {});
  const meanwhile: number[] = [];
  let metrics: string;
  do {
    meanwhile.push(await latency());
    metrics = await platform.metrics();
    if (failed.test(metrics) || meanwhile.length > maxRounds) throw new Error("Maintenance failed.");
  } while (!succeeded.test(metrics));
  const seconds = (performance.now() - began) / 1_000;
  const { items } = await platform.read<{ items: unknown[] }>("/deliveries?limit=1");
  if (items.length > 0) throw new Error("Maintenance left deliveries.");
  await platform.stop();
  await storage.close();
  const name = storage.engine === "sqlite" ? "SQLite" : "PostgreSQL";
  const subject = `latchkey, ${name}, ${count} expired deliveries`;
  const figures = {
    "token p50 ms idle": median(idle),
    "token p50 ms": median(meanwhile),
    "pruned in s": seconds,
  };
  report.row({ benchmark, subject, figures });
  report.bound({
    ...{ benchmark, bound: `token p50 while pruning / idle, ${name}` },
    ...{ reached: median(meanwhile) / median(idle), limit: 2, rule: "at most" },
  });
}
