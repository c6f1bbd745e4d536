import type { Bench, Pace } from "./benchmark.ts";
import { compare, type Subject } from "./comparison.ts";
import { installApp, mintToken } from "./platform/installed-app.ts";
import { type Platform, startPlatform } from "./platform/platform.ts";
import { products } from "./platform/seeded-products.ts";
import { openSqliteStorage, type Storage, startPostgresServer } from "./platform/storage.ts";

const benchmark = "product-query";
const small = 24;
const large = 100_000;
const checkOnly = "latchkey, SQLite, token-info with the same token";
const nothing = "latchkey, SQLite, /healthz";

/** The first page of all products, of a few products, and of half of the products by price. */
const queries = [
  { name: "{}", body: {} },
  { name: "few match", body: filtered({ name: { $startsWith: "product 0001" } }) },
  { name: "half match", body: filtered({ price: { $lte: 50 } }, [{ price: "desc" }]) },
];

/** Queries on a site with few products and on one with many, on both databases. */
export async function productQuery(bench: Bench): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const server = await startPostgresServer();
  stack.defer(() => server.close());
  const subjects: Subject[] = [];
  for (const [engine, open] of [
    ["SQLite", async () => openSqliteStorage()],
    ["PostgreSQL", () => server.openStorage()],
  ] as const) {
    for (const count of [small, large]) {
      const site = await openSite(stack, await open(), count);
      const name = `latchkey, ${engine}, ${count} products`;
      for (const query of queries)
        subjects.push(await asking(site, { name: `${name}, ${query.name}`, body: query.body }));
      if (engine === "SQLite" && count === small) subjects.push(...checkSubjects(site));
    }
  }
  const pace: Pace = {
    ...bench.pace,
    seconds: bench.pace.seconds / 2,
    warmUpSeconds: bench.pace.warmUpSeconds / 2,
  };
  const found = await compare({ ...bench, pace }, benchmark, subjects);
  const cpuOf = (name: string): number => found.of(name, "cpuUs");
  bench.report.bound({
    benchmark,
    bound: "share of the token check in the CPU of a query of 24 products, SQLite (token-info less /healthz)",
    reached: (cpuOf(checkOnly) - cpuOf(nothing)) / cpuOf(`latchkey, SQLite, ${small} products, {}`),
    rule: "at most",
    limit: 0.15,
  });
}

function filtered(filter: object, sort: readonly object[] = []): object {
  const sorted = sort.length === 0 ? {} : { sort: JSON.stringify(sort) };
  return { query: { filter: JSON.stringify(filter), ...sorted, paging: { limit: 24, offset: 0 } } };
}

interface Site {
  readonly platform: Platform;
  readonly storage: Storage;
  readonly token: string;
}

async function openSite(stack: AsyncDisposableStack, storage: Storage, count: number): Promise<Site> {
  stack.defer(() => storage.close());
  const first = await startPlatform(storage);
  const installed = await installApp(first);
  await first.stop();
  process.stderr.write(`seeding ${count} products …\n`);
  await storage.run(products(installed.siteId, count));
  const platform = await startPlatform(storage);
  stack.defer(() => platform.stop());
  return { platform, storage, token: await mintToken(platform, installed) };
}

async function asking(site: Site, { name, body }: { name: string; body: object }): Promise<Subject> {
  const { platform, storage, token } = site;
  const url = `${platform.url}/stores/v1/products/query`;
  const headers = { "content-type": "application/json", authorization: token };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (response.status !== 200) throw new Error(`${name}: the query returned ${response.status}.`);
  // Each response under load must have as many products as this one.
  const first = (await response.json()) as { products: unknown[]; totalResults: number };
  if (first.products.length === 0) throw new Error(`${name}: the query found nothing.`);
  return {
    name,
    servers: [platform.child],
    database: storage.server,
    job: {
      urls: [url],
      method: "POST",
      headers,
      bodies: { kind: "listed", texts: [JSON.stringify(body)] },
      check: { kind: "products", count: first.products.length, total: first.totalResults },
    },
  };
}

/** The cost of a request without the query: the same server with a check of the same token, and without. */
function checkSubjects({ platform, token }: Site): Subject[] {
  return [
    {
      name: checkOnly,
      servers: [platform.child],
      database: undefined,
      job: {
        urls: [`${platform.url}/oauth2/token-info`],
        method: "POST",
        headers: { "content-type": "application/json" },
        bodies: { kind: "listed", texts: [JSON.stringify({ token })] },
        check: { kind: "active", active: true },
      },
    },
    {
      name: nothing,
      servers: [platform.child],
      database: undefined,
      job: {
        urls: [`${platform.url}/healthz`],
        method: "GET",
        headers: {},
        bodies: { kind: "listed", texts: [] },
        check: { kind: "json" },
      },
    },
  ];
}
