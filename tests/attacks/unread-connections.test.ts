import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { requestToken } from "@latchkey/test-support/request-token";
import { afterEach, expect, test } from "vitest";
import { freePort, startLatchkey } from "../crash/latchkey-process.ts";
import { createStorage } from "../crash/storage.ts";
import { connectTo } from "../crash/workload.ts";
import { createProducts, installApp, options, postTo, serverFlags, simpleProduct } from "./setup.ts";

const connections = 600;
const addresses = 10;
/** Of a server that runs from TypeScript sources. */
const maxBytes = 512 * 1024 * 1024;
const manageProducts = "SCOPE.DC-STORES.MANAGE-PRODUCTS";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

test.each(["sqlite", "postgres"] as const)(
  "FR-A1: 600 connections that do not read leave the memory limited, and others are served, on %s",
  { timeout: 600_000 },
  async (engine) => {
    const storage = await createStorage(engine);
    closing.push(storage.remove);
    const adminKey = randomBytes(32).toString("base64");
    const environment = {
      ...{ LATCHKEY_ENV: "development", PORT: await freePort(), LATCHKEY_ADMIN_KEY: adminKey },
      ...{ LATCHKEY_ENCRYPTION_KEY: randomBytes(32).toString("base64"), ...storage.environment },
    };
    const first = await startLatchkey(environment);
    const connection = connectTo(first.url, adminKey);
    const post = postTo(connection);
    const [app, other] = [await installApp(post, manageProducts), await installApp(post, manageProducts)];
    await createProducts({ app, url: first.url }, 1, () => ({ ...simpleProduct(1), ...options(300) }));
    connection.close();
    await first.kill("SIGTERM");
    await storage.write(ninetyNineMore);
    const server = await startLatchkey(environment, serverFlags);
    closing.push(() => server.kill("SIGKILL"));

    const token = await requestToken(server.url, app);
    const body = JSON.stringify({ includeVariants: true, query: { paging: { limit: 18 } } });
    const query = [
      ...["POST /stores/v1/products/query HTTP/1.1", "Host: 127.0.0.1", `Authorization: ${token}`],
      ...["Content-Type: application/json", `Content-Length: ${body.length}`, "", body],
    ].join("\r\n");
    const headers = { authorization: token, "content-type": "application/json" };
    const large = await fetch(`${server.url}/stores/v1/products/query`, { method: "POST", headers, body });
    expect((await large.text()).length).toBeGreaterThan(1_000_000);

    for (const request of [query, "GET /docs HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".repeat(50)]) {
      const sockets = Array.from({ length: connections }, (_, index) =>
        askWithoutReading(server.url, `127.0.0.${2 + (index % addresses)}`, request),
      );
      for (let count = 0; count < 10; count += 1) await requestToken(server.url, other);
      await Promise.all(sockets.map(({ served }) => served));
      await requestToken(server.url, other);
      for (const { socket } of sockets) socket.destroy();
    }
    expect(peakBytes(server.pid)).toBeLessThan(maxBytes);
  },
);

/** `served` resolves when the response begins, or the server closes the connection. */
function askWithoutReading(
  url: string,
  localAddress: string,
  request: string,
): { socket: Socket; served: Promise<unknown> } {
  const socket = connect({ host: "127.0.0.1", port: Number(new URL(url).port), localAddress });
  // The server may cut the connection; that is its right.
  socket.on("error", () => {});
  socket.write(request);
  const ended = new AbortController();
  const options = { signal: ended.signal };
  const served = Promise.race([once(socket, "readable", options), once(socket, "close", options)])
    .finally(() => ended.abort())
    .catch(() => {});
  return { socket, served };
}

/** The most memory that the process has had. */
function peakBytes(pid: number): number {
  const [, kilobytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  const bytes = Number(kilobytes) * 1_024;
  console.log(`${Math.round(bytes / 1_048_576)} MiB at most`);
  return bytes;
}

/** SQL that stores the product of the only store 99 times more, on both databases. */
const ninetyNineMore = [
  `insert into stores_products
   select site_id, '00000000-0000-4000-8000-' || substr(cast(1000000000000 + i as text), 2), i, visible, price, created_at,
     updated_at, product_type, inventory_status, name, name_folded, slug || i, slug_folded || i, sku, sku_folded, description,
     description_folded, document, variants, merchant_data, merchant_variants
   from stores_products
   cross join (with recursive n(i) as (select 2 union all select i + 1 from n where i < 100) select i from n) as n`,
  "update stores_product_numbers set last_numeric_id = 100, products = 100, visible_products = 100",
];
