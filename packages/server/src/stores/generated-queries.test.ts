import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../testing/index.ts";
import { type NewProduct, newProduct } from "./new-product.ts";
import type { Product } from "./product.ts";
import { insertProducts, readProducts } from "./products.store.ts";
import { parseProductsQueryBody } from "./products-query-body.ts";

// 400 queries made from a seed run on both databases and in a few lines of JavaScript that share nothing with the
// compiler; all three must give the same products in the same order.

type Random = () => number;
type Json = Record<string, unknown>;

/** Mulberry32. */
function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("Nothing to pick from.");
  return item;
}

const words = [
  "Mug",
  "mug",
  "MUG",
  "100%",
  "100 ",
  "a_b",
  "axb",
  "back\\slash",
  "o'brien",
  'say "hi"',
  "Éclair",
];
words.push(
  "E\u0301clair",
  "Straße",
  "STRASSE",
  "İstanbul",
  "istanbul",
  "ΟΔΟΣ",
  "οδος",
  "☕",
  "👩‍🚀",
  "\u{10ffff}",
  "\ud7ff",
);
words.push("$gt", "__proto__", "'; drop table products; --", "zoo", "Zoo", "~", "  ", "\uffff", "\u{1f600}");
const collections = ["c1", "c2", "c3", "00000000-000000-000000-000000000001"];
const choices = ["Red", "red", "#ff0000", "XL"];
const start = Date.parse("2026-01-01T00:00:00.000Z");

function someProducts(random: Random, count: number): Product[] {
  return Array.from({ length: count }, (_, index) => {
    const text = () => `${pick(random, words)}${pick(random, ["", "", " ", "-"])}${pick(random, words)}`;
    const input: NewProduct = {
      name: text(),
      slug: text(),
      description: random() < 0.2 ? "" : text(),
      sku: random() < 0.4 ? "" : pick(random, words),
      price: pick(random, [
        0,
        0.1,
        0.3,
        9.99,
        10,
        10.000_001,
        1e9,
        2 ** 53,
        Math.round(random() * 1e6) / 100,
      ]),
      visible: random() < 0.9,
      productType: random() < 0.7 ? "physical" : "digital",
      ...(random() < 0.5 ? { quantity: Math.floor(random() * 2) } : {}),
      collectionIds: collections.filter((id, at) => at < 3 && random() < 0.3 && id !== ""),
      options: ["Color", "Size of 'it'"].flatMap((name) =>
        random() < 0.5
          ? []
          : [
              {
                name,
                choices: [{ description: pick(random, ["Red", "red"]), value: pick(random, choices) }],
              },
            ],
      ),
    };
    const productId = `00000000-0000-4000-8000-${Math.floor(random() * 2 ** 40)
      .toString(16)
      .padStart(12, "0")}`;
    const now = start + Math.floor(random() * 20) * 1_000;
    const site = { currency: "EUR", url: null };
    return { ...newProduct(input, { productId, site, now }), numericId: String(index + 1) };
  });
}

const textOf: Record<string, (product: Product) => string> = {
  name: (product) => product.name,
  description: (product) => product.description,
  sku: (product) => product.sku,
  slug: (product) => product.slug,
  id: (product) => product.id,
  productType: (product) => product.productType,
  inventoryStatus: (product) => product.stock.inventoryStatus,
};
const numberOf: Record<string, (product: Product) => number> = {
  price: (product) => product.priceData.price,
  numericId: (product) => Number(product.numericId),
  lastUpdated: (product) => Date.parse(product.lastUpdated),
  createdDate: (product) => Date.parse(product.createdDate),
};
const listOf: Record<string, (product: Product) => string[]> = {
  "collections.id": (product) => [...product.collectionIds, "00000000-000000-000000-000000000001"],
  collectionIds: (product) => [...product.collectionIds, "00000000-000000-000000-000000000001"],
  "options.Color": (product) => choicesOf(product, "Color"),
  "productOptions.Size of 'it'": (product) => choicesOf(product, "Size of 'it'"),
};

