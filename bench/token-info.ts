import type { Bench } from "./benchmark.ts";
import { compare, type Subject } from "./comparison.ts";
import { installApp, mintToken } from "./platform/installation.ts";
import { type Platform, startPlatform } from "./platform/platform.ts";
import { openSqliteStorage, type Storage, startPostgresServer } from "./platform/storage.ts";

const benchmark = "token-info";
/** More than the server remembers signatures of; each comes round when the one before it is long forgotten. */
const coldTokens = 25_000;

/** Checks of tokens: seen before or not, on both databases. */
export async function tokenInfo(bench: Bench): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const server = await startPostgresServer();
  stack.defer(() => server.close());
  const subjects: Subject[] = [];
  for (const [name, storage] of [
    ["latchkey, SQLite", openSqliteStorage()],
    ["latchkey, PostgreSQL", await server.openStorage()],
  ] as const) {
    subjects.push(...(await startWith(stack, storage, { name, cold: bench.isQuick ? 500 : coldTokens })));
  }
  await compare(bench, benchmark, subjects);
}

async function startWith(
  stack: AsyncDisposableStack,
  storage: Storage,
  { name, cold }: { name: string; cold: number },
): Promise<Subject[]> {
  stack.defer(() => storage.close());
  const platform = await startPlatform(storage);
  stack.defer(() => platform.stop());
  const installation = await installApp(platform);
  const tokens: string[] = [];
  while (tokens.length < cold) {
    const some = Array.from({ length: 50 }, () => mintToken(platform, installation));
    tokens.push(...(await Promise.all(some)));
  }
  return [
    asking(platform, storage, { name: `${name}, known token`, tokens: tokens.slice(0, 1) }),
    asking(platform, storage, { name: `${name}, new token`, tokens }),
  ];
}

function asking(
  platform: Platform,
  storage: Storage,
  what: { name: string; tokens: readonly string[] },
): Subject {
  return {
    name: what.name,
    servers: [platform.child],
    database: storage.server,
    job: {
      urls: [`${platform.url}/oauth2/token-info`],
      method: "POST",
      headers: { "content-type": "application/json" },
      bodies: { kind: "listed", texts: what.tokens.map((token) => JSON.stringify({ token })) },
      check: { kind: "active", active: true },
    },
  };
}
