import assert from "node:assert/strict";
import type { Case } from "./case.ts";
import type { Fixture } from "./fixture.ts";

/** The builder of the third-party client has more operators than its types. */
export interface Builder {
  readonly [operator: string]: (...args: readonly unknown[]) => Builder;
}

type Item = Readonly<Record<string, unknown>> & { readonly _id: string };

/** A kind of item that can be queried, with the fields in the types of the third-party client. */
interface Kind {
  readonly name: "products" | "collections";
  query(fixture: Fixture): Builder;
  readonly fields: Readonly<Record<string, readonly string[]>>;
}

const named = ["_id", "name"];
const texts = [...named, "slug", "description", "sku"];
const measures = ["priceData.price", "numericId", "lastUpdated", "_createdDate"];
const values = [...texts, "productType", ...measures];
const sorted = [
  "_id",
  "name",
  "slug",
  "productType",
  "sku",
  "price",
  "priceData.price",
  "numericId",
  "lastUpdated",
];

const kinds: readonly Kind[] = [
  {
    name: "products",
    query: ({ client }) => client.products.queryProducts() as unknown as Builder,
    fields: {
      equality: values,
      order: [...texts, ...measures],
      start: texts,
      text: ["name", "slug", "description", "sku"],
      exists: [...values, "price", "collectionIds"],
      sort: sorted,
    },
  },
  {
    name: "collections",
    query: ({ client }) => client.collections.queryCollections() as unknown as Builder,
    fields: { equality: named, order: named, start: named, text: ["name"], exists: named, sort: named },
  },
];

/** Returns all items of a query. */
async function itemsOf(query: Builder): Promise<Item[]> {
  const found = (await query.limit?.(100).find?.()) as unknown as { items: Item[]; totalCount: number };
  assert.equal(found.items.length, found.totalCount, "more than one page");
  return found.items;
}

async function idsOf(query: Builder): Promise<string[]> {
  return (await itemsOf(query)).map(({ _id }) => _id).sort();
}

function valueAt(item: Item, field: string): unknown {
  const path = field === "price" ? "priceData.price" : field;
  return path.split(".").reduce<unknown>((value, name) => (value as Item | undefined)?.[name], item);
}

/** An item from the middle, with the values that queries compare with. */
async function sampleOf(query: Builder, field: string) {
  const all = await itemsOf(query);
  const having = all.filter((item) => valueAt(item, field) !== undefined);
  const item = having[Math.floor(having.length / 2)] as Item;
  const other = having[0] as Item;
  return {
    all: all.map(({ _id }) => _id).sort(),
    item,
    value: valueAt(item, field),
    other: valueAt(other, field),
  };
}

type Check = (query: Builder, field: string) => Promise<void>;

function apply(query: Builder, operator: string, ...args: readonly unknown[]): Builder {
  const method = query[operator];
  assert.ok(method, `no ${operator}`);
  return method.apply(query, args as never);
}

function without(all: readonly string[], some: readonly string[]): string[] {
  return all.filter((id) => !some.includes(id));
}

