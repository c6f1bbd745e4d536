import { describe, expect, it } from "vitest";
import { AppStrategy } from "../app-strategy.ts";
import { createClient } from "../create-client.ts";
import { CREDENTIALS, createScriptedPlatform, json } from "../testing/scripted-platform.ts";
import { products } from "./products.ts";

function connect(answer: unknown = { products: [], metadata: { items: 0, offset: 0 }, totalResults: 0 }) {
  const platform = createScriptedPlatform({ onCall: () => json(answer) });
  const client = createClient({ auth: AppStrategy(CREDENTIALS), modules: { products }, ...platform.options });
  return { query: () => client.products.queryProducts(), calls: platform.calls };
}

type Query = ReturnType<ReturnType<typeof connect>["query"]>;

async function sent(compose: (query: Query) => Query): Promise<unknown> {
  const { query, calls } = connect();
  await compose(query()).find();
  expect(calls[0]).toMatchObject({ method: "POST", url: "https://platform.test/stores/v1/products/query" });
  return JSON.parse(calls[0]?.body ?? "").query;
}

describe("what a query for products sends", () => {
  it("is the first page of 50 when nothing is said", async () => {
    expect(await sent((query) => query)).toEqual({ paging: { limit: 50, offset: 0 } });
  });

  it.each<[string, (query: Query) => Query, string]>([
    ["eq", (query) => query.eq("name", "Mug"), '{"name":{"$eq":"Mug"}}'],
    ["ne", (query) => query.ne("productType", "digital"), '{"productType":{"$ne":"digital"}}'],
    ["gt", (query) => query.gt("price", 10), '{"price":{"$gt":10}}'],
    ["ge", (query) => query.ge("price", 10), '{"price":{"$gte":10}}'],
    ["lt", (query) => query.lt("numericId", "7"), '{"numericId":{"$lt":"7"}}'],
    ["le", (query) => query.le("priceData.price", 1.5), '{"price":{"$lte":1.5}}'],
    ["startsWith", (query) => query.startsWith("slug", "mu"), '{"slug":{"$startsWith":"mu"}}'],
    [
      "contains",
      (query) => query.contains("description", 'a "b"'),
      '{"description":{"$contains":"a \\"b\\""}}',
    ],
    ["hasSome", (query) => query.hasSome("_id", ["a", "b"]), '{"id":{"$hasSome":["a","b"]}}'],
    ["hasAll", (query) => query.hasAll("collectionIds", ["a"]), '{"collections.id":{"$hasAll":["a"]}}'],
    ["an option", (query) => query.hasSome("options.Size", ["S"]), '{"options.Size":{"$hasSome":["S"]}}'],
    [
      "a date",
      (query) => query.gt("_createdDate", new Date("2026-01-02T03:04:05Z")),
      '{"createdDate":{"$gt":"2026-01-02T03:04:05.000Z"}}',
    ],
    [
      "several conditions",
      (query) => query.gt("price", 10).lt("price", 20).eq("name", "Mug"),
      '{"$and":[{"price":{"$gt":10}},{"price":{"$lt":20}},{"name":{"$eq":"Mug"}}]}',
    ],
  ])("%s", async (_name, compose, filter) => {
    expect(await sent(compose)).toEqual({ filter, paging: { limit: 50, offset: 0 } });
  });

  it("is sorted in the order of the calls", async () => {
    const compose = (query: Query) =>
      query.descending("lastUpdated", "price").ascending("_id").skip(10).limit(5);
    expect(await sent(compose)).toEqual({
      sort: '[{"lastUpdated":"desc"},{"price":"desc"},{"id":"asc"}]',
      paging: { limit: 5, offset: 10 },
    });
  });

  it("takes a value from outside as a value, never as an operator", async () => {
    const fromOutside = { $ne: null } as unknown as string;
    expect(await sent((query) => query.eq("name", fromOutside))).toMatchObject({
      filter: '{"name":{"$eq":{"$ne":null}}}',
    });
  });

  it("keeps a condition whose value is missing, instead of finding everything", async () => {
    const missing = undefined as unknown as string;
    expect(await sent((query) => query.eq("name", missing))).toMatchObject({
      filter: '{"name":{"$eq":null}}',
    });
  });

  it("changes no builder that is kept", async () => {
    const { query, calls } = connect();
    const base = query().gt("price", 10);
    base.lt("price", 20).ascending("name").limit(1).skip(1);
    await base.find();
    expect(JSON.parse(calls[0]?.body ?? "").query).toEqual({
      filter: '{"price":{"$gt":10}}',
      paging: { limit: 50, offset: 0 },
    });
  });

  it.each([
    ["limit", 0, 1],
    ["limit", 1.5, 1],
    ["skip", -1, 0],
    ["skip", Number.NaN, 0],
  ] as const)("cannot %s by %j", (method, count, least) => {
    expect(() => connect().query()[method](count)).toThrow(
      new TypeError(`${method} takes a whole number of at least ${least}.`),
    );
  });
});

