import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { tokenWith } from "@latchkey/test-support/token-with";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newProduct } from "../catalog/new-product.ts";
import { insertProducts } from "../products.queries.ts";
import { stores } from "../stores.ts";
import { storesOf } from "../test-support/stores-of.ts";

const shirt = "00000000-0000-4000-8000-00000000000a";
const hidden = "00000000-0000-4000-8000-00000000000b";
const unknown = "00000000-0000-4000-8000-00000000000c";
const foreign = "00000000-0000-4000-8000-00000000000d";

interface ApiResponse {
  readonly status: number;
  readonly body: {
    readonly variants: {
      readonly id: string;
      readonly choices: Readonly<Record<string, string>>;
      readonly variant: object;
    }[];
    readonly metadata: unknown;
    readonly totalResults: number;
    readonly message: string;
    readonly details: {
      readonly applicationError?: unknown;
      readonly validationError?: { readonly fieldViolations: unknown[] };
    };
  };
}

describe.each(["sqlite", "postgres"] as const)("variants query on %s", (database) => {
  let platform: TestPlatform;
  let reader: string;
  let manager: string;

  const ask = async (
    productId: string,
    body: object | string = {},
    { root = "/stores-reader/v1", token = reader } = {},
  ): Promise<ApiResponse> => {
    const response = await fetch(`${platform.url}${root}/products/${productId}/variants/query`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: token },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as ApiResponse["body"] };
  };
  const choicesOf = ({ body }: ApiResponse) =>
    body.variants.map(({ choices }) => Object.values(choices).join(" "));

  beforeAll(async () => {
    platform = await createTestPlatform({ resources: [stores], database });
    const site = await platform.createSite();
    const other = await platform.createSite();
    const options = [
      { name: "Size", choices: [{ description: "S" }, { description: "L" }] },
      { name: "Color", choices: [{ description: "Red" }, { description: "Ink" }, { description: "Chalk" }] },
    ];
    const product = (productId: string, visible: boolean) =>
      newProduct(
        { name: "Shirt", price: 20, itemCost: 8, options, manageVariants: true, visible },
        { productId, site, now: platform.clock.now() },
      );
    await storesOf(platform).database.write(async (trx) => {
      await insertProducts(trx, site.siteId, [product(shirt, true), product(hidden, false)]);
      await insertProducts(trx, other.siteId, [product(foreign, true)]);
    });
    reader = await tokenWith(platform, "SCOPE.DC-STORES.READ-PRODUCTS", site.siteId);
    manager = await tokenWith(platform, "SCOPE.DC-STORES.MANAGE-PRODUCTS", site.siteId);
  });
  afterAll(() => platform.close());

  test.each(["/stores/v1", "/stores/api/v1", "/stores-reader/v1"])(
    "returns all variants below %s",
    async (root) => {
      const response = await ask(shirt, { id: shirt }, { root });
      expect(response.status).toBe(200);
      expect(choicesOf(response)).toEqual(["S Red", "S Ink", "S Chalk", "L Red", "L Ink", "L Chalk"]);
      expect([response.body.metadata, response.body.totalResults]).toEqual([{ items: 100, offset: 0 }, 6]);
      expect(response.body.variants[0]).toMatchObject({
        variant: { priceData: { currency: "USD", price: 20 }, visible: true },
        stock: { inStock: true },
      });
      expect(response.body.variants[0]?.variant).not.toHaveProperty("costAndProfitData");
    },
  );

  test.each([
    ["one option", { choices: { Color: "Ink" } }, ["S Ink", "L Ink"]],
    ["every option", { choices: { Color: "Ink", Size: "L" } }, ["L Ink"]],
    ["an unknown choice", { choices: { Color: "ink" } }, []],
    ["an unknown option", { choices: { Weight: "1 kg" } }, []],
    ["a name of Object.prototype", { choices: { constructor: "x" } }, []],
    [
      "no option",
      { choices: {}, variantIds: [] },
      ["S Red", "S Ink", "S Chalk", "L Red", "L Ink", "L Chalk"],
    ],
    [
      "ids in upper or lower case, with choices ignored",
      {
        variantIds: ["00000000-0000-4000-8000-000000000002", unknown.toUpperCase(), "no id"],
        choices: { Color: "Red" },
      },
      ["S Ink"],
    ],
    ["a page", { paging: { limit: 2, offset: 3 } }, ["L Red", "L Ink"]],
  ])("with %s", async (_, body, choices) => {
    expect(choicesOf(await ask(shirt, body))).toEqual(choices);
  });

  test("counts the variants on all pages", async () => {
    const { body } = await ask(shirt, { choices: { Size: "L" }, paging: { limit: 1, offset: 9 } });
    expect([body.variants, body.totalResults, body.metadata]).toEqual([[], 3, { items: 1, offset: 9 }]);
  });

  test("with merchant data requires permission to manage products", async () => {
    const asked = { includeMerchantSpecificData: true };
    const { body } = await ask(shirt, asked, { token: manager });
    expect(body.variants[0]).toMatchObject({ variant: { costAndProfitData: { itemCost: 8, profit: 12 } } });
    const refused = await ask(shirt, asked);
    expect([refused.status, refused.body.message]).toEqual([
      403,
      "Permission WIX_STORES.MODIFY_PRODUCTS is required",
    ]);
  });

  test("of a hidden product requires permission to manage products", async () => {
    expect((await ask(hidden, {}, { token: manager })).body.totalResults).toBe(6);
    expect((await ask(hidden)).status).toBe(404);
  });

  test.each([
    ["unknown", unknown],
    ["foreign", foreign],
    ["no id", "x"],
    ["SQL", encodeURIComponent("' or 1=1 --")],
  ])("responds with PRODUCT_NOT_FOUND for a product that is %s", async (_, productId) => {
    const { body, status } = await ask(productId);
    const text = "The store has no product with this id.";
    expect(status).toBe(404);
    expect(body).toEqual({
      message: text,
      details: { applicationError: { code: "PRODUCT_NOT_FOUND", description: text, data: {} } },
    });
  });

  test.each([
    ["a list as the body", "[]", "body", "FORMAT", "must be a JSON object"],
    [
      "a list of choices",
      { choices: ["Red"] },
      "choices",
      "FORMAT",
      "must be an object of option names and choices",
    ],
    [
      "a choice that is not text",
      { choices: { Size: { $ne: "L" } } },
      "choices",
      "FORMAT",
      "must be an object of option names and choices",
    ],
    ["one id alone", { variantIds: shirt }, "variantIds", "FORMAT", "must be a list of ids"],
    ["an id that is not text", { variantIds: [1] }, "variantIds", "FORMAT", "must be a list of ids"],
    [
      "10,000 ids",
      { variantIds: Array.from({ length: 10_000 }, () => "x") },
      "variantIds",
      "MAX_SIZE",
      "has more than 1000 values",
    ],
    ["a limit above 100", { paging: { limit: 101 } }, "paging.limit", "MAX", "must be at most 100"],
    ["paging that is a list", { paging: [] }, "paging", "FORMAT", "must be an object with limit and offset"],
  ])("refuses %s", async (_, body, field, violatedRule, description) => {
    const response = await ask(shirt, body);
    expect(response.status).toBe(400);
    expect(response.body.details.validationError?.fieldViolations).toEqual([
      expect.objectContaining({ field, violatedRule, description }),
    ]);
  });

  test("rejects another method, with the header Allow", async () => {
    const response = await fetch(`${platform.url}/stores/v1/products/${shirt}/variants/query`, {
      headers: { authorization: reader },
    });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  });
});
