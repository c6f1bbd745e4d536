import assert from "node:assert/strict";
import type { Case } from "./case.ts";

const part = "paging";

export const pagingCases: readonly Case[] = [
  {
    part,
    tried: "find without limit",
    comesOut: "at most 50 items, with totalCount, totalPages, currentPage, pageSize and length",
    async run({ client }) {
      const page = await client.products.queryProducts().find();
      const { currentPage, items, length, pageSize, totalCount = 0, totalPages } = page;
      assert.deepEqual([currentPage, pageSize, length], [0, 50, Math.min(totalCount, 50)]);
      assert.equal(items.length, length);
      assert.equal(totalPages, Math.ceil(totalCount / 50));
    },
  },
  {
    part,
    tried: "limit, skip, next, prev, hasNext, hasPrev",
    comesOut: "every item once, in both directions",
    async run({ client }) {
      const query = client.products.queryProducts().ascending("numericId").limit(7);
      let page = await query.find();
      const seen = page.items.map(({ _id }) => _id);
      while (page.hasNext()) {
        page = await page.next();
        seen.push(...page.items.map(({ _id }) => _id));
      }
      assert.equal(seen.length, page.totalCount);
      assert.equal(new Set(seen).size, seen.length);
      assert.equal(page.currentPage, (page.totalPages ?? 0) - 1);
      while (page.hasPrev()) page = await page.prev();
      assert.deepEqual(
        page.items.map(({ _id }) => _id),
        seen.slice(0, 7),
      );
      const second = await query.skip(7).find();
      assert.deepEqual(
        second.items.map(({ _id }) => _id),
        seen.slice(7, 14),
      );
    },
  },
  {
    part,
    tried: "a query that finds nothing",
    comesOut: "no items, no pages",
    async run({ client }) {
      const page = await client.products.queryProducts().eq("name", "No such product").find();
      assert.deepEqual([page.items, page.totalCount, page.totalPages], [[], 0, 0]);
      assert.deepEqual([page.hasNext(), page.hasPrev()], [false, false]);
    },
  },
  {
    part,
    tried: "skip past the end",
    comesOut: "no items, and the total count",
    async run({ client }) {
      const page = await client.products.queryProducts().limit(10).skip(5_000).find();
      assert.deepEqual(page.items, []);
      assert.ok((page.totalCount ?? 0) > 0);
      assert.equal(page.hasNext(), false);
    },
  },
  {
    part,
    tried: "cursorPaging in a query object",
    comesOut: "a cursor for the next page, until the last one",
    async run({ client }) {
      type Query = Parameters<typeof client.products.queryProducts>[0];
      type Page = { products: { _id: string }[]; metadata: { cursors?: { next?: string } } };
      const seen: string[] = [];
      let cursorPaging: object = { limit: 10 };
      for (;;) {
        const page = (await client.products.queryProducts({
          cursorPaging,
        } as unknown as Query)) as unknown as Page;
        seen.push(...page.products.map(({ _id }) => _id));
        const cursor = page.metadata.cursors?.next;
        if (cursor === undefined) break;
        cursorPaging = { limit: 10, cursor };
      }
      const { totalCount } = await client.products.queryProducts().find();
      assert.equal(new Set(seen).size, totalCount);
    },
  },
];