function choicesOf(product: Product, name: string): string[] {
  const options = product.productOptions.filter((option) => option.name === name);
  return options.flatMap((option) => option.choices.flatMap((choice) => [choice.description, choice.value]));
}

function someFilter(random: Random, products: readonly Product[], depth = 0): Json {
  const inner = () => someFilter(random, products, depth + 1);
  const dice = depth > 3 ? 1 : random();
  if (dice < 0.1) return { $not: inner() };
  if (dice < 0.25) return { $and: [inner(), inner()] };
  if (dice < 0.4) return { $or: [inner(), inner(), inner()] };
  if (dice < 0.45) return { ...someCondition(random, products), ...someCondition(random, products) };
  return someCondition(random, products);
}

function someCondition(random: Random, products: readonly Product[]): Json {
  const kind = random();
  if (kind < 0.45) {
    const field = pick(random, Object.keys(textOf));
    const value = () => textOf[field]?.(pick(random, products)) ?? "";
    const matchable = ["name", "description", "sku", "slug"].includes(field);
    const operator = pick(random, [
      "$eq",
      "$ne",
      "$hasSome",
      ...(matchable ? ["$contains", "$startsWith"] : []),
    ]);
    if (operator === "$hasSome")
      return { [field]: { [operator]: [value(), value(), value()].slice(random() * 4) } };
    if (matchable && random() < 0.1) return pick(random, [{ [field]: null }, { [field]: { $ne: null } }]);
    const part = matchable && operator.length > 3 ? partOf(random, value()) : value();
    return { [field]: operator === "$eq" && random() < 0.5 ? part : { [operator]: part } };
  }
  if (kind < 0.75) {
    const field = pick(random, Object.keys(numberOf));
    const value = () => {
      const number = numberOf[field]?.(pick(random, products)) ?? 0;
      return field === "price" || field === "numericId" ? number : new Date(number).toISOString();
    };
    const operator = pick(random, ["$eq", "$ne", "$hasSome", "$lt", "$lte", "$gt", "$gte"]);
    if (operator === "$hasSome") return { [field]: { $in: [value(), value()] } };
    return { [field]: { [operator]: value(), ...(random() < 0.2 ? { $gte: value() } : {}) } };
  }
  const field = pick(random, Object.keys(listOf));
  const values = field.startsWith("c") ? collections : choices;
  const operator = pick(random, ["$eq", "$ne", "$hasSome", "$hasAll"]);
  const value = () => pick(random, values);
  return {
    [field]: { [operator]: operator.length > 3 ? [value(), value(), value()].slice(random() * 4) : value() },
  };
}

function partOf(random: Random, text: string): string {
  const points = [...text];
  const from = random() < 0.5 ? 0 : Math.floor(random() * points.length);
  const part = points.slice(from, from + 1 + Math.floor(random() * 6)).join("");
  return pick(random, [part, part.toUpperCase(), part.toLowerCase(), part.normalize("NFD")]);
}

const same = (text: string): string => text.normalize("NFC").toLowerCase().replaceAll("ς", "σ");

function matches(product: Product, filter: Json): boolean {
  return Object.entries(filter).every(([key, value]) => {
    if (key === "$not") return !matches(product, value as Json);
    if (key === "$and") return (value as Json[]).every((part) => matches(product, part));
    if (key === "$or") return (value as Json[]).some((part) => matches(product, part));
    const conditions = typeof value === "object" && value !== null ? value : { $eq: value };
    return Object.entries(conditions).every(([operator, operand]) =>
      holds(product, key, { operator, operand }),
    );
  });
}

