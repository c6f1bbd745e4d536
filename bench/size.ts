import type { Bench } from "./benchmark.ts";
import { compare, type Subject } from "./comparison.ts";
import { installApp, tokenRequestOf } from "./platform/installed-app.ts";
import { startPlatform } from "./platform/platform.ts";
import { sitesWithInstances } from "./platform/seeded-instances.ts";
import { openSqliteStorage, type Storage, startPostgresServer } from "./platform/storage.ts";

const benchmark = "size";

/** The cost of a token among few instances and among many, drawn uniformly. */
export async function size(bench: Bench): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const server = await startPostgresServer();
  stack.defer(() => server.close());
  const few = 1_000;
  const many = bench.isQuick ? 50_000 : 1_000_000;
  const engines = [
    { name: "latchkey, SQLite", limit: 1.1, open: async () => openSqliteStorage() },
    { name: "latchkey, PostgreSQL", limit: 1.25, open: () => server.openStorage() },
  ];
  const subjects: Subject[] = [];
  for (const { name, open } of engines) {
    for (const count of [few, many]) {
      subjects.push(await startWith(stack, await open(), { name: nameOf(name, count), count }));
    }
  }
  const found = await compare(bench, benchmark, subjects);
  for (const { name, limit } of engines) {
    bench.report.bound({
      benchmark,
      bound: `CPU per token among ${many} instances / among ${few}, ${name}`,
      reached: found.ratio(nameOf(name, many), nameOf(name, few), "cpuUs"),
      rule: "at most",
      limit,
    });
  }
}

function nameOf(engine: string, count: number): string {
  return `${engine}, ${count} instances`;
}

async function startWith(
  stack: AsyncDisposableStack,
  storage: Storage,
  { name, count }: { name: string; count: number },
): Promise<Subject> {
  stack.defer(() => storage.close());
  const first = await startPlatform(storage);
  const installed = await installApp(first);
  await first.stop();
  process.stderr.write(`seeding ${name} …\n`);
  await storage.run(sitesWithInstances(installed, count));
  const platform = await startPlatform(storage);
  stack.defer(() => platform.stop());
  return {
    name,
    servers: [platform.child],
    database: storage.server,
    job: {
      urls: [`${platform.url}/oauth2/token`],
      method: "POST",
      headers: { "content-type": "application/json" },
      bodies: {
        kind: "drawn",
        text: tokenRequestOf({ ...installed, instanceId: "{id}" }),
        count,
        seed: 2_463_534_242,
      },
      check: { kind: "access-token" },
    },
  };
}
