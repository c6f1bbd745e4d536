import { failureOf } from "@latchkey/test-support/sdk/failure";
import {
  CREDENTIALS,
  createScriptedPlatform,
  json,
  type SeenRequest,
} from "@latchkey/test-support/sdk/scripted-platform";
import { describe, expect, it } from "vitest";
import { AppStrategy } from "../app-strategy.ts";
import { createClient } from "../create-client.ts";
import { products } from "./products.ts";

function connect(response: unknown = { products: [], metadata: { count: 0, offset: 0, total: 0 } }) {
  const platform = createScriptedPlatform({ onCall: () => json(response) });
  const client = createClient({ auth: AppStrategy(CREDENTIALS), modules: { products }, ...platform.options });
  return { client, query: () => client.products.queryProducts(), calls: platform.calls };
}

type Query = ReturnType<ReturnType<typeof connect>["query"]>;

/** Returns the query of a call, from `.r` or from the body. */
function queryIn(call: SeenRequest | undefined): unknown {
  const url = new URL(call?.url ?? "");
  expect(url.pathname).toBe("/stores-reader/v1/products/query-platformized");
  const text = call?.body || Buffer.from(url.searchParams.get(".r") ?? "", "base64url").toString();
  return JSON.parse(text).query;
}

async function sent(compose: (query: Query) => Query): Promise<unknown> {
  const { query, calls } = connect();
  await compose(query()).find();
  return queryIn(calls[0]);
}

const paging = { limit: 50, offset: 0 };
const mug = { name: { $eq: "Mug" } };
const cheap = { "priceData.price": { $lt: 20 } };