function holds(
  product: Product,
  field: string,
  { operator, operand }: { operator: string; operand: unknown },
): boolean {
  const members = listOf[field]?.(product);
  if (operator === "$hasAll") return (operand as string[]).every((value) => members?.includes(value));
  const toNumber = (value: unknown) => (typeof value === "string" ? Date.parse(value) : value);
  const compared = field in numberOf ? toNumber : (value: unknown) => value ?? "";
  const has = (value: unknown): boolean =>
    members === undefined ? own === compared(value) : members.includes(String(value));
  const own: unknown = textOf[field]?.(product) ?? numberOf[field]?.(product);
  switch (operator) {
    case "$eq":
      return has(operand);
    case "$ne":
      return !has(operand);
    case "$in":
    case "$hasSome":
      return (operand as unknown[]).some(has);
    case "$contains":
      return same(String(own)).includes(same(String(operand)));
    case "$startsWith":
      return same(String(own)).startsWith(same(String(operand)));
    case "$lt":
      return Number(own) < Number(compared(operand));
    case "$lte":
      return Number(own) <= Number(compared(operand));
    case "$gt":
      return Number(own) > Number(compared(operand));
    default:
      return Number(own) >= Number(compared(operand));
  }
}

const sortable = [
  "name",
  "sku",
  "id",
  "slug",
  "productType",
  "price",
  "numericId",
  "lastUpdated",
  "createdDate",
];

function someSort(random: Random): Record<string, string>[] {
  return Array.from({ length: Math.floor(random() * 3) }, () => ({
    [pick(random, sortable)]: pick(random, ["asc", "desc", "DESC"]),
  }));
}

function ordered(products: readonly Product[], sort: readonly Record<string, string>[]): Product[] {
  const keys = sort.flatMap(Object.entries) as [string, string][];
  const last = keys.at(-1)?.[1] ?? "asc";
  return products.toSorted((a, b) => {
    for (const [field, direction] of [...keys, ["numericId", last]] as [string, string][]) {
      const text = textOf[field];
      const number = numberOf[field];
      const order = text
        ? Buffer.compare(Buffer.from(text(a)), Buffer.from(text(b)))
        : number
          ? number(a) - number(b)
          : 0;
      if (order !== 0) return direction === "asc" ? order : -order;
    }
    return 0;
  });
}

const random = seeded(20_260_102);
const products = someProducts(random, 300);
const queries = Array.from({ length: 400 }, () => ({
  filter: random() < 0.05 ? {} : someFilter(random, products),
  sort: someSort(random),
  paging: { limit: 1 + Math.floor(random() * 100), offset: random() < 0.6 ? 0 : Math.floor(random() * 60) },
  includeHidden: random() < 0.5,
}));

describe.each(["sqlite", "postgres"] as const)("on %s", (database) => {
  let platform: TestPlatform;
  let siteId: string;

  beforeAll(async () => {
    platform = await createTestPlatform({ database });
    ({ siteId } = await platform.createSite());
    const other = await platform.createSite();
    await platform.platform.database.write(async (trx) => {
      await insertProducts(trx, siteId, products);
      await insertProducts(trx, other.siteId, products);
    });
  });
  afterAll(() => platform.close());

  test("400 generated queries find what they ask for, in order", async () => {
    let found = 0;
    for (const { includeHidden, paging, ...query } of queries) {
      const asked = { filter: JSON.stringify(query.filter), sort: JSON.stringify(query.sort), paging };
      const page = await readProducts(platform.platform.database.read, {
        ...parseProductsQueryBody({ query: asked }),
        siteId,
        includeHidden,
      });
      const all = products.filter((one) => (includeHidden || one.visible) && matches(one, query.filter));
      const expected = ordered(all, query.sort).slice(paging.offset, paging.offset + paging.limit);
      expect({ asked, ids: page.products.map(({ id }) => id), total: page.total }).toEqual({
        asked,
        ids: expected.map(({ id }) => id),
        total: all.length,
      });
      found += page.products.length;
    }
    // Queries that find nothing would prove nothing.
    expect(found).toBe(12_578);
  });
});