const checks: readonly (readonly [operator: string, fields: string, comesOut: string, check: Check])[] = [
  [
    "eq",
    "equality",
    "the items with that value",
    async (query, field) => {
      const { item, value } = await sampleOf(query, field);
      const found = await itemsOf(apply(query, "eq", field, value));
      assert.ok(found.some(({ _id }) => _id === item._id));
      for (const each of found) assert.deepEqual(valueAt(each, field), value);
    },
  ],
  [
    "ne",
    "equality",
    "the others",
    async (query, field) => {
      const { all, value } = await sampleOf(query, field);
      const equal = await idsOf(apply(query, "eq", field, value));
      assert.deepEqual(await idsOf(apply(query, "ne", field, value)), without(all, equal));
    },
  ],
  [
    "in",
    "equality",
    "the items with one of the values",
    async (query, field) => {
      const { other, value } = await sampleOf(query, field);
      const either = [
        ...(await idsOf(apply(query, "eq", field, value))),
        ...(await idsOf(apply(query, "eq", field, other))),
      ];
      const found = await idsOf(apply(query, "in", field, [value, other]));
      assert.deepEqual(found, [...new Set(either)].sort());
    },
  ],
  ["gt", "order", "the items after that value", ordered("gt")],
  ["ge", "order", "the items with or after that value", ordered("ge")],
  ["lt", "order", "the items before that value", ordered("lt")],
  ["le", "order", "the items with or before that value", ordered("le")],
  [
    "between",
    "order",
    "the items from the first value up to the second, without the second",
    async (query, field) => {
      const { value, other } = await sampleOf(query, field);
      const from = await idsOf(apply(query, "ge", field, value));
      const to = await idsOf(apply(query, "lt", field, other));
      const expected = from.filter((id) => to.includes(id));
      assert.deepEqual(await idsOf(apply(query, "between", field, value, other)), expected);
    },
  ],
  [
    "startsWith",
    "start",
    "the items that begin with the text",
    matching("startsWith", (text) => text.slice(0, 3)),
  ],
  ["endsWith", "text", "the items that end with the text", matching("endsWith", (text) => text.slice(-3))],
  ["contains", "text", "the items that contain the text", matching("contains", (text) => text.slice(1, 4))],
  [
    "exists",
    "exists",
    "the items with the field, or without it for `false`",
    async (query, field) => {
      const { all, item } = await sampleOf(query, field);
      const having = await idsOf(apply(query, "exists", field, true));
      assert.ok(having.includes(item._id));
      assert.deepEqual(await idsOf(apply(query, "exists", field, false)), without(all, having));
    },
  ],
  [
    "isEmpty",
    "equality",
    "the items without a value",
    async (query, field) => {
      const empty = await idsOf(apply(query, "exists", field, false));
      assert.deepEqual(await idsOf(apply(query, "isEmpty", field)), empty);
    },
  ],
  [
    "isNotEmpty",
    "equality",
    "the items with a value",
    async (query, field) => {
      const having = await idsOf(apply(query, "exists", field, true));
      assert.deepEqual(await idsOf(apply(query, "isNotEmpty", field)), having);
    },
  ],
  ["ascending", "sort", "the smallest first", inOrder],
  [
    "descending",
    "sort",
    "the largest first",
    async (query, field) => {
      const values = (items: readonly Item[]) => items.map((item) => valueAt(item, field));
      const up = await itemsOf(apply(query, "ascending", field));
      const down = await itemsOf(apply(query, "descending", field));
      assert.deepEqual(values(down), values(up).reverse());
    },
  ],
];

/** Checks each of the four comparisons against its opposite and against equality. */
function ordered(operator: "gt" | "ge" | "lt" | "le"): Check {
  const opposite = { gt: "le", ge: "lt", lt: "ge", le: "gt" }[operator];
  return async (query, field) => {
    const { all, item, value } = await sampleOf(query, field);
    const found = await idsOf(apply(query, operator, field, value));
    assert.deepEqual(found, without(all, await idsOf(apply(query, opposite, field, value))));
    assert.equal(found.includes(item._id), operator === "ge" || operator === "le");
    if (typeof value !== "number") return;
    const kept = (await itemsOf(query)).filter((each) => {
      const number = valueAt(each, field) as number;
      return { gt: number > value, ge: number >= value, lt: number < value, le: number <= value }[operator];
    });
    assert.deepEqual(found, kept.map(({ _id }) => _id).sort());
  };
}

