import { checkToken } from "./baselines/check-token.ts";
import { startBareServer, startOidcProvider, type TokenSubject } from "./baselines/token-servers.ts";
import type { Bench } from "./benchmark.ts";
import { type Comparison, compare } from "./comparison.ts";
import { installApp, tokenRequestOf } from "./platform/installed-app.ts";
import { type Platform, startPlatform } from "./platform/platform.ts";
import { openSqliteStorage, type Storage, startPostgresServer } from "./platform/storage.ts";

const benchmark = "token-endpoint";
const bare = "bare node:http";
const oidc = "oidc-provider";
const onSqlite = "latchkey, SQLite";
const onPostgres = "latchkey, PostgreSQL";
const twoProcesses = "latchkey, PostgreSQL, 2 processes";
const ourClaims = ["instance_id", "site_id", "gen", "secret_id"];

/** The token endpoint on both databases, a bare server and node-oidc-provider. */
export async function tokenEndpoint(bench: Bench): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const bareServer = await startBareServer(stack, bare);
  const oidcProvider = await startOidcProvider(stack, oidc);
  const sqlite = await startOurs(stack, openSqliteStorage(), [onSqlite]);
  const server = await startPostgresServer();
  stack.defer(() => server.close());
  const postgres = await startOurs(stack, await server.openStorage(), [onPostgres, twoProcesses]);
  await checkToken(oidcProvider, []);
  for (const subject of [bareServer, ...sqlite, ...postgres]) await checkToken(subject, ourClaims);
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

/** Maximum CPU time and minimum throughput, relative to each baseline. */
const limits = [
  { against: bare, cpu: 1.5, throughput: 0.65 },
  { against: oidc, cpu: 0.5, throughput: 2.3 },
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

/** Starts one process for each name; the n-th subject is the first n processes together. */
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
