import type { ResourceDatabase } from "@latchkey/server";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { tokenWith } from "@latchkey/test-support/token-with";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newProduct } from "./catalog/new-product.ts";
import { insertProducts } from "./products.queries.ts";
import { stores } from "./stores.ts";
import type { StoresTables } from "./tables.ts";
import { storesOf } from "./test-support/stores-of.ts";

const actor = { name: "test", requestId: "" };

describe.each(["sqlite", "postgres"] as const)("the kept totals of a store on %s", (engine) => {
  let platform: TestPlatform;
  let database: ResourceDatabase<StoresTables>;
  beforeAll(async () => {
    platform = await createTestPlatform({ resources: [stores], database: engine });
    database = storesOf(platform).database;
  });
  afterAll(() => platform.close());

  /** All and visible products: as kept, and as counted. */
  async function totalsOf(siteId: string): Promise<{ kept: number[]; counted: number[] }> {
    const [kept, visible] = await Promise.all([
      database.read.selectFrom("stores_product_numbers").selectAll().where("site_id", "=", siteId).execute(),
      database.read.selectFrom("stores_products").select("visible").where("site_id", "=", siteId).execute(),
    ]);
    return {
      kept: kept.flatMap(({ products, visible_products }) => [products, visible_products]),
      counted: [visible.length, visible.filter((row) => row.visible === 1).length],
    };
  }

  async function fill(siteId: string, count: number): Promise<void> {
    const products = Array.from({ length: count }, (_, index) =>
      newProduct(
        { name: `Product ${index}`, price: 1, visible: index % 4 !== 0 },
        { productId: crypto.randomUUID(), site: { currency: "USD", url: null }, now: 1_767_323_045_678 },
      ),
    );
    await database.write((trx) => insertProducts(trx, siteId, products));
  }

  test("equal the counted ones after concurrent creations, deletions and changes of visibility", async () => {
    const { siteId } = await platform.createSite();
    const token = await tokenWith(platform, "SCOPE.DC-STORES.MANAGE-PRODUCTS", siteId);
    const call = async (method: string, path: string, body?: object): Promise<string> => {
      const response = await fetch(`${platform.url}/stores/v1/${path}`, {
        method,
        headers: { authorization: token, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      expect([200, 404]).toContain(response.status);
      return ((await response.json()) as { product?: { id: string } }).product?.id ?? "";
    };
    const work = async (worker: number): Promise<void> => {
      const kept: string[] = [];
      for (let step = 0; step < 10; step += 1) {
        const visible = (worker + step) % 2 === 0;
        const name = `Product ${worker} ${step}`;
        const id = await call("POST", "products", { product: { name, priceData: { price: 1 }, visible } });
        if (step % 3 === 0)
          await Promise.all([call("DELETE", `products/${id}`), call("DELETE", `products/${id}`)]);
        else kept.push(id);
        const changed = kept[step % kept.length];
        if (changed) await call("PATCH", `products/${changed}`, { product: { visible: !visible } });
      }
    };
    await Promise.all(Array.from({ length: 6 }, (_, worker) => work(worker)));
    const { counted, kept } = await totalsOf(siteId);
    expect(counted[0]).toBe(36);
    expect(kept).toEqual(counted);
  });

  test("are those of the copy of a site, and 0 after the site was deleted", async () => {
    const { siteId } = await platform.createSite();
    await fill(siteId, 250);
    const { settled, sites } = platform.platform;
    const copy = await sites.copy(actor, siteId);
    expect((await totalsOf(copy.siteId)).kept).toEqual([250, 187]);
    await sites.remove(actor, siteId);
    await settled();
    expect(await totalsOf(siteId)).toEqual({ kept: [0, 0], counted: [0, 0] });
    expect((await totalsOf(copy.siteId)).kept).toEqual([250, 187]);
  });

  test("are the totals of queries without a filter, which do not count rows", async () => {
    const { siteId } = await platform.createSite();
    await fill(siteId, 8);
    const token = await tokenWith(platform, "SCOPE.DC-STORES.MANAGE-PRODUCTS", siteId);
    // Differs from the counted total, to show which one the response has.
    await database.write((trx) =>
      sql`update stores_product_numbers set products = 1008, visible_products = 1006 where site_id = ${siteId}`.execute(
        trx,
      ),
    );
    const total = async (body: object, path = "v1/products/query"): Promise<unknown> => {
      const response = await fetch(`${platform.url}/stores/${path}`, {
        method: "POST",
        headers: { authorization: token, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      const page = (await response.json()) as { totalResults?: number; metadata: { total?: number } };
      return page.totalResults ?? page.metadata.total;
    };
    const paging = { limit: 1 };
    expect([
      await total({ query: { paging } }),
      await total({ query: { paging, filter: "{}" }, includeHiddenProducts: true }),
      await total({ query: { paging, filter: {} } }, "v1/products/query-platformized"),
      await total({ query: { paging, filter: '{"price":1}' } }),
    ]).toEqual([1_006, 1_008, 1_006, 6]);
  });
});