describe("the request of a product query", () => {
  it("is for the first page of 50 by default", async () => {
    expect(await sent((query) => query)).toEqual({ filter: {}, paging });
  });

  it.each<[string, (query: Query) => Query, unknown]>([
    ["eq", (query) => query.eq("name", "Mug"), mug],
    ["ne", (query) => query.ne("productType", "digital"), { productType: { $ne: "digital" } }],
    ["gt", (query) => query.gt("price", 10), { price: { $gt: 10 } }],
    ["ge", (query) => query.ge("price", 10), { price: { $gte: 10 } }],
    ["lt", (query) => query.lt("numericId", "7"), { numericId: { $lt: "7" } }],
    ["le", (query) => query.le("priceData.price", 1.5), { "priceData.price": { $lte: 1.5 } }],
    [
      "between",
      (query) => query.between("price", 1, 2),
      { $and: [{ price: { $gte: 1 } }, { price: { $lt: 2 } }] },
    ],
    ["startsWith", (query) => query.startsWith("slug", "mu"), { slug: { $startsWith: "mu" } }],
    ["endsWith", (query) => query.endsWith("sku", "-1"), { sku: { $endsWith: "-1" } }],
    ["contains", (query) => query.contains("description", 'a "b"'), { description: { $contains: 'a "b"' } }],
    ["in", (query) => query.in("_id", ["a", "b"]), { id: { $in: ["a", "b"] } }],
    ["hasSome", (query) => query.hasSome("_id", ["a", "b"]), { id: { $hasSome: ["a", "b"] } }],
    ["hasSome, one by one", (query) => query.hasSome("_id", "a", "b"), { id: { $hasSome: ["a", "b"] } }],
    ["hasAll", (query) => query.hasAll("collectionIds", ["a"]), { collectionIds: { $hasAll: ["a"] } }],
    ["exists", (query) => query.exists("sku"), { sku: { $exists: true } }],
    ["not exists", (query) => query.exists("sku", false), { sku: { $exists: false } }],
    ["isEmpty", (query) => query.isEmpty("sku"), { sku: { $eq: null } }],
    ["isNotEmpty", (query) => query.isNotEmpty("sku"), { sku: { $ne: null } }],
    ["an option", (query) => query.hasSome("options.Size", ["S"]), { "options.Size": { $hasSome: ["S"] } }],
    [
      "a date",
      (query) => query.gt("_createdDate", new Date("2026-01-02T03:04:05Z")),
      { createdDate: { $gt: "2026-01-02T03:04:05.000Z" } },
    ],
    [
      "several conditions",
      (query) => query.gt("price", 10).lt("price", 20).eq("name", "Mug"),
      { $and: [{ price: { $gt: 10 } }, { price: { $lt: 20 } }, mug] },
    ],
  ])("%s", async (_name, compose, filter) => {
    expect(await sent(compose)).toEqual({ filter, paging });
  });

  // Combined as in the third-party client.
  const isMug = (query: Query) => query.eq("name", "Mug");
  const isCheap = (query: Query) => query.lt("priceData.price", 20);

  it.each<[string, (query: Query) => Query, unknown]>([
    ["and", (query) => isMug(query).and(isCheap(query)), { $and: [mug, cheap] }],
    ["and nothing", (query) => isMug(query).and(query), mug],
    ["nothing and", (query) => query.and(isMug(query)), mug],
    [
      "and of and",
      (query) => isMug(query).and(isCheap(query)).and(isMug(query)),
      { $and: [mug, cheap, mug] },
    ],
    ["or", (query) => isMug(query).or(isCheap(query)), { $or: [mug, cheap] }],
    ["or of or", (query) => isMug(query).or(isCheap(query)).or(isMug(query)), { $or: [mug, cheap, mug] }],
    ["or nothing", (query) => isMug(query).or(query), mug],
    [
      "and of or",
      (query) => isMug(query).or(isCheap(query)).and(isMug(query)),
      { $and: [{ $or: [mug, cheap] }, mug] },
    ],
    ["not", (query) => query.not(isMug(query)), { $not: mug }],
    ["not, which replaces earlier conditions", (query) => isCheap(query).not(isMug(query)), { $not: mug }],
    ["not of not", (query) => query.not(query.not(isMug(query))), mug],
    ["not of an empty query", (query) => isMug(query).not(query), {}],
  ])("%s", async (_name, compose, filter) => {
    expect(await sent(compose)).toEqual({ filter, paging });
  });

  it("is sorted in the order of the calls", async () => {
    const compose = (query: Query) =>
      query.descending("lastUpdated", "price").ascending("_id").skip(10).limit(5);
    expect(await sent(compose)).toEqual({
      filter: {},
      sort: [
        { fieldName: "lastUpdated", order: "DESC" },
        { fieldName: "price", order: "DESC" },
        { fieldName: "id", order: "ASC" },
      ],
      paging: { limit: 5, offset: 10 },
    });
  });

  it("is a GET, or a POST with the same query when it is long", async () => {
    const { query, calls } = connect();
    const ids = Array.from({ length: 200 }, (_, index) => `00000000-0000-4000-8000-${index + 1e11}`);
    await query().hasSome("_id", ids.slice(0, 10)).find();
    await query().hasSome("_id", ids).find();
    expect(calls.map(({ method, body }) => [method, body !== ""])).toEqual([
      ["GET", false],
      ["POST", true],
    ]);
    expect(calls.map(queryIn)).toEqual([
      { filter: { id: { $hasSome: ids.slice(0, 10) } }, paging },
      { filter: { id: { $hasSome: ids } }, paging },
    ]);
  });

  it("has objects as values, never as operators", async () => {
    const fromOutside = { $ne: null } as unknown as string;
    expect(await sent((query) => query.eq("name", fromOutside))).toMatchObject({
      filter: { name: { $eq: { $ne: null } } },
    });
  });

  it("keeps a condition with a missing value", async () => {
    const missing = undefined as unknown as string;
    expect(
      await sent((query) => query.eq("name", missing).between("price", 1, missing as never)),
    ).toMatchObject({
      filter: { $and: [{ name: { $eq: null } }, { price: { $gte: 1 } }, { price: { $lt: null } }] },
    });
  });

  it("does not change an earlier builder", async () => {
    const { query, calls } = connect();
    const base = query().gt("price", 10);
    base.lt("price", 20).or(base).ascending("name").limit(1).skip(1);
    await base.find();
    expect(queryIn(calls[0])).toEqual({ filter: { price: { $gt: 10 } }, paging });
  });

  it("has a raw query unchanged", async () => {
    const { client, calls } = connect({
      products: [{ id: "p1" }],
      metadata: { count: 1, offset: 0, total: 9 },
    });
    const response = await client.products.queryProducts({
      filter: { _id: { $ne: "p2" }, $or: [{ _createdDate: { $gt: "2026" } }] },
      sort: [{ fieldName: "name" }],
      paging: { limit: 1 },
    });
    expect(response).toEqual({ products: [{ _id: "p1" }], metadata: { count: 1, offset: 0, total: 9 } });
    expect(queryIn(calls[0])).toEqual({
      filter: { id: { $ne: "p2" }, $or: [{ createdDate: { $gt: "2026" } }] },
      sort: [{ fieldName: "name" }],
      paging: { limit: 1 },
    });
  });

  it("has the wire names of fields in a raw sort", async () => {
    const { client, calls } = connect();
    await client.products.queryProducts({ sort: [{ fieldName: "_createdDate", order: "DESC" }] });
    expect(queryIn(calls[0])).toEqual({
      filter: {},
      sort: [{ fieldName: "createdDate", order: "DESC" }],
    });
  });

  it("can page by cursor", async () => {
    const metadata = { count: 1, cursors: { next: "c2" } };
    const { client, calls } = connect({ products: [{ id: "p1" }], metadata });
    const first = await client.products.queryProducts({ cursorPaging: { limit: 1 } });
    expect(first).toEqual({ products: [{ _id: "p1" }], metadata });
    const { next = "" } = first.metadata.cursors ?? {};
    await client.products.queryProducts({ cursorPaging: { limit: 1, cursor: next } });
    expect(calls.map(queryIn)).toEqual([
      { filter: {}, cursorPaging: { limit: 1 } },
      { filter: {}, cursorPaging: { limit: 1, cursor: "c2" } },
    ]);
  });

  it("keeps unknown members of a raw query", async () => {
    const { client, calls } = connect();
    const fields = { fields: ["name"] } as object;
    await client.products.queryProducts({ ...fields });
    expect(queryIn(calls[0])).toEqual({ filter: {}, fields: ["name"] });
  });

  it.each([
    ["limit", 0, 1],
    ["limit", 1.5, 1],
    ["skip", -1, 0],
    ["skip", Number.NaN, 0],
  ] as const)("cannot %s by %j", (method, count, least) => {
    expect(() => connect().query()[method](count)).toThrow(
      new TypeError(`${method} must be an integer of at least ${least}.`),
    );
  });
});

