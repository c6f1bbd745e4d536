import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createVault, parseMasterKeys } from "../../infrastructure/crypto/index.ts";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";
import type { Product } from "./product.ts";
import { insertProducts, productRows } from "./products.queries.ts";
import {
  type Members,
  parseRestQuery,
  productEntity,
  readPage,
  readQueryRequest,
  runPlatformQuery,
} from "./query/index.ts";
import { expectedIds, products, queries } from "./testing/generated-queries.ts";
import { requestsOf } from "./testing/query-forms.ts";

// 400 queries made from a seed run on both databases, in each form that can carry them, and in a model; all must give
// the same products in the same order.

describe.each(["sqlite", "postgres"] as const)("on %s", (engine) => {
  let platform: TestPlatform;
  let siteId: string;
  const vault = createVault(parseMasterKeys(randomBytes(32).toString("hex")), randomBytes);

  beforeAll(async () => {
    platform = await createTestPlatform({ database: engine });
    ({ siteId } = await platform.createSite());
    const other = await platform.createSite();
    await platform.platform.database.write(async (trx) => {
      await insertProducts(trx, siteId, products);
      await insertProducts(trx, other.siteId, products);
    });
  });
  afterAll(() => platform.close());

  const idsOf = (all: readonly Product[]): string[] => all.map(({ id }) => id);
  const runPlatformized = async (input: Members, includeHidden: boolean) => {
    const { database } = platform.platform;
    const rows = productRows({ siteId, includeHidden });
    return await runPlatformQuery<Product>({ db: database.read, vault }, productEntity, { ...rows, input });
  };

  test("400 generated queries find what they ask for, in order, in every form", async () => {
    let returned = 0;
    let asParameters = 0;
    for (const query of queries) {
      const { includeHidden, paging } = query;
      const all = expectedIds(query);
      const ids = all.slice(paging.offset, paging.offset + paging.limit);
      const { platformized, rest } = requestsOf(query);
      const page = await readPage<Product>(platform.platform.database.read, productEntity, {
        ...parseRestQuery(await readQueryRequest(rest), productEntity),
        ...productRows({ siteId, includeHidden }),
      });
      expect({ query, ids: idsOf(page.documents), total: page.total }).toEqual({
        query,
        ids,
        total: all.length,
      });
      const metadata = { count: ids.length, offset: paging.offset, total: all.length };
      for (const request of platformized) {
        const answer = await runPlatformized(await readQueryRequest(request), includeHidden);
        expect({ query, ids: idsOf(answer.documents), metadata: answer.metadata }).toEqual({
          query,
          ids,
          metadata,
        });
      }
      returned += ids.length;
      asParameters += platformized.length - 2;
    }
    // Queries that find nothing would prove nothing.
    expect([returned, asParameters]).toEqual([6_138, 220]);
  }, 240_000);

  test("40 generated queries are read by cursor to the end, and back to the beginning", async () => {
    let pages = 0;
    for (const query of queries.slice(0, 40)) {
      const { filter, includeHidden } = query;
      const sort = query.sort.map(([fieldName, order]) => ({ fieldName, order }));
      const limit = Math.max(15, query.paging.limit);
      const read = async (asked: object, cursor?: string) => {
        const input = { query: { ...asked, cursorPaging: { limit, cursor } } };
        const { documents, metadata } = await runPlatformized(input, includeHidden);
        pages += 1;
        return { ids: idsOf(documents), cursors: "cursors" in metadata ? metadata.cursors : {} };
      };
      const ids = expectedIds(query);
      let page = await read({ filter, sort });
      const forward = [...page.ids];
      while (page.cursors.next !== undefined) {
        page = await read({}, page.cursors.next);
        forward.push(...page.ids);
      }
      expect({ query, ids: forward }).toEqual({ query, ids });
      const back = [...page.ids];
      while (page.cursors.prev !== undefined) {
        page = await read({}, page.cursors.prev);
        back.unshift(...page.ids);
      }
      expect({ query, ids: back }).toEqual({ query, ids });
    }
    expect(pages).toBeGreaterThan(200);
  }, 240_000);
});
