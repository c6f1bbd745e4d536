import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { freePort, type LatchkeyProcess, startLatchkey } from "./latchkey-process.ts";
import { createStorage } from "./storage.ts";

const count = 2_000;

test.each(["sqlite", "postgres"] as const)(
  "FR-A2: a server that is killed while it copies or deletes a site leaves no half of it, on %s",
  { timeout: 600_000 },
  async (engine) => {
    const storage = await createStorage(engine);
    const adminKey = randomBytes(32).toString("base64");
    const environment = {
      ...{ LATCHKEY_ENV: "development", PORT: await freePort(), LATCHKEY_ADMIN_KEY: adminKey },
      ...{ LATCHKEY_ENCRYPTION_KEY: randomBytes(32).toString("base64"), ...storage.environment },
    };
    let server: LatchkeyProcess = await startLatchkey(environment);
    const call = async (path: string, body?: object, token = adminKey) => {
      const [method = "", target = ""] = path.split(" ");
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      const response = await fetch(server.url + target, {
        ...{ method, headers },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      return { status: response.status, body: (await response.json()) as Record<string, string> };
    };
    const restart = async (): Promise<void> => {
      await server.kill("SIGKILL");
      server = await startLatchkey(environment);
    };
    const createStore = async (products: number): Promise<string> => {
      const { siteId = "" } = (await call("POST /admin/v1/sites", { name: "Store" })).body;
      await server.kill("SIGTERM");
      await storage.write(manyProducts(siteId, products));
      server = await startLatchkey(environment);
      return siteId;
    };
    /** How many products there are, by site. */
    const products = async (): Promise<Record<string, number>> => {
      const rows = await storage.read(
        "select site_id, count(*) as count from stores_products group by site_id",
      );
      return Object.fromEntries(rows.map((row) => [String(row.site_id), Number(row.count)]));
    };
    const partOfOther = async (known: readonly string[]): Promise<boolean> => {
      const others = Object.entries(await products()).filter(([site]) => !known.includes(site));
      return others.some(([, some]) => some > 0 && some < count);
    };
    const until = async (isDone: () => Promise<boolean>): Promise<void> => {
      while (!(await isDone())) await new Promise((resolve) => setTimeout(resolve, 10));
    };

    const large = await createStore(count);
    const small = await createStore(3);

    const copied = call(`POST /admin/v1/sites/${large}/copy`).catch(() => undefined);
    await until(() => partOfOther([large, small]));
    await restart();
    expect(await copied).toBeUndefined();
    expect((await call("GET /admin/v1/sites")).body.items).toHaveLength(2);
    await call("POST /admin/v1/dev/clock", { advance: "2m" });
    await until(async () => Object.keys(await products()).length === 2);
    expect(await products()).toEqual({ [large]: count, [small]: 3 });

    expect((await call(`DELETE /admin/v1/sites/${large}`)).status).toBe(200);
    expect((await call(`GET /admin/v1/sites/${large}`)).status).toBe(404);
    await until(async () => ((await products())[large] ?? 0) < count);
    await restart();
    expect((await call(`GET /admin/v1/sites/${large}`)).status).toBe(404);
    await until(async () => (await products())[large] === undefined);
    expect(await products()).toEqual({ [small]: 3 });
    await until(async () => (await storage.read("select * from site_work")).length === 0);
    await server.kill("SIGTERM");
    await storage.remove();
  },
);

/** SQL for products of a site, on both databases. */
function manyProducts(siteId: string, products: number): string[] {
  const document = JSON.stringify({
    ...{ name: "n", slug: "s", sku: "", description: "", productType: "physical", visible: true },
    ...{ priceData: { price: 1 }, stock: { inventoryStatus: "IN_STOCK" }, productPageUrl: {} },
    ...{ productOptions: [], collectionIds: [], variants: [] },
  });
  return [
    `insert into stores_product_numbers values ('${siteId}', ${products}, ${products}, ${products})`,
    `insert into stores_products
     select '${siteId}', '00000000-0000-4000-8000-' || substr(cast(1000000000000 + i as text), 2), i, 1, 1, 1, 1,
       'physical', 'IN_STOCK', 'n', 'n', 's' || i, 's' || i, '', '', '', '', '${document}', '[]', '{}', ''
     from (with recursive n(i) as (select 1 union all select i + 1 from n where i < ${products}) select i from n) as n`,
  ];
}
