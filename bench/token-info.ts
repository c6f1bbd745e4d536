import type { Bench } from "./benchmark.ts";
import { compare, type Subject } from "./comparison.ts";
import { installApp, mintTokens } from "./platform/installed-app.ts";
import { type Platform, startPlatform } from "./platform/platform.ts";
import { openSqliteStorage, type Storage, startPostgresServer } from "./platform/storage.ts";

const benchmark = "token-info";
/** More tokens than the signature cache holds: none is cached when it is used again. */
const coldTokens = 25_000;

/** Checks of known and new tokens on both databases. */
export async function tokenInfo(bench: Bench): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const server = await startPostgresServer();
  stack.defer(() => server.close());
  const subjects: Subject[] = [];
  for (const [name, storage, processes] of [
    ["latchkey, SQLite", openSqliteStorage(), 1],
    ["latchkey, PostgreSQL", await server.openStorage(), 2],
  ] as const) {
    const cold = bench.isQuick ? 500 : coldTokens;
    subjects.push(...(await startWith(stack, storage, { name, cold, processes })));
  }
  await compare(bench, benchmark, subjects);
}

async function startWith(
  stack: AsyncDisposableStack,
  storage: Storage,
  { name, cold, processes }: { name: string; cold: number; processes: number },
): Promise<Subject[]> {
  stack.defer(() => storage.close());
  const platforms: Platform[] = [];
  while (platforms.length < processes) {
    const started = await startPlatform(storage);
    stack.defer(() => started.stop());
    platforms.push(started);
  }
  const [platform] = platforms;
  if (platform === undefined) return [];
  const installed = await installApp(platform);
  const tokens = await mintTokens(platform, installed, { count: cold });
  const known = tokens.slice(0, 1);
  return [
    asking([platform], storage, { name: `${name}, known token`, tokens: known }),
    asking([platform], storage, { name: `${name}, new token`, tokens }),
    ...(processes === 1
      ? []
      : [
          asking(platforms, storage, { name: `${name}, ${processes} processes, known token`, tokens: known }),
        ]),
  ];
}

function asking(
  platforms: readonly Platform[],
  storage: Storage,
  what: { name: string; tokens: readonly string[] },
): Subject {
  return {
    name: what.name,
    servers: platforms.map(({ child }) => child),
    database: storage.server,
    job: {
      urls: platforms.map(({ url }) => `${url}/oauth2/token-info`),
      method: "POST",
      headers: { "content-type": "application/json" },
      bodies: { kind: "listed", texts: what.tokens.map((token) => JSON.stringify({ token })) },
      check: { kind: "active", active: true },
    },
  };
}
