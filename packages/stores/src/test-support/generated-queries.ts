import { seededRandom } from "@latchkey/test-support/seeded-random";
import { type NewProduct, newProduct } from "../catalog/new-product.ts";
import type { Product } from "../catalog/product.ts";

// Generates products and queries from a seed, and computes the expected results in JavaScript, independently of the SQL.

type Random = () => number;
type Json = Readonly<Record<string, unknown>>;

function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("The list is empty.");
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
const matchable = ["name", "description", "sku", "slug"];
const numberOf: Record<string, (product: Product) => number> = {
  price: (product) => product.priceData.price,
  "priceData.price": (product) => product.priceData.price,
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

/** A filter within the limit of expensive conditions. */
function someBoundedFilter(random: Random, products: readonly Product[]): Json {
  for (;;) {
    const filter = someFilter(random, products);
    const dear = JSON.stringify(filter).match(
      /"(?:\$contains|\$endsWith|collection[^"]*|[^"]*ptions\.[^"]*)":/g,
    );
    if ((dear?.length ?? 0) <= 10) return filter;
  }
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

const membership = ["$eq", "$ne", "$in", "$nin", "$hasSome"];
const order = ["$lt", "$lte", "$gt", "$gte"];
const parts = ["$contains", "$startsWith", "$endsWith"];

function someCondition(random: Random, products: readonly Product[]): Json {
  const kind = random();
  if (kind < 0.1) {
    const field = pick(random, [...Object.keys(textOf), ...Object.keys(numberOf), ...Object.keys(listOf)]);
    return { [field]: { [pick(random, ["$exists", "$isEmpty"])]: random() < 0.5 } };
  }
  if (kind < 0.5) return someTextCondition(random, products);
  if (kind < 0.78) return someNumberCondition(random, products);
  const field = pick(random, Object.keys(listOf));
  const operator = pick(random, [...membership, "$hasAll"]);
  const value = () =>
    pick(random, field.startsWith("c") ? [...collections, ...pick(random, products).collectionIds] : choices);
  return {
    [field]: { [operator]: takesList(operator) ? [value(), value(), value()].slice(random() * 4) : value() },
  };
}

function someTextCondition(random: Random, products: readonly Product[]): Json {
  const field = pick(random, Object.keys(textOf));
  const value = () => textOf[field]?.(pick(random, products)) ?? "";
  const hasParts = matchable.includes(field);
  if (hasParts && random() < 0.1) return pick(random, [{ [field]: null }, { [field]: { $ne: null } }]);
  const operator = pick(random, [
    ...membership,
    ...(hasParts ? [...order, ...parts, ...parts] : []),
    ...(field === "id" ? [...order, "$startsWith"] : []),
  ]);
  if (takesList(operator))
    return { [field]: { [operator]: [value(), value(), value()].slice(random() * 4) } };
  const text = value();
  const operand =
    field === "id" && operator === "$startsWith"
      ? text.slice(0, 25 + random() * 4).toUpperCase()
      : parts.includes(operator)
        ? partOf(random, text)
        : text;
  return { [field]: operator === "$eq" && random() < 0.5 ? operand : { [operator]: operand } };
}

function someNumberCondition(random: Random, products: readonly Product[]): Json {
  const field = pick(random, Object.keys(numberOf));
  const value = () => {
    const number = numberOf[field]?.(pick(random, products)) ?? 0;
    return field.startsWith("price") || field === "numericId" ? number : new Date(number).toISOString();
  };
  const operator = pick(random, [...membership, ...order, ...order]);
  if (takesList(operator)) return { [field]: { [operator]: [value(), value()] } };
  return { [field]: { [operator]: value(), ...(random() < 0.2 ? { $gte: value() } : {}) } };
}

const takesList = (operator: string): boolean => ["$in", "$nin", "$hasSome", "$hasAll"].includes(operator);

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
  const own: unknown = textOf[field]?.(product) ?? numberOf[field]?.(product);
  const toNumber = (value: unknown) => (typeof value === "string" ? Date.parse(value) : value);
  const compared = field in numberOf ? toNumber : (value: unknown) => value ?? "";
  const has = (value: unknown): boolean =>
    members === undefined ? own === compared(value) : members.includes(String(value));
  const empty = members === undefined ? own === "" : members.every((one) => one === collections[3]);
  const against = (value: unknown): number =>
    typeof own === "string"
      ? Buffer.compare(Buffer.from(own), Buffer.from(String(value)))
      : Number(own) - Number(compared(value));
  const part = same(String(operand));
  const responses: Record<string, () => boolean> = {
    $eq: () => has(operand),
    $ne: () => !has(operand),
    $in: () => (operand as unknown[]).some(has),
    $hasSome: () => (operand as unknown[]).some(has),
    $nin: () => !(operand as unknown[]).some(has),
    $hasAll: () => (operand as unknown[]).every(has),
    $exists: () => empty !== operand,
    $isEmpty: () => empty === operand,
    $contains: () => same(String(own)).includes(part),
    $startsWith: () => same(String(own)).startsWith(part),
    $endsWith: () => same(String(own)).endsWith(part),
    $lt: () => against(operand) < 0,
    $lte: () => against(operand) <= 0,
    $gt: () => against(operand) > 0,
    $gte: () => against(operand) >= 0,
  };
  return responses[operator]?.() ?? false;
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

export type Sort = readonly (readonly [field: string, direction: string])[];

function someSort(random: Random): Sort {
  return Array.from({ length: Math.floor(random() * 3) }, () => [
    pick(random, sortable),
    pick(random, ["asc", "desc", "DESC"]),
  ]);
}

function ordered(products: readonly Product[], sort: Sort): Product[] {
  const last = sort.at(-1)?.[1] ?? "asc";
  return products.toSorted((a, b) => {
    for (const [field, direction] of [...sort, ["numericId", last] as const]) {
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

/** A query, independent of the form in which it is sent. */
export interface GeneratedQuery {
  readonly filter: Json;
  readonly sort: Sort;
  readonly paging: { readonly limit: number; readonly offset: number };
  readonly includeHidden: boolean;
}

/** Queries for values that some products have. */
export function generateQueries(
  random: Random,
  products: readonly Product[],
  count: number,
): readonly GeneratedQuery[] {
  return Array.from({ length: count }, () => ({
    filter: random() < 0.05 ? {} : someBoundedFilter(random, products),
    sort: someSort(random),
    paging: { limit: 1 + Math.floor(random() * 40), offset: random() < 0.6 ? 0 : Math.floor(random() * 60) },
    includeHidden: random() < 0.5,
  }));
}

const random = seededRandom(20_260_102);
export const products: readonly Product[] = someProducts(random, 300);
export const queries: readonly GeneratedQuery[] = generateQueries(random, products, 400);
/** The ids of the results on all pages, in order. */
export function expectedIds({ filter, includeHidden, sort }: GeneratedQuery): string[] {
  const found = products.filter((one) => (includeHidden || one.visible) && matches(one, filter));
  return ordered(found, sort).map(({ id }) => id);
}
