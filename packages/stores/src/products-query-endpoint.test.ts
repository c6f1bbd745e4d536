import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { tokenWith } from "@latchkey/test-support/token-with";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newProduct } from "./catalog/new-product.ts";
import { demoProducts } from "./demo-products.ts";
import { insertProducts } from "./products.queries.ts";
import { stores } from "./stores.ts";
import { storesOf } from "./test-support/stores-of.ts";

const readScope = "SCOPE.DC-STORES.READ-PRODUCTS";
const manageScope = "SCOPE.DC-STORES.MANAGE-PRODUCTS";
const address = "/stores/v1/products/query";

interface ApiResponse {
  readonly status: number;
  readonly body: {
    readonly products: { readonly name: string; readonly numericId: string }[];
    readonly metadata: unknown;
    readonly totalResults: number;
    readonly message: string;
    readonly details: { readonly validationError?: { readonly fieldViolations: unknown[] } };
  };
}

describe.each(["sqlite", "postgres"] as const)("product query on %s", (database) => {
  let platform: TestPlatform;
  let reader: string;
  let manager: string;

  async function send(body: string, { token = reader, path = address } = {}): Promise<ApiResponse> {
    const response = await fetch(`${platform.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token === "" ? {} : { authorization: token }) },
      body,
    });
    return { status: response.status, body: (await response.json()) as ApiResponse["body"] };
  }

  const query = (asked: object, token = reader) => send(JSON.stringify({ query: asked }), { token });
  const names = ({ body }: ApiResponse) => body.products.map(({ name }) => name);

  beforeAll(async () => {
    platform = await createTestPlatform({ resources: [stores], database, now: 1_767_323_045_678 });
    const site = await platform.createSite();
    const other = await platform.createSite();
    const now = platform.clock.now();
    const oddity = newProduct(
      { name: "50%_off 'Straße' ☕ \\o/", price: 1 },
      { productId: "00000000-0000-4000-8000-00000000000f", site, now },
    );
    await storesOf(platform).database.write(async (trx) => {
      await insertProducts(trx, site.siteId, demoProducts({ site, now }));
      await insertProducts(trx, other.siteId, [oddity]);
    });
    reader = await tokenWith(platform, readScope, site.siteId);
    manager = await tokenWith(platform, manageScope, site.siteId);
  });
  afterAll(() => platform.close());

  describe("returns", () => {
    test("the first page with the defaults for {}", async () => {
      const { body, status } = await send("{}");
      expect(status).toBe(200);
      expect(body.products).toHaveLength(22);
      expect(body.metadata).toEqual({ items: 100, offset: 0 });
      expect(body.totalResults).toBe(22);
      expect(body.products[0]).toMatchObject({
        id: "de300000-0000-4000-8000-000000000001",
        name: "House Blend",
        numericId: "1",
        price: { currency: "USD", price: 14.5, discountedPrice: 14.5, formatted: { price: "$14.50" } },
        variants: [],
        createdDate: "2026-01-02T03:04:05.678Z",
      });
      expect(body.products[0]).not.toHaveProperty("costAndProfitData");
    });

    test.each([
      "/stores/v1/products/query",
      "/stores/api/v1/products/query",
      "/stores-reader/v1/products/query",
    ])("at %s", async (path) => {
      expect((await send("{}", { path })).body.totalResults).toBe(22);
    });

    test("results of a filter and a sort sent as JSON text, with paging", async () => {
      const response = await query({
        filter: '{"price": {"$lt": 9}}',
        sort: '[{"price": "desc"}]',
        paging: { limit: 2, offset: 1 },
      });
      expect(names(response)).toEqual(["Peppermint", "Paper Filters, 100 pieces"]);
      expect(response.body.metadata).toEqual({ items: 2, offset: 1 });
      expect(response.body.totalResults).toBe(3);
    });

    test("results of a filter and a sort sent as JSON", async () => {
      const response = await query({ filter: { name: { $startsWith: "e" } }, sort: [{ name: "asc" }] });
      expect(names(response)).toEqual([
        "Earl Grey",
        "Espresso Cup and Saucer",
        "Espresso No. 4",
        "Ethiopia Guji",
      ]);
    });

    test("results for an option, a collection, and the collection of all products", async () => {
      const choice = await query({ filter: '{"productOptions.Size": "1 kg", "options.Grind": "Espresso"}' });
      expect(names(choice)).toEqual(["House Blend", "Ethiopia Guji", "Colombia Huila"]);
      const gifts = await query({
        filter: { collectionIds: { $hasSome: ["C0FFEE00-0000-4000-8000-000000000005"] } },
      });
      expect(gifts.body.totalResults).toBe(5);
      const all = await query({
        filter: { "collections.id": { $hasSome: ["00000000-000000-000000-000000000001"] } },
      });
      expect(all.body.totalResults).toBe(22);
    });

    test("results despite unknown fields", async () => {
      const body = {
        query: { fields: [], fieldsets: ["FULL"], cursorPaging: null },
        includeVariants: null,
        extra: 1,
      };
      expect((await send(JSON.stringify(body))).body.totalResults).toBe(22);
    });

    test("variants on request", async () => {
      const asked = { query: { filter: { sku: "COF-HOUSE" } }, includeVariants: true };
      const { body } = await send(JSON.stringify(asked));
      expect(body.products[0]).toMatchObject({ variants: { length: 6 } });
    });
  });

  describe("hidden products and merchant data", () => {
    const asked = { query: { filter: { name: { $startsWith: "Winter" } } } };

    test("are absent and not counted", async () => {
      const { body } = await query(asked.query, manager);
      expect([body.products, body.totalResults]).toEqual([[], 0]);
    });

    test("are returned to callers that manage products", async () => {
      const hidden = await send(JSON.stringify({ ...asked, includeHiddenProducts: true }), {
        token: manager,
      });
      expect([names(hidden), hidden.body.totalResults]).toEqual([["Winter Blend (in preparation)"], 1]);
      const all = await send('{"includeHiddenProducts": true, "includeMerchantSpecificData": true}', {
        token: manager,
      });
      expect(all.body.totalResults).toBe(24);
      expect(all.body.products[0]).toMatchObject({
        costAndProfitData: { itemCost: 6.2, formattedProfit: "$8.30" },
      });
    });

    test.each(["includeHiddenProducts", "includeMerchantSpecificData"])(
      "%s requires permission to manage products",
      async (flag) => {
        expect(await send(JSON.stringify({ [flag]: true }))).toEqual({
          status: 403,
          body: {
            message: "Permission WIX_STORES.MODIFY_PRODUCTS is required",
            details: {
              applicationError: {
                code: "PERMISSION_DENIED",
                description: "Permission WIX_STORES.MODIFY_PRODUCTS is required",
                data: { permission: "WIX_STORES.MODIFY_PRODUCTS" },
              },
            },
          },
        });
      },
    );
  });

  describe("rejects", () => {
    test("a call without a token, before it reads the body", async () => {
      const { body, status } = await send("{", { token: "" });
      expect([status, body.details]).toMatchObject([401, { applicationError: { code: "UNAUTHENTICATED" } }]);
    });

    test("an instance without permission to read", async () => {
      const site = await platform.createSite();
      const token = await tokenWith(platform, "SCOPE.DC.MANAGE-YOUR-APP", site.siteId);
      const { body, status } = await send("{}", { token });
      expect([status, body.message]).toEqual([403, "Permission WIX_STORES.READ_PRODUCTS is required"]);
    });

    test("another method, with the header Allow", async () => {
      const response = await fetch(`${platform.url}${address}`, { headers: { authorization: reader } });
      expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
    });

    test.each([
      [
        "a limit above 100",
        { paging: { limit: 101 } },
        "query.paging.limit",
        "MAX",
        "must be at most 100",
        { threshold: 100 },
      ],
      [
        "a negative offset",
        { paging: { offset: -1 } },
        "query.paging.offset",
        "MIN",
        "must be at least 0",
        { threshold: 0 },
      ],
    ])("%s", async (_, asked, field, violatedRule, description, data) => {
      expect(await query(asked)).toEqual({
        status: 400,
        body: {
          message: "Validation failed",
          details: { validationError: { fieldViolations: [{ field, violatedRule, description, data }] } },
        },
      });
    });

    test.each([
      ["a list as the body", "[]", "body", "FORMAT"],
      ["a list as the query", '{"query":[]}', "query", "FORMAT"],
      ["a flag that is not a boolean", '{"includeVariants":"true"}', "includeVariants", "FORMAT"],
      [
        "an unknown operator",
        '{"query":{"filter":{"price":{"$regex":"1"}}}}',
        "query.filter.price",
        "INVALID_ENUM_VALUE",
      ],
      [
        "an unknown field in a filter",
        '{"query":{"filter":"{\\"colour\\":1}"}}',
        "query.filter",
        "INVALID_ENUM_VALUE",
      ],
      [
        "a key twice in a filter",
        '{"query":{"filter":"{\\"sku\\":1,\\"sku\\":2}"}}',
        "query.filter",
        "FORMAT",
      ],
      [
        "an unknown field in a sort",
        '{"query":{"sort":[{"colour":"asc"}]}}',
        "query.sort",
        "INVALID_ENUM_VALUE",
      ],
      [
        "NUL in a value",
        '{"query":{"filter":{"name":{"$hasSome":["a\\u0000"]}}}}',
        "query.filter.name.$hasSome[0]",
        "FORMAT",
      ],
      [
        "an unpaired surrogate",
        '{"query":{"filter":{"name":{"$contains":"\\ud83d"}}}}',
        "query.filter.name.$contains",
        "FORMAT",
      ],
      ["10,000 values", listOf(10_000), "query.filter.id.$hasSome", "MAX_SIZE"],
      [
        "50 levels",
        `{"query":{"filter":${'{"$not":'.repeat(50)}{}${"}".repeat(50)}}}`,
        "query.filter",
        "MAX_SIZE",
      ],
      [
        "text of 100 kB",
        `{"query":{"filter":{"name":"${"x".repeat(100_000)}"}}}`,
        "query.filter.name",
        "FORMAT",
      ],
    ])("%s", async (_, body, field, violatedRule) => {
      const response = await send(body);
      expect(response.status).toBe(400);
      expect(response.body.details.validationError?.fieldViolations).toMatchObject([{ field, violatedRule }]);
    });

    test.each([
      ["a key twice in the body", '{"query":{},"query":{}}', 400, "DUPLICATE_KEY"],
      ["__proto__ in a filter", '{"query":{"filter":{"__proto__":{"sku":"A"}}}}', 400, "INVALID_JSON"],
      ["a price that overflows", '{"query":{"filter":{"price":1e400}}}', 400, "INEXACT_NUMBER"],
      ["a body of 1 MB", JSON.stringify({ extra: "x".repeat(1_000_000) }), 413, "BODY_TOO_LARGE"],
    ])("%s", async (_, body, status, code) => {
      expect(await send(body)).toMatchObject({ status, body: { details: { applicationError: { code } } } });
    });
  });

  test.each([
    ["SQL in a value", { name: "' or 1=1; drop table products; --" }, 0],
    ["SQL in the name of an option", { 'options.Size"; drop table products; --': "L" }, 0],
    ["a percent sign", { name: { $contains: "%" } }, 0],
    ["an underscore", { name: { $contains: "_" } }, 0],
    ["a backslash", { name: { $startsWith: "\\" } }, 0],
    ["an emoji", { name: { $startsWith: "☕" } }, 0],
    ["the last code point", { name: { $startsWith: "\u{10ffff}" } }, 0],
    ["minus zero", { price: -0 }, 0],
    ["a large number", { price: { $lt: 1e308 } }, 22],
    ["no values", { sku: { $hasSome: [] } }, 0],
    ["null", { sku: null }, 1],
    ["an empty prefix", { sku: { $startsWith: "" } }, 22],
  ])("H7 treats %s as a plain value", async (_, filter, total) => {
    const { body, status } = await query({ filter: JSON.stringify(filter) });
    expect([status, body.totalResults]).toEqual([200, total]);
  });
});

function listOf(count: number): string {
  const ids = Array.from(
    { length: count },
    (_, index) => `de300000-0000-4000-8000-${String(index).padStart(12, "0")}`,
  );
  return JSON.stringify({ query: { filter: JSON.stringify({ id: { $hasSome: ids } }) } });
}
