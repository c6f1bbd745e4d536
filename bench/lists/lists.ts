import type { Bench } from "../benchmark.ts";
import { installApp } from "../platform/installed-app.ts";
import { type Platform, startPlatform } from "../platform/platform.ts";
import { openSqliteStorage, type Storage, startPostgresServer } from "../platform/storage.ts";
import { longLists, rowsOfLists } from "./seeded-lists.ts";

const benchmark = "lists";
const rows = 10_000;
const limitMs = 200;
const env = { LATCHKEY_LOG_LEVEL: "error" };

/** The time of each page of the dashboard's lists, which have 10,000 rows, in pages of 100. */
export async function lists(bench: Bench): Promise<void> {
  const server = await startPostgresServer();
  try {
    await readLists(bench, openSqliteStorage());
    await readLists(bench, await server.openStorage());
  } finally {
    await server.close();
  }
}

async function readLists({ isQuick, report }: Bench, storage: Storage): Promise<void> {
  const first = await startPlatform(storage, env);
  const app = await installApp(first);
  await first.stop();
  process.stderr.write(`seeding ${rows} rows in each list, ${storage.engine} …\n`);
  await storage.run(rowsOfLists(app, rows));
  const platform = await startPlatform(storage, env);
  const name = storage.engine === "sqlite" ? "SQLite" : "PostgreSQL";
  let slowest = 0;
  for (const path of longLists(app)) {
    const times = await readPages(platform, path, isQuick ? 5 : Number.POSITIVE_INFINITY);
    const figures = {
      pages: times.length,
      "p50 ms": quantile(times, 0.5),
      "p95 ms": quantile(times, 0.95),
      "slowest ms": Math.max(...times),
    };
    report.row({ benchmark, subject: `${name}, ${path.replace(app.appId, "{appId}")}`, figures });
    slowest = Math.max(slowest, figures["p95 ms"]);
  }
  await platform.stop();
  await storage.close();
  report.bound({
    ...{ benchmark, bound: `p95 ms of the slowest list of 10,000 rows, ${name}` },
    ...{ reached: slowest, limit: limitMs, rule: "at most" },
  });
}

/** Reads a list page by page. Returns the milliseconds of each. */
async function readPages(platform: Platform, path: string, maxPages: number): Promise<number[]> {
  const times: number[] = [];
  let cursor: string | null = null;
  do {
    const url = new URL(path, "http://list");
    url.searchParams.set("limit", "100");
    if (cursor !== null) url.searchParams.set("cursor", cursor);
    const started = performance.now();
    const page: { nextCursor: string | null } = await platform.read(`${url.pathname}${url.search}`);
    times.push(performance.now() - started);
    cursor = page.nextCursor;
  } while (cursor !== null && times.length < maxPages);
  return times;
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}