describe("the result of a product query", () => {
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
      metadata: { count: 1, offset: 0, total: 1 },
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

  it("cannot change a prototype", async () => {
    const response = `{"products":[{"id":"p1","__proto__":{"admin":true}}],"metadata":{"total":1}}`;
    const platform = createScriptedPlatform({ onCall: () => new Response(response) });
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

  it("has a page number, and a next and a previous page", async () => {
    const { query, calls } = connect({ products: [{ id: "p" }, { id: "q" }], metadata: { total: 5 } });
    const page = await query().eq("name", "Mug").limit(2).skip(2).find();
    expect(page).toMatchObject({ length: 2, pageSize: 2, currentPage: 1, totalCount: 5, totalPages: 3 });
    expect([page.hasNext(), page.hasPrev()]).toEqual([true, true]);

    const last = await page.next();
    expect([last.currentPage, last.hasNext(), last.hasPrev()]).toEqual([2, false, true]);
    const first = await page.prev();
    expect([first.currentPage, first.hasNext(), first.hasPrev()]).toEqual([0, true, false]);
    expect(calls.map(queryIn)).toEqual(
      [2, 4, 0].map((offset) => ({ filter: mug, paging: { limit: 2, offset } })),
    );
    await expect(last.next()).rejects.toThrow(
      new RangeError("There is no next page. Check hasNext() before next()."),
    );
    await expect(first.prev()).rejects.toThrow(
      new RangeError("There is no previous page. Check hasPrev() before prev()."),
    );
  });

  it("has no pages without items", async () => {
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

  it("is an error when the response has no list", async () => {
    const error = await failureOf(connect({ totalResults: 3 }).query().find());
    expect([error.code, error.message]).toEqual([
      "unexpected_response",
      "/stores-reader/v1/products/query-platformized returned no list of products. " +
        "Check that apiUrl is the URL of the platform.",
    ]);
  });
});
