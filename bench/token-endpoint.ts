import type { Bench } from "./benchmark.ts";
import { type Comparison, compare } from "./comparison.ts";
import { installApp, tokenRequestOf } from "./platform/installation.ts";
import { type Platform, startPlatform } from "./platform/platform.ts";
import { openSqliteStorage, type Storage, startPostgresServer } from "./platform/storage.ts";
import { checkGenuineToken } from "./rivals/genuine-token.ts";
import { startBareServer, startOidcProvider, type TokenSubject } from "./rivals/rivals.ts";

const benchmark = "token-endpoint";
const bare = "bare node:http";
const rival = "oidc-provider";
const onSqlite = "latchkey, SQLite";
const onPostgres = "latchkey, PostgreSQL";
const twoProcesses = "latchkey, PostgreSQL, 2 processes";
const ourClaims = ["instance_id", "site_id", "gen", "secret_id"];

/** Tokens for instances: ours on both databases beside a bare server and node-oidc-provider. */
export async function tokenEndpoint(bench: Bench): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const bareServer = await startBareServer(stack, bare);
  const oidcProvider = await startOidcProvider(stack, rival);
  const sqlite = await startOurs(stack, openSqliteStorage(), [onSqlite]);
  const server = await startPostgresServer();
  stack.defer(() => server.close());
  const postgres = await startOurs(stack, await server.openStorage(), [onPostgres, twoProcesses]);
  await checkGenuineToken(oidcProvider, []);
  for (const subject of [bareServer, ...sqlite, ...postgres]) await checkGenuineToken(subject, ourClaims);
  const found = await compare(bench, benchmark, [bareServer, oidcProvider, ...sqlite, ...postgres]);
  for (const name of [onSqlite, onPostgres]) reportBounds(bench, found, name);
  const atMost = { benchmark, rule: "at most" } as const;
  bench.report.bound({
    ...atMost,
    bound: `CPU, ${twoProcesses} / ${onPostgres}`,
    reached: found.ratio(twoProcesses, onPostgres, "cpuUs"),
    limit: 1.1,
  });
  bench.report.bound({
    ...atMost,
    bound: `p99 ms at 70 % load, ${twoProcesses}`,
    reached: found.of(twoProcesses, "openP99Ms"),
    limit: 10,
  });
}

/** Against the bare server and the rival: most CPU time, least throughput. */
const limits = [
  { against: bare, cpu: 1.5, throughput: 0.65 },
  { against: rival, cpu: 0.5, throughput: 2.3 },
];

function reportBounds({ report }: Bench, found: Comparison, name: string): void {
  for (const { against, cpu, throughput } of limits) {
    report.bound({
      benchmark,
      bound: `CPU, ${name} / ${against}`,
      reached: found.ratio(name, against, "cpuUs"),
      rule: "at most",
      limit: cpu,
    });
    report.bound({
      benchmark,
      bound: `req/s, ${name} / ${against}`,
      reached: found.ratio(name, against, "perSecond"),
      rule: "at least",
      limit: throughput,
    });
  }
}

/** One process for each name; the subject with the n-th name is the first n of them together. */
async function startOurs(
  stack: AsyncDisposableStack,
  storage: Storage,
  names: readonly string[],
): Promise<TokenSubject[]> {
  stack.defer(() => storage.close());
  const platforms: Platform[] = [];
  for (const _ of names) {
    const platform = await startPlatform(storage);
    stack.defer(() => platform.stop());
    platforms.push(platform);
  }
  const [first] = platforms;
  if (first === undefined) return [];
  const text = tokenRequestOf(await installApp(first));
  return names.map((name, index) => {
    const members = platforms.slice(0, index + 1);
    return {
      name,
      servers: members.map(({ child }) => child),
      jwksUrl: `${first.url}/.well-known/jwks.json`,
      database: storage.server,
      job: {
        urls: members.map(({ url }) => `${url}/oauth2/token`),
        method: "POST",
        headers: { "content-type": "application/json" },
        bodies: { kind: "listed", texts: [text] },
        check: { kind: "access-token" },
      },
    };
  });
}