describe("what a query for products finds", () => {
  it("has the third-party client's names, at every depth, and dates", async () => {
    const { query } = connect({
      products: [
        {
          id: "p1",
          name: "Mug",
          createdDate: "2026-01-02T03:04:05.678Z",
          lastUpdated: "2026-01-03T00:00:00Z",
          media: { mainMedia: { id: "m1" }, items: [{ id: "m1" }] },
          variants: [{ id: "v1", choices: { Size: "S" } }],
        },
      ],
      metadata: { items: 50, offset: 0 },
      totalResults: 1,
    });
    const { items } = await query().find();
    expect(items).toEqual([
      {
        _id: "p1",
        name: "Mug",
        _createdDate: new Date("2026-01-02T03:04:05.678Z"),
        lastUpdated: new Date("2026-01-03T00:00:00Z"),
        media: { mainMedia: { _id: "m1" }, items: [{ _id: "m1" }] },
        variants: [{ _id: "v1", choices: { Size: "S" } }],
      },
    ]);
  });

  it("cannot change the prototype of anything", async () => {
    const answer = `{"products":[{"id":"p1","__proto__":{"admin":true}}],"totalResults":1}`;
    const platform = createScriptedPlatform({ onCall: () => new Response(answer) });
    const client = createClient({
      auth: AppStrategy(CREDENTIALS),
      modules: { products },
      ...platform.options,
    });
    const { items } = await client.products.queryProducts().find();
    expect(items).toEqual([{ _id: "p1" }]);
    expect(Object.getPrototypeOf(items[0])).toBe(Object.prototype);
    expect("admin" in (items[0] ?? {})).toBe(false);
  });

  it("knows its place among the pages, and goes back and forth", async () => {
    const { query, calls } = connect({ products: [{ id: "p" }, { id: "q" }], totalResults: 5 });
    const page = await query().eq("name", "Mug").limit(2).skip(2).find();
    expect(page).toMatchObject({ length: 2, pageSize: 2, currentPage: 1, totalCount: 5, totalPages: 3 });
    expect([page.hasNext(), page.hasPrev()]).toEqual([true, true]);

    const last = await page.next();
    expect([last.currentPage, last.hasNext(), last.hasPrev()]).toEqual([2, false, true]);
    const first = await page.prev();
    expect([first.currentPage, first.hasNext(), first.hasPrev()]).toEqual([0, true, false]);
    await first.prev();
    expect(calls.map(({ body }) => JSON.parse(body).query)).toEqual(
      [2, 4, 0, 0].map((offset) => ({ filter: '{"name":{"$eq":"Mug"}}', paging: { limit: 2, offset } })),
    );
  });

  it("has no pages when there is nothing", async () => {
    const page = await connect().query().find();
    expect(page).toMatchObject({
      items: [],
      length: 0,
      pageSize: 50,
      currentPage: 0,
      totalCount: 0,
      totalPages: 0,
    });
    expect([page.hasNext(), page.hasPrev()]).toEqual([false, false]);
  });
});
