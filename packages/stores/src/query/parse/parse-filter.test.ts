import { ValidationError } from "@latchkey/server";
import { describe, expect, test } from "vitest";
import { productEntity } from "../product-fields.ts";
import { parseFilter } from "./parse-filter.ts";

const parse = (input: unknown) => parseFilter(input, productEntity.fields);

function violationsOf(input: unknown) {
  try {
    parse(input);
  } catch (error) {
    if (error instanceof ValidationError) return error.violations;
    throw error;
  }
  throw new Error("No violation was thrown.");
}

const nested = (depth: number): string =>
  `${'{"$not":'.repeat(depth - 1)}{"sku":"A"}${"}".repeat(depth - 1)}`;
const many = <T>(count: number, item: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => item(i));

describe("is absent", () => {
  test.each([
    ["absent", undefined],
    ["null", null],
    ["empty", ""],
    ["blank", " "],
    ["the JSON null", "null"],
  ])("%s", (_, input) => {
    expect(parse(input)).toBeUndefined();
  });
});

describe("parses", () => {
  test("a bare value as $eq", () => {
    expect(parse('{"name":"Mug"}')).toMatchObject({ test: { operator: "$eq", value: "Mug" } });
  });

  test("$in as $hasSome, each value once", () => {
    expect(parse('{"sku":{"$in":["A","B","A"]}}')).toMatchObject({
      test: { operator: "$hasSome", values: ["A", "B"] },
    });
  });

  test("$nin as not $hasSome", () => {
    expect(parse('{"sku":{"$nin":["A","B"]}}')).toMatchObject({
      type: "not",
      filter: { test: { operator: "$hasSome", values: ["A", "B"] } },
    });
  });

  test("$exists and $isEmpty as the same condition", () => {
    const empty = { type: "test", test: { operator: "empty" } };
    expect(parse('{"sku":{"$exists":false}}')).toMatchObject(empty);
    expect(parse('{"sku":{"$isEmpty":true}}')).toMatchObject(empty);
    expect(parse('{"sku":{"$exists":true}}')).toMatchObject({ type: "not", filter: empty });
    expect(parse('{"collectionIds":{"$isEmpty":false}}')).toMatchObject({ type: "not", filter: empty });
  });

  test("the field names of the client library", () => {
    for (const [name, field] of [
      ["priceData.price", "price"],
      ["_createdDate", "createdDate"],
      ["_id", "id"],
    ]) {
      expect(parse({ [name ?? ""]: { $exists: true } })).toMatchObject({
        filter: { field: { name: field } },
      });
    }
  });

  test("several fields, and several operators of a field, as $and", () => {
    expect(parse('{"price":{"$gte":1,"$lt":5},"sku":null}')).toMatchObject({
      type: "and",
      filters: [
        {
          type: "and",
          filters: [{ test: { operator: "$gte", value: 1 } }, { test: { operator: "$lt", value: 5 } }],
        },
        { test: { operator: "empty" } },
      ],
    });
  });

  test("$ne of null as not empty", () => {
    expect(parse('{"sku":{"$ne":null}}')).toMatchObject({
      type: "not",
      filter: { test: { operator: "empty" } },
    });
  });

  test("a filter sent as an object", () => {
    expect(parse({ price: { $gt: 10 } })).toMatchObject({ test: { operator: "$gt", value: 10 } });
  });

  test("decimal text as a price, digits as a number, and a time in another zone", () => {
    expect(parse('{"price":"10.5"}')).toMatchObject({ test: { value: 10.5 } });
    expect(parse('{"numericId":{"$gt":"1567588455405000"}}')).toMatchObject({
      test: { value: 1_567_588_455_405_000 },
    });
    expect(parse('{"createdDate":{"$lt":"2026-01-02T05:04:05.678+02:00"}}')).toMatchObject({
      test: { value: 1_767_323_045_678 },
    });
  });

  test("ids in lower case", () => {
    expect(parse('{"id":"DE300000-0000-4000-8000-00000000000A"}')).toMatchObject({
      test: { value: "de300000-0000-4000-8000-00000000000a" },
    });
  });

  test("the client names of collections and options", () => {
    expect(parse('{"collectionIds":{"$hasSome":["c1"]}}')).toMatchObject({
      field: { name: "collections.id" },
    });
    for (const name of ["options.Frame color", "productOptions.Frame color"]) {
      expect(parse({ [name]: "Red" })).toMatchObject({
        field: { name: "options", where: { value: "Frame color" } },
      });
    }
  });

  test("a filter at its limits", () => {
    expect(parse(nested(10))).toMatchObject({ type: "not" });
    expect(parse({ $or: many(100, () => ({ sku: "A" })) })).toMatchObject({ type: "or" });
    expect(parse({ id: { $hasSome: many(1_000, String) } })).toMatchObject({
      test: { operator: "$hasSome" },
    });
    expect(parse({ $and: many(10, () => ({ name: { $contains: "x".repeat(500) } })) })).toMatchObject({
      type: "and",
    });
  });
});