function matching(operator: "startsWith" | "endsWith" | "contains", part: (text: string) => string): Check {
  return async (query, field) => {
    const { item, value } = await sampleOf(query, field);
    const searched = part(String(value)).toLowerCase();
    const found = await itemsOf(apply(query, operator, field, searched));
    assert.ok(found.some(({ _id }) => _id === item._id));
    const all = await itemsOf(query);
    const expected = all.filter((each) => {
      const text = String(valueAt(each, field) ?? "").toLowerCase();
      return {
        startsWith: text.startsWith(searched),
        endsWith: text.endsWith(searched),
        contains: text.includes(searched),
      }[operator];
    });
    assert.deepEqual(found.map(({ _id }) => _id).sort(), expected.map(({ _id }) => _id).sort());
  };
}

async function inOrder(query: Builder, field: string): Promise<void> {
  const items = await itemsOf(apply(query, "ascending", field));
  const numbers = items.map((item) => Number(valueAt(item, field))).filter((number) => !Number.isNaN(number));
  assert.ok(items.length > 1);
  for (let index = 1; index < numbers.length; index += 1) {
    assert.ok((numbers[index - 1] ?? 0) <= (numbers[index] ?? 0), `${field} at ${index}`);
  }
}

const onFields: readonly Case[] = kinds.flatMap(({ fields, name, query }) =>
  checks.map(([operator, group, comesOut, check]): Case => {
    const names = fields[group] ?? [];
    return {
      part: "operators",
      tried: `${operator} of ${name}: ${names.join(", ")}`,
      comesOut,
      async run(fixture) {
        for (const field of names) {
          await check(query(fixture), field).catch((error: unknown) => {
            throw new Error(`${field}: ${error instanceof Error ? error.message : String(error)}`);
          });
        }
      },
    };
  }),
);

async function collectionIdsOf(fixture: Fixture): Promise<string[]> {
  const { items } = await fixture.client.products.queryProducts().limit(100).find();
  const counts = new Map<string, number>();
  for (const id of items.flatMap(({ collectionIds }) => collectionIds ?? []))
    counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => one - other).map(([id]) => id);
}

async function withCollections(
  fixture: Fixture,
  has: (ids: readonly string[]) => boolean,
): Promise<string[]> {
  const { items } = await fixture.client.products.queryProducts().limit(100).find();
  return items
    .filter(({ collectionIds }) => has(collectionIds ?? []))
    .map(({ _id }) => _id ?? "")
    .sort();
}

const onLists: readonly Case[] = (["hasSome", "hasAll"] as const).map((operator) => ({
  part: "operators",
  tried: `${operator} of products: collectionIds`,
  comesOut:
    operator === "hasSome"
      ? "the products in one of the collections"
      : "the products in all of the collections",
  async run(fixture) {
    const asked = (await collectionIdsOf(fixture)).slice(0, 2);
    assert.equal(asked.length, 2);
    const quantifier = operator === "hasSome" ? "some" : "every";
    const expected = await withCollections(fixture, (ids) => asked[quantifier]((id) => ids.includes(id)));
    const found = await idsOf(apply(kinds[0]?.query(fixture) as Builder, operator, "collectionIds", asked));
    assert.deepEqual(found, expected);
  },
}));

const joined: readonly Case[] = kinds.flatMap(({ name, query }) =>
  (["and", "or", "not"] as const).map((operator): Case => {
    const comesOut = {
      and: "the items that match both conditions",
      or: "the items that match one of the conditions",
      not: "the items that do not match the condition",
    };
    return {
      part: "operators",
      tried: `${operator} of ${name}`,
      comesOut: comesOut[operator],
      async run(fixture) {
        const all = await idsOf(query(fixture));
        const one = apply(query(fixture), "startsWith", "name", "c");
        const other = apply(query(fixture), "endsWith", "name", "a");
        const [ofOne, ofOther] = [await idsOf(one), await idsOf(other)];
        const expected = {
          and: ofOne.filter((id) => ofOther.includes(id)),
          or: [...new Set([...ofOne, ...ofOther])].sort(),
          not: without(all, ofOther),
        };
        assert.deepEqual(await idsOf(apply(one, operator, other)), expected[operator]);
      },
    };
  }),
);

export const queryCases: readonly Case[] = [...onFields, ...onLists, ...joined];
