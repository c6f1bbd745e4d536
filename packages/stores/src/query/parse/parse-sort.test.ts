import { ValidationError } from "@latchkey/server";
import { describe, expect, test } from "vitest";
import { productEntity } from "../product-fields.ts";
import { parsePaging } from "./parse-paging.ts";
import { parseSort } from "./parse-sort.ts";

const parse = (input: unknown) => parseSort(input, productEntity);
const asc = (column: string) => ({ column, direction: "asc" });
const desc = (column: string) => ({ column, direction: "desc" });

function violationsOf(work: () => unknown) {
  try {
    work();
  } catch (error) {
    if (error instanceof ValidationError) return error.violations;
    throw error;
  }
  throw new Error("No violation was thrown.");
}

describe("parses a sort", () => {
  test.each([
    ["absent: by number", undefined, [asc("numeric_id")]],
    ["empty: by number", "[]", [asc("numeric_id")]],
    ["JSON text", '[{"price":"desc"}]', [desc("price"), desc("numeric_id")]],
    ["a single object", '{"name":"ASC"}', [asc("name"), asc("numeric_id")]],
    ["a JSON value", [{ numericId: "asc" }], [asc("numeric_id")]],
    [
      "the form of the client library",
      [{ fieldName: "priceData.price", order: "DESC" }, { fieldName: "_id" }],
      [desc("price"), asc("product_id")],
    ],
    [
      "`direction` instead of `order`",
      [{ fieldName: "name", direction: "DESC" }],
      [desc("name"), desc("numeric_id")],
    ],
    [
      "several fields",
      [{ productType: "asc" }, { lastUpdated: "desc" }],
      [asc("product_type"), desc("updated_at"), desc("numeric_id")],
    ],
    [
      "fields after a unique one",
      [{ sku: "asc" }, { id: "desc" }, { name: "asc" }],
      [asc("sku"), desc("product_id")],
    ],
  ])("%s", (_, input, keys) => {
    expect(parse(input)).toEqual(keys);
  });
});

describe("rejects a sort", () => {
  const shapes = 'must be a list such as [{"price": "desc"}] or [{"fieldName": "price", "order": "DESC"}]';
  const sortable = "name, sku, slug, id, price, numericId, lastUpdated, createdDate, productType";
  const unknown = (name: string) => `has the unknown field ${name}; use one of ${sortable}`;
  test.each([
    ["by an unknown field", [{ colour: "asc" }], "query.sort", "INVALID_ENUM_VALUE", unknown("colour")],
    [
      "by the description",
      [{ description: "asc" }],
      "query.sort",
      "INVALID_ENUM_VALUE",
      unknown("description"),
    ],
    [
      "by a field with several values",
      [{ "collections.id": "asc" }],
      "query.sort",
      "INVALID_ENUM_VALUE",
      unknown("collections.id"),
    ],
    ["upwards", '[{"price":"up"}]', "query.sort.price", "INVALID_ENUM_VALUE", "must be asc or desc"],
    [
      "in a numeric direction",
      [{ price: 1 }],
      "query.sort.price",
      "INVALID_ENUM_VALUE",
      "must be asc or desc",
    ],
    ["of plain names", '["price"]', "query.sort", "FORMAT", shapes],
    ["by a numeric name", [{ fieldName: 1, order: "ASC" }], "query.sort", "FORMAT", shapes],
    [
      "by the distance from a place",
      [{ fieldName: "price", origin: { latitude: 1, longitude: 1 } }],
      "query.sort",
      "FORMAT",
      shapes,
    ],
    ["by __proto__", [{ fieldName: "__proto__" }], "query.sort", "INVALID_ENUM_VALUE", unknown("__proto__")],
    ["in broken JSON", "price", "query.sort", "FORMAT", "is not valid JSON"],
    [
      "by six fields",
      Array.from({ length: 6 }, () => ({ price: "asc" })),
      "query.sort",
      "MAX_SIZE",
      "has more than 5 fields",
    ],
  ])("%s", (_, input, field, violatedRule, description) => {
    expect(violationsOf(() => parse(input))).toEqual([
      expect.objectContaining({ field, violatedRule, description }),
    ]);
  });
});

describe("a page", () => {
  const parsePage = (input: unknown) => parsePaging(input, "query.paging", { default: 100, min: 1 });

  test.each([
    ["has 100 rows by default", undefined, { limit: 100, offset: 0 }],
    ["treats null as absent", { limit: null, offset: null }, { limit: 100, offset: 0 }],
    ["has its limit and offset", { limit: 1, offset: 1_000_000 }, { limit: 1, offset: 1_000_000 }],
  ])("%s", (_, input, paging) => {
    expect(parsePage(input)).toEqual(paging);
  });

  test.each([
    ["above 100", { limit: 101 }, "query.paging.limit", "MAX", "must be at most 100", { threshold: 100 }],
    ["of 0", { limit: 0 }, "query.paging.limit", "MIN", "must be at least 1", { threshold: 1 }],
    [
      "with a negative offset",
      { offset: -1 },
      "query.paging.offset",
      "MIN",
      "must be at least 0",
      { threshold: 0 },
    ],
    [
      "with an offset above 1,000,000",
      { offset: 1_000_001 },
      "query.paging.offset",
      "MAX",
      "must be at most 1000000",
      { threshold: 1_000_000 },
    ],
    [
      "with a fractional limit",
      { limit: 1.5 },
      "query.paging.limit",
      "FORMAT",
      "must be a whole number",
      undefined,
    ],
    [
      "with a limit as text",
      { limit: "10" },
      "query.paging.limit",
      "FORMAT",
      "must be a whole number",
      undefined,
    ],
    ["that is a list", [], "query.paging", "FORMAT", "must be an object with limit and offset", undefined],
  ])("is refused %s", (_, input, field, violatedRule, description, data) => {
    expect(violationsOf(() => parsePage(input))).toEqual([
      { field, violatedRule, description, ...(data === undefined ? {} : { data }) },
    ]);
  });
});