const fieldNames =
  "name, description, sku, slug, id, price, numericId, lastUpdated, createdDate, productType, inventoryStatus, collections.id, options.<name>";
test.each([
  [{ colour: "red" }, "the unknown field colour"],
  [{ prize: { $gt: 5 } }, "the unknown field prize (did you mean price?)"],
  [{ constructor: "x" }, "the unknown field constructor"],
  [{ "options.": "x" }, "the unknown field options."],
  [{ "options.a\0": "x" }, "an unknown field"],
  [{ ["c".repeat(41)]: "red" }, "an unknown field"],
  [{ $or: [{ sku: "A" }, { $not: { colour: "red" } }] }, "the unknown field colour", ".$or[1].$not"],
])(
  "rejects an unknown field, and names it if it is short and plain: %j (FR-D §3)",
  (filter, name, path = "") => {
    expect(violationsOf(filter)).toEqual([
      {
        field: `query.filter${path}`,
        violatedRule: "INVALID_ENUM_VALUE",
        description: `has ${name}; use one of ${fieldNames}, $and, $or, $not`,
      },
    ]);
  },
);

describe("rejects", () => {
  test.each([
    ["broken JSON", "{", "query.filter", "FORMAT", "is not valid JSON"],
    ["the same key twice", '{"sku":"A","sku":"B"}', "query.filter", "FORMAT", "names the same key twice"],
    ["__proto__", '{"__proto__":{"sku":"A"}}', "query.filter", "FORMAT", "is not valid JSON"],
    ["a list", "[]", "query.filter", "FORMAT", "must be an object of fields and their conditions"],
    [
      "JSON that is encoded twice",
      JSON.stringify('{"sku":"A"}'),
      "query.filter",
      "FORMAT",
      "is JSON that holds text; encode it as JSON once",
    ],
    ["a number", 7, "query.filter", "FORMAT", "must be an object of fields and their conditions"],
    [
      "an unknown operator",
      { price: { $regex: "1" } },
      "query.filter.price",
      "INVALID_ENUM_VALUE",
      "has an unknown operator; use one of $eq, $ne, $in, $nin, $hasSome, $lt, $lte, $gt, $gte, $exists, $isEmpty",
    ],
    [
      "an operator of other fields",
      { price: { $contains: "1" } },
      "query.filter.price.$contains",
      "INVALID_ENUM_VALUE",
      "has an unknown operator; use one of $eq, $ne, $in, $nin, $hasSome, $lt, $lte, $gt, $gte, $exists, $isEmpty",
    ],
    [
      "$hasAll of a field with one value",
      { name: { $hasAll: ["a"] } },
      "query.filter.name.$hasAll",
      "INVALID_ENUM_VALUE",
      "has an unknown operator; use one of $eq, $ne, $in, $nin, $hasSome, $contains, $startsWith, $endsWith, $lt, $lte, $gt, $gte, $exists, $isEmpty",
    ],
    [
      "a flag in digits",
      { sku: { $exists: 1 } },
      "query.filter.sku.$exists",
      "FORMAT",
      "must be true or false",
    ],
    [
      "a flag as text",
      { collectionIds: { $isEmpty: "true" } },
      "query.filter.collections.id.$isEmpty",
      "FORMAT",
      "must be true or false",
    ],
    [
      "$nin without a list",
      { sku: { $nin: "A" } },
      "query.filter.sku.$nin",
      "FORMAT",
      "must be a list of values",
    ],
    [
      "$in with an operator inside",
      { sku: { $in: [{ $gt: "" }] } },
      "query.filter.sku.$in[0]",
      "FORMAT",
      "must be text of at most 8000 characters without NUL or unpaired surrogates",
    ],
    [
      "$contains of an enumeration",
      { productType: { $startsWith: "phys" } },
      "query.filter.productType.$startsWith",
      "INVALID_ENUM_VALUE",
      "has an unknown operator; use one of $eq, $ne, $in, $nin, $hasSome, $exists, $isEmpty",
    ],
    ["no operator", { price: {} }, "query.filter.price", "MIN_SIZE", "must have an operator"],
    ["an empty $and", { $and: [] }, "query.filter.$and", "MIN_SIZE", "must be a list of at least one filter"],
    [
      "$or without a list",
      { $or: {} },
      "query.filter.$or",
      "MIN_SIZE",
      "must be a list of at least one filter",
    ],
    [
      "$hasSome without a list",
      { sku: { $hasSome: "A" } },
      "query.filter.sku.$hasSome",
      "FORMAT",
      "must be a list of values",
    ],
    [
      "null in a list",
      { price: { $hasSome: [1, null] } },
      "query.filter.price.$hasSome[1]",
      "FORMAT",
      "must be a finite number",
    ],
    [
      "null for a comparison",
      { price: { $gt: null } },
      "query.filter.price.$gt",
      "FORMAT",
      "must be a finite number",
    ],
    ["an array as a value", { price: [1] }, "query.filter.price", "FORMAT", "must be a finite number"],
    ["a price that overflows", '{"price":1e400}', "query.filter.price", "FORMAT", "must be a finite number"],
    ["NaN as text", { price: "NaN" }, "query.filter.price", "FORMAT", "must be a finite number"],
    ["a hexadecimal price", { price: "0x10" }, "query.filter.price", "FORMAT", "must be a finite number"],
    [
      "a fraction as numericId",
      { numericId: 1.5 },
      "query.filter.numericId",
      "FORMAT",
      "must be a whole number below 2^53, or its digits",
    ],
    [
      "a numericId above 2^53",
      { numericId: "9999999999999999" },
      "query.filter.numericId",
      "FORMAT",
      "must be a whole number below 2^53, or its digits",
    ],
    [
      "a time without a zone",
      { lastUpdated: "2026-01-02T03:04:05" },
      "query.filter.lastUpdated",
      "FORMAT",
      "must be an ISO 8601 time with a zone, such as 2026-01-02T03:04:05.678Z",
    ],
    [
      "another product type",
      { productType: "PHYSICAL" },
      "query.filter.productType",
      "INVALID_ENUM_VALUE",
      "must be one of physical, digital",
    ],
    [
      "NUL",
      { name: "a\0b" },
      "query.filter.name",
      "FORMAT",
      "must be text of at most 8000 characters without NUL or unpaired surrogates",
    ],
    [
      "an unpaired surrogate",
      { name: { $startsWith: "\ud800" } },
      "query.filter.name.$startsWith",
      "FORMAT",
      "must be text of at most 8000 characters without NUL or unpaired surrogates",
    ],
    [
      "text of 100 kB",
      { description: "x".repeat(100_000) },
      "query.filter.description",
      "FORMAT",
      "must be text of at most 8000 characters without NUL or unpaired surrogates",
    ],
    [
      "a long substring",
      { name: { $contains: "x".repeat(501) } },
      "query.filter.name.$contains",
      "MAX_LENGTH",
      "must have at most 500 characters",
    ],
    [
      "a long suffix",
      { name: { $endsWith: "x".repeat(501) } },
      "query.filter.name.$endsWith",
      "MAX_LENGTH",
      "must have at most 500 characters",
    ],
    [
      "SQL as an id",
      { id: "' or 1=1 --" },
      "query.filter.id",
      "FORMAT",
      "must be an id: 1 to 100 letters, digits, - and _",
    ],
    ["11 levels", nested(11), "query.filter", "MAX_SIZE", "has more than 10 levels"],
    ["50 levels", nested(50), "query.filter", "MAX_SIZE", "has more than 10 levels"],
    ["1,000 levels", nested(1_000), "query.filter", "FORMAT", "is not valid JSON"],
    [
      "101 conditions",
      { $or: many(101, () => ({ sku: "A" })) },
      "query.filter",
      "MAX_SIZE",
      "has more than 100 conditions",
    ],
    [
      "101 empty filters",
      { $or: many(101, () => ({})) },
      "query.filter",
      "MAX_SIZE",
      "has more than 100 conditions",
    ],
    [
      "1,001 values in two lists",
      { $or: [{ id: { $hasSome: many(500, String) } }, { id: { $hasSome: many(501, String) } }] },
      "query.filter.$or[1].id.$hasSome",
      "MAX_SIZE",
      "has more than 1000 values",
    ],
    [
      "101 values of $hasAll",
      { collectionIds: { $hasAll: many(101, String) } },
      "query.filter.collections.id.$hasAll",
      "MAX_SIZE",
      "has more than 100 values",
    ],
    [
      "11 substring searches",
      { $or: many(11, (index) => ({ name: { [index % 2 ? "$endsWith" : "$contains"]: "x" } })) },
      "query.filter",
      "MAX_SIZE",
      "has more than 10 conditions that are $contains, $endsWith or on a field with several values",
    ],
    [
      "11 conditions on fields with several values",
      { $and: many(11, (index) => (index % 2 ? { collectionIds: "c1" } : { "options.Size": { $ne: "L" } })) },
      "query.filter",
      "MAX_SIZE",
      "has more than 10 conditions that are $contains, $endsWith or on a field with several values",
    ],
  ])("%s", (_, input, field, violatedRule, description) => {
    expect(violationsOf(input)).toEqual([expect.objectContaining({ field, violatedRule, description })]);
  });

  test("without repeating the input, other than a short plain field name", () => {
    for (const input of [
      { "secret-name": 1 },
      { "options.secret-name": 1 },
      { price: { "secret-name": 1 } },
      { price: "secret-name" },
      { $or: [{ id: { $hasSome: ["secret name"] } }] },
      '{"secret-name"',
    ]) {
      expect(JSON.stringify(violationsOf(input))).not.toMatch(/secret.name/);
    }
  });

  test("with the limit as a number", () => {
    expect(violationsOf({ id: { $hasSome: many(10_000, String) } })).toMatchObject([
      { data: { threshold: 1_000 } },
    ]);
  });
});
