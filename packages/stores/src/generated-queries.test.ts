import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseProduct, type SelectedDocument } from "./catalog/product-document.ts";
import { insertProducts, productRows } from "./products.queries.ts";
import {
  type JsonObject,
  parseRestQuery,
  productEntity,
  readPage,
  readQueryRequest,
  runPlatformQuery,
} from "./query/index.ts";
import { stores } from "./stores.ts";
import { expectedIds, products, queries } from "./test-support/generated-queries.ts";
import { requestsOf } from "./test-support/query-forms.ts";
import { storesOf } from "./test-support/stores-of.ts";

// 400 generated queries run on both databases, in each form, and in a model. All must return the same products in the same
// order.

describe.each(["sqlite", "postgres"] as const)("on %s", (engine) => {
  let platform: TestPlatform;
  let siteId: string;

  beforeAll(async () => {
    platform = await createTestPlatform({ resources: [stores], database: engine });
    ({ siteId } = await platform.createSite());
    const other = await platform.createSite();
    await storesOf(platform).database.write(async (trx) => {
      await insertProducts(trx, siteId, products);
      await insertProducts(trx, other.siteId, products);
    });
  });
  afterAll(() => platform.close());

  const idsOf = (rows: readonly SelectedDocument[]): string[] => rows.map((row) => parseProduct(row).id);
  const runPlatformized = async (input: JsonObject, includeHidden: boolean) => {
    const { cursors, database } = storesOf(platform);
    const rows = productRows(siteId, { includeHidden });
    return await runPlatformQuery<SelectedDocument>({ cursors, db: database.read }, productEntity, {
      ...rows,
      input,
    });
  };

  test("400 generated queries return the results of the model in every form", async () => {
    let returned = 0;
    let asParameters = 0;
    for (const query of queries) {
      const { includeHidden, paging } = query;
      const all = expectedIds(query);
      const ids = all.slice(paging.offset, paging.offset + paging.limit);
      const { platformized, rest } = requestsOf(query);
      const page = await readPage<SelectedDocument>(storesOf(platform).database.read, productEntity, {
        ...parseRestQuery(await readQueryRequest(rest), productEntity),
        ...productRows(siteId, { includeHidden }),
      });
      expect({ query, ids: idsOf(page.rows), total: page.total }).toEqual({
        query,
        ids,
        total: all.length,
      });
      const metadata = { count: ids.length, offset: paging.offset, total: all.length };
      for (const request of platformized) {
        const response = await runPlatformized(await readQueryRequest(request), includeHidden);
        expect({ query, ids: idsOf(response.rows), metadata: response.metadata }).toEqual({
          query,
          ids,
          metadata,
        });
      }
      returned += ids.length;
      asParameters += platformized.length - 2;
    }
    // Queries without results would prove nothing.
    expect([returned, asParameters]).toEqual([6_138, 220]);
  }, 240_000);

  test("40 generated queries are paged by cursor to the end and back", async () => {
    let pages = 0;
    for (const query of queries.slice(0, 40)) {
      const { filter, includeHidden } = query;
      const sort = query.sort.map(([fieldName, order]) => ({ fieldName, order }));
      const limit = Math.max(15, query.paging.limit);
      const read = async (asked: object, cursor?: string) => {
        const input = { query: { ...asked, cursorPaging: { limit, cursor } } };
        const { rows, metadata } = await runPlatformized(input, includeHidden);
        pages += 1;
        return { ids: idsOf(rows), cursors: "cursors" in metadata ? metadata.cursors : {} };
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
