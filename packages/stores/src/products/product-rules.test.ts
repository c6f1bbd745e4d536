import {
  codeOf,
  createTestStore,
  type TestStore,
  violationsOf,
} from "@latchkey/test-support/stores/test-store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const at = "/stores/v1/products";
const unknownId = "99999999-0000-4000-8000-000000000000";

describe.each(["sqlite", "postgres"] as const)("rules of a product on %s", (database) => {
  let store: TestStore;
  beforeAll(async () => {
    store = await createTestStore(database);
  });
  afterAll(() => store.close());

  const create = async (product: object) => {
    const { body } = await store.call("POST", at, { body: { product } });
    return body.product;
  };
  const update = (id: string, product: object) => store.call("PATCH", `${at}/${id}`, { body: { product } });

  describe("a product is rejected", () => {
    const choices = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ description: `c${index}` }));
    const options = (count: number, each: number) =>
      Array.from({ length: count }, (_, index) => ({ name: `o${index}`, choices: choices(each) }));

    test.each([
      ["a negative price", { priceData: { price: -1 } }, "priceData.price", "MIN", "must be at least 0"],
      [
        "a price of text",
        { priceData: { price: "10" } },
        "priceData.price",
        "VALIDATION",
        "must be a number",
      ],
      [
        "a price of NaN",
        { priceData: { price: "NaN" } },
        "priceData.price",
        "VALIDATION",
        "must be a number",
      ],
      ["a price that is not an object", { priceData: 5 }, "priceData", "VALIDATION", "must be an object"],
      [
        "too high a price",
        { priceData: { price: 1e9 } },
        "priceData.price",
        "MAX",
        "must be at most 999999999.99",
      ],
      ["an empty name", { name: "" }, "name", "MIN_LENGTH", "must not be empty"],
      ["a name of blanks", { name: " \t" }, "name", "MIN_LENGTH", "must not be empty"],
      [
        "a name that is too long",
        { name: "x".repeat(81) },
        "name",
        "MAX_LENGTH",
        "must have at most 80 characters",
      ],
      ["a name that is a number", { name: 7 }, "name", "VALIDATION", "must be text"],
      ["a name with NUL", { name: "a\0" }, "name", "FORMAT", "must not have NUL or unpaired surrogates"],
      [
        "8,001 characters",
        { description: "x".repeat(8_001) },
        "description",
        "MAX_LENGTH",
        "must have at most 8000 characters",
      ],
      [
        "a sku that is too long",
        { sku: "x".repeat(41) },
        "sku",
        "MAX_LENGTH",
        "must have at most 40 characters",
      ],
      [
        "a long ribbon",
        { ribbon: "x".repeat(31) },
        "ribbon",
        "MAX_LENGTH",
        "must have at most 30 characters",
      ],
      ["a long brand", { brand: "x".repeat(51) }, "brand", "MAX_LENGTH", "must have at most 50 characters"],
      ["a negative weight", { weight: -0.1 }, "weight", "MIN", "must be at least 0"],
      ["a flag of text", { visible: "true" }, "visible", "VALIDATION", "must be true or false"],
      [
        "an unknown discount",
        { discount: { type: "HALF", value: 1 } },
        "discount.type",
        "INVALID_ENUM_VALUE",
        "must be one of NONE, AMOUNT, PERCENT",
      ],
      [
        "more than all of the price",
        { discount: { type: "PERCENT", value: 101 } },
        "discount.value",
        "MAX",
        "must be at most 100",
      ],
      [
        "a slug with a slash",
        { slug: "a/b" },
        "slug",
        "FORMAT",
        "must have only letters, digits, hyphens and underscores",
      ],
      [
        "seven options",
        { productOptions: options(7, 1) },
        "productOptions",
        "MAX_SIZE",
        "must have at most 6 items",
      ],
      [
        "an option without choices",
        { productOptions: [{ name: "Size", choices: [] }] },
        "productOptions[0].choices",
        "MIN_SIZE",
        "must have at least 1 item",
      ],
      [
        "101 choices",
        { productOptions: options(1, 101) },
        "productOptions[0].choices",
        "MAX_SIZE",
        "must have at most 100 items",
      ],
      [
        "two options with the same name",
        { productOptions: [...options(1, 1), ...options(1, 2)] },
        "productOptions",
        "VALIDATION",
        "must not have two with the same name",
      ],
      [
        "more than 1,000 variants",
        { productOptions: options(3, 11) },
        "productOptions",
        "MAX_SIZE",
        "must not make more than 1000 variants",
      ],
      [
        "more managed variants than 300",
        { productOptions: options(2, 18), manageVariants: true },
        "manageVariants",
        "MAX_SIZE",
        "can be true for at most 300 variants",
      ],
      [
        "51 sections",
        { additionalInfoSections: Array(51).fill({ title: "Care", description: "" }) },
        "additionalInfoSections",
        "MAX_SIZE",
        "must have at most 50 items",
      ],
      [
        "a dimension that is not a decimal",
        { productDimensions: { length: "1e3" } },
        "productDimensions.length",
        "FORMAT",
        "must be a decimal of at most 9 digits and 6 places, as text",
      ],
    ])("for %s, and nothing is stored", async (_, fields, field, violatedRule, description) => {
      const count = async () =>
        (await store.call("POST", `${at}/query`, { body: { includeHiddenProducts: true } })).body
          .totalResults;
      const before = await count();
      await store.newEvents();
      const product = { name: "Bad", priceData: { price: 1 }, ...fields };
      const response = await store.call("POST", at, { body: { product } });
      expect([response.status, response.body.message]).toEqual([400, "Validation failed"]);
      expect(violationsOf(response)).toMatchObject([
        { field: `product.${field}`, violatedRule, description },
      ]);
      expect(await count()).toBe(before);
      expect(await store.newEvents()).toEqual([]);
    });

    test("in a change too, and nothing is stored", async () => {
      const made = await create({ name: "Firm", priceData: { price: 3 } });
      const response = await update(made.id, { name: "Soft", priceData: { price: -3 } });
      expect(violationsOf(response)).toEqual([
        {
          field: "product.priceData.price",
          violatedRule: "MIN",
          description: "must be at least 0",
          data: { threshold: 0 },
        },
      ]);
      expect((await store.call("GET", `${at}/${made.id}`)).body.product).toMatchObject({ name: "Firm" });
    });

    test.each([
      ["product", { name: "x", priceData: { price: 1 }, revision: "1" }],
      ["product.priceData", { name: "x", priceData: { price: 1, amount: 2 } }],
      ["product.productOptions[0]", { productOptions: [{ name: "S", choices: [{ value: "S" }], size: 1 }] }],
    ])("for a field that %s does not have, without repeating its name", async (field, product) => {
      const response = await store.call("PATCH", `${at}/${unknownId}`, { body: { product } });
      const [violation] = violationsOf(response);
      expect(violation).toMatchObject({ field, violatedRule: "FIELD_NOT_ALLOWED" });
      expect(violation.description).toMatch(
        /^has a field that is not taken here; only these are: [a-zA-Z, ]+$/,
      );
      expect(JSON.stringify(response.body)).not.toMatch(/revision|amount|size/);
    });

    test.each([
      ["no product", {}, "product", "REQUIRED_FIELD"],
      ["no name", { product: { priceData: { price: 1 } } }, "product.name", "REQUIRED_FIELD"],
      ["no price", { product: { name: "x" } }, "product.priceData.price", "REQUIRED_FIELD"],
      [
        "a type that apps cannot create",
        { product: { name: "x", productType: "digital", priceData: { price: 1 } } },
        "product.productType",
        "INVALID_ENUM_VALUE",
      ],
    ])("when created with %s", async (_, body, field, violatedRule) => {
      const response = await store.call("POST", at, { body });
      expect(response.status).toBe(400);
      expect(violationsOf(response)).toMatchObject([{ field, violatedRule }]);
    });

    test.each([
      [
        "a price that overflows",
        '{"product":{"name":"x","priceData":{"price":1e400}}}',
        400,
        "INEXACT_NUMBER",
      ],
      ["a key twice", '{"product":{"name":"a","name":"b"}}', 400, "DUPLICATE_KEY"],
      ["__proto__", '{"product":{"__proto__":{"name":"a"}}}', 400, "INVALID_JSON"],
      ["70 levels", `{"product":${'{"a":'.repeat(70)}1${"}".repeat(70)}}`, 400, "INVALID_JSON"],
      ["no JSON", "{", 400, "INVALID_JSON"],
      ["a list", "[]", 400, undefined],
      ["1 MB", JSON.stringify({ product: { name: "x".repeat(1_000_000) } }), 413, "BODY_TOO_LARGE"],
    ])("for a body with %s", async (_, body, status, code) => {
      const response = await store.call("POST", at, { body });
      expect(codeOf(response).slice(0, 2)).toEqual([status, code]);
    });

    test("for fields that contradict each other", async () => {
      const options = [{ name: "Size", choices: [{ description: "S" }] }];
      const made = await create({
        name: "Managed",
        priceData: { price: 3 },
        manageVariants: true,
        productOptions: options,
      });
      expect(violationsOf(await update(made.id, { manageVariants: false }))).toEqual([
        {
          field: "product.manageVariants",
          violatedRule: "VALIDATION",
          description: "can become false only when there are no options",
        },
      ]);
      expect(violationsOf(await update(made.id, { productType: "digital" }))).toEqual([
        {
          field: "product.productType",
          violatedRule: "FIELD_NOT_ALLOWED",
          description: "cannot be changed; it is physical",
        },
      ]);
    });
  });
});
