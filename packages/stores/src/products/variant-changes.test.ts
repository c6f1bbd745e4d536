import { createTestStore, type TestStore } from "@latchkey/test-support/stores/test-store";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newProduct } from "../catalog/new-product.ts";
import { withChangedVariants } from "./variant-changes.ts";

const at = "/stores/v1/products";

interface ShownVariant {
  readonly id: string;
  readonly choices: Readonly<Record<string, string>>;
  readonly variant: {
    readonly priceData: { readonly price: number; readonly discountedPrice: number };
    readonly sku: string;
    readonly weight: number;
    readonly visible: boolean;
  };
}

describe.each(["sqlite", "postgres"] as const)("variants on %s", (database) => {
  let store: TestStore;
  let product: { id: string; variants: ShownVariant[]; productOptions: unknown };
  beforeAll(async () => {
    store = await createTestStore(database);
  });
  afterAll(() => store.close());

  beforeEach(async () => {
    const { body } = await store.call("POST", at, {
      body: {
        product: {
          name: "Shirt",
          priceData: { price: 20 },
          sku: "SHIRT",
          weight: 1,
          manageVariants: true,
          discount: { type: "PERCENT", value: 10 },
          productOptions: [
            { name: "Size", choices: [{ description: "S" }, { description: "L" }] },
            { name: "Color", choices: [{ description: "Red" }, { description: "Blue" }] },
          ],
        },
      },
    });
    product = body.product;
    await store.newEvents();
  });

  const change = (variants: unknown, id = product.id) =>
    store.call("PATCH", `${at}/${id}/variants`, { body: { id, variants } });
  const read = async () => (await store.call("GET", `${at}/${product.id}`)).body.product;
  const prices = (variants: readonly ShownVariant[]) =>
    variants.map(({ variant }) => variant.priceData.price);

  test("with matching choices change together, and the product has their price range", async () => {
    const { body, status } = await change([{ choices: { Size: "L" }, price: 25, weight: 1.5 }]);
    expect(status).toBe(200);
    expect(prices(body.variants)).toEqual([20, 20, 25, 25]);
    expect(body.variants[2]).toMatchObject({
      choices: { Size: "L", Color: "Red" },
      variant: { priceData: { price: 25, discountedPrice: 22.5 }, weight: 1.5, sku: "SHIRT" },
    });
    expect(await read()).toMatchObject({
      priceData: { price: 20 },
      priceRange: { minValue: 20, maxValue: 25 },
      weightRange: { minValue: 1, maxValue: 1.5 },
    });
    expect(await store.newEvents()).toEqual([
      {
        type: "VariantsChanged",
        payload: {
          productId: product.id,
          variants: [
            {
              variantId: product.variants[2]?.id,
              choices: { Size: "L", Color: "Red" },
              changedFields: ["price", "weight"],
            },
            {
              variantId: product.variants[3]?.id,
              choices: { Size: "L", Color: "Blue" },
              changedFields: ["price", "weight"],
            },
          ],
          originatedFromVersion: "V1_CATALOG",
        },
      },
    ]);
  });

  test("can be selected by id", async () => {
    const [first] = product.variants;
    const { body } = await change([
      { variantIds: [first?.id.toUpperCase()], sku: "SHIRT-S-RED", cost: 8, visible: false },
    ]);
    expect(body.variants[0].variant).toMatchObject({
      sku: "SHIRT-S-RED",
      visible: false,
      costAndProfitData: { itemCost: 8, profit: 10 },
    });
    expect(await read()).toMatchObject({ variants: [{ variant: { sku: "SHIRT-S-RED" } }, {}, {}, {}] });
  });

  test("keep their price difference and their own values when the price of the product changes", async () => {
    await change([{ choices: { Size: "L" }, price: 25.5, sku: "BIG" }]);
    const { body } = await store.call("PATCH", `${at}/${product.id}`, {
      body: { product: { priceData: { price: 10.1 }, sku: "NEW", weight: 3 } },
    });
    expect(prices(body.product.variants)).toEqual([10.1, 10.1, 15.6, 15.6]);
    const { variants } = body.product as { variants: ShownVariant[] };
    expect(variants.map(({ variant }) => [variant.sku, variant.weight])).toEqual([
      ["NEW", 3],
      ["NEW", 3],
      ["BIG", 3],
      ["BIG", 3],
    ]);
  });

  test("that would cost less than 0 prevent a price change", async () => {
    await change([{ choices: { Size: "S" }, price: 5 }]);
    const response = await store.call("PATCH", `${at}/${product.id}`, {
      body: { product: { priceData: { price: 10 } } },
    });
    expect([response.status, response.body.details.validationError.fieldViolations]).toEqual([
      400,
      [
        {
          field: "product.priceData.price",
          violatedRule: "MIN",
          description: "takes the price of a variant below 0",
          data: { threshold: 0 },
        },
      ],
    ]);
    expect((await read()).priceData.price).toBe(20);
  });

  test("in several changes get the last value of each field", async () => {
    const { body } = await change([
      { choices: { Size: "L" }, price: 25, sku: "BIG" },
      { choices: { Color: "Red" }, price: 30, weight: 2 },
      { choices: { Size: "L", Color: "Red" }, price: 35, sku: null },
    ]);
    const { variants } = body as { variants: ShownVariant[] };
    expect(variants.map(({ variant: { priceData, sku, weight } }) => [priceData.price, sku, weight])).toEqual(
      [
        [30, "SHIRT", 2],
        [20, "SHIRT", 1],
        [35, "BIG", 2],
        [25, "BIG", 1],
      ],
    );
  });

  test("that are all hidden hide their choice", async () => {
    await change([{ choices: { Size: "L" }, visible: false }]);
    expect((await read()).productOptions[0].choices).toMatchObject([
      { description: "S", visible: true },
      { description: "L", visible: false },
    ]);
  });

  test("are reset to the values of the product, with the same ids", async () => {
    await change([{ choices: { Size: "L" }, price: 25, sku: "BIG", visible: false, weight: 9 }]);
    await store.newEvents();
    const response = await store.call("POST", `${at}/${product.id}/variants/resetToDefault`, {
      body: { id: product.id },
    });
    expect([response.status, response.body]).toEqual([200, {}]);
    expect((await read()).variants).toEqual(product.variants);
    expect((await store.newEvents()).map(({ type }) => type)).toEqual(["ProductChanged", "VariantsChanged"]);
  });

  test("keep the changes of two concurrent requests", async () => {
    await Promise.all([
      change([{ choices: { Size: "L" }, price: 30 }]),
      change([{ choices: { Size: "S" }, sku: "SMALL" }]),
      change([{ choices: { Color: "Red" }, weight: 7 }]),
    ]);
    const { variants } = (await read()) as { variants: ShownVariant[] };
    expect(variants.map(({ variant: { priceData, sku, weight } }) => [priceData.price, sku, weight])).toEqual(
      [
        [20, "SMALL", 7],
        [20, "SMALL", 1],
        [30, "SHIRT", 7],
        [30, "SHIRT", 1],
      ],
    );
  });

  describe("are not changed", () => {
    const codeOf = (response: Awaited<ReturnType<typeof change>>) => [
      response.status,
      response.body.details.applicationError?.code,
      response.body.message,
    ];

    test("when one change matches no variant", async () => {
      const response = await change([
        { choices: { Size: "L" }, price: 1 },
        { choices: { Size: "XXL" }, price: 2 },
      ]);
      expect(codeOf(response)).toEqual([404, "VARIANT_NOT_FOUND", "The product has no such variant."]);
      expect(prices((await read()).variants)).toEqual([20, 20, 20, 20]);
      expect(codeOf(await change([{ choices: { toString: "L" }, price: 1 }]))[1]).toBe("VARIANT_NOT_FOUND");
    });

    test("when the product does not manage variants", async () => {
      const plain = await store.call("POST", at, {
        body: { product: { name: "Plain", priceData: { price: 1 } } },
      });
      const response = await change([{ choices: { Size: "S" }, price: 2 }], plain.body.product.id);
      expect(codeOf(response)).toEqual([
        409,
        "VARIANTS_NOT_MANAGED",
        "The product does not manage variants; set manageVariants to true first.",
      ]);
    });

    test("of another site's product", async () => {
      const response = await store.call("PATCH", `${at}/${product.id}/variants`, {
        body: { variants: [{ choices: { Size: "S" }, price: 1 }] },
        token: store.stranger,
      });
      expect(codeOf(response)).toEqual([404, "PRODUCT_NOT_FOUND", "The store has no product with this id."]);
    });

    test.each([
      ["a negative price", [{ choices: { Size: "S" }, price: -1 }], "variants[0].price", "MIN"],
      ["a long sku", [{ choices: { Size: "S" }, sku: "x".repeat(41) }], "variants[0].sku", "MAX_LENGTH"],
      ["no variants", [], "variants", "MIN_SIZE"],
      ["301 changes", Array(301).fill({ choices: { Size: "S" }, price: 1 }), "variants", "MAX_SIZE"],
      ["empty choices", [{ choices: {}, price: 1 }], "variants[0].choices", "MIN_SIZE"],
      ["neither choices nor ids", [{ price: 1 }], "variants[0]", "REQUIRED_ONE_OF_FIELD"],
      [
        "both",
        [{ choices: { Size: "S" }, variantIds: ["a"], price: 1 }],
        "variants[0]",
        "REQUIRED_ONE_OF_FIELD",
      ],
      ["an unknown field", [{ choices: { Size: "S" }, colour: 1 }], "variants[0]", "FIELD_NOT_ALLOWED"],
      ["choices that are not text", [{ choices: { Size: 1 } }], "variants[0].choices.Size", "VALIDATION"],
    ])("by %s", async (_, variants, field, violatedRule) => {
      const response = await change(variants);
      expect(response.status).toBe(400);
      expect(response.body.details.validationError.fieldViolations).toMatchObject([{ field, violatedRule }]);
      expect(await store.newEvents()).toEqual([]);
    });
  });
});

test("the prices of a variant are computed once for many changes", () => {
  const choices = Array.from({ length: 17 }, (_, index) => ({ description: `${index}` }));
  const bare = newProduct(
    {
      name: "Shirt",
      price: 20,
      manageVariants: true,
      options: [
        { name: "Size", choices },
        { name: "Color", choices },
      ],
    },
    {
      productId: "91f7ac8b-2baa-489c-aa50-6d64764f35d3",
      site: { currency: "USD", url: null },
      now: 1_767_323_045_678,
    },
  );
  let computed = 0;
  const product = {
    ...bare,
    numericId: "1",
    // Each computation of a price reads this once.
    get discount() {
      computed += 1;
      return bare.discount;
    },
  };
  const variantIds = bare.variants.map(({ id }) => id);
  const changes = Array.from({ length: 300 }, (_, price) => ({ variantIds, price }));
  const { priceRange } = withChangedVariants(product, changes);
  expect(priceRange).toEqual({ minValue: 299, maxValue: 299 });
  // Once for each variant, and once for the copy of the product.
  expect(computed).toBe(289 + 1);
});
