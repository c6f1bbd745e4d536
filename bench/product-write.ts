import type { Bench } from "./benchmark.ts";
import { compare, type Subject } from "./comparison.ts";
import { installApp, mintToken } from "./platform/installed-app.ts";
import { startPlatform } from "./platform/platform.ts";
import { openSqliteStorage, type Storage, startPostgresServer } from "./platform/storage.ts";

const names = 20_000;

/** One new product for each request: row, numbers, variants and event in one durable transaction. */
export async function productWrite(bench: Bench): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const server = await startPostgresServer();
  stack.defer(() => server.close());
  await compare(bench, "product-write", [
    await creating(stack, openSqliteStorage(), "latchkey, SQLite"),
    await creating(stack, await server.openStorage(), "latchkey, PostgreSQL"),
  ]);
}

async function creating(stack: AsyncDisposableStack, storage: Storage, name: string): Promise<Subject> {
  stack.defer(() => storage.close());
  const platform = await startPlatform(storage);
  stack.defer(() => platform.stop());
  const authorization = await mintToken(platform, await installApp(platform));
  const texts = Array.from({ length: names }, (_, index) =>
    JSON.stringify({
      product: { name: `Product ${index}`, productType: "physical", priceData: { price: index % 100 } },
    }),
  );
  return {
    name,
    servers: [platform.child],
    database: storage.server,
    job: {
      urls: [`${platform.url}/stores/v1/products`],
      method: "POST",
      headers: { "content-type": "application/json", authorization },
      bodies: { kind: "listed", texts },
      check: { kind: "json" },
    },
  };
}
