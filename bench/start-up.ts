import { type Bench, median } from "./benchmark.ts";
import { startPlatform } from "./platform/platform.ts";
import { openSqliteStorage, type Storage } from "./platform/storage.ts";

const benchmark = "start-up";

interface Start {
  readonly readyMs: number;
  readonly rssMb: number;
}

/** Time from the start of the process to the first 200 of `/readyz`, and its memory at that time. */
export async function startUp({ isQuick, report }: Bench): Promise<void> {
  const fresh: Start[] = [];
  const reopened: Start[] = [];
  // The first start also reads files into the operating system's cache and is not counted.
  for (let round = 0; round <= (isQuick ? 2 : 9); round += 1) {
    const storage = openSqliteStorage();
    try {
      const starts = [await startOnce(storage), await startOnce(storage)] as const;
      if (round === 0) continue;
      fresh.push(starts[0]);
      reopened.push(starts[1]);
    } finally {
      await storage.close();
    }
  }
  for (const [subject, starts] of [
    ["latchkey, SQLite, new directory", fresh],
    ["latchkey, SQLite, existing directory", reopened],
  ] as const) {
    const readyMs = median(starts.map((start) => start.readyMs));
    const rssMb = median(starts.map((start) => start.rssMb));
    report.row({ benchmark, subject, figures: { "ready ms": readyMs, "rss MB": rssMb } });
    const atMost = { benchmark, rule: "at most" } as const;
    report.bound({ ...atMost, bound: `ready ms, ${subject}`, reached: readyMs, limit: 1_000 });
    report.bound({ ...atMost, bound: `rss MB, ${subject}`, reached: rssMb, limit: 150 });
  }
}

async function startOnce(storage: Storage): Promise<Start> {
  const platform = await startPlatform(storage);
  const { rssBytes } = await platform.child.usage();
  await platform.stop();
  return { readyMs: platform.readyMs, rssMb: rssBytes / 1_000_000 };
}
