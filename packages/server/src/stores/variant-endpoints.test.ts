import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../testing/index.ts";
import { newProduct } from "./new-product.ts";
import type { Product } from "./product.ts";
import { insertProducts } from "./products.store.ts";
import { tokenWith } from "./testing/token-with.ts";

const shirt = "00000000-0000-4000-8000-00000000000a";
const hidden = "00000000-0000-4000-8000-00000000000b";
const unknown = "00000000-0000-4000-8000-00000000000c";
const foreign = "00000000-0000-4000-8000-00000000000d";
const mug = "00000000-0000-4000-8000-00000000000e";

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests compare it part by part
  readonly body: any;
}

describe.each(["sqlite", "postgres"] as const)("on %s", (database) => {
  let platform: TestPlatform;
  let reader: string;
  let manager: string;
  let made: Product;

  const call = async (path: string, init: RequestInit = {}, token = reader): Promise<Answer> => {
    const headers = { "content-type": "application/json", authorization: token };
    const response = await fetch(`${platform.url}${path}`, { headers, ...init });
    return { status: response.status, body: await response.json() };
  };
  const choose = (productId: string, options: unknown, token = reader) =>
    call(
      `/stores-reader/v1/products/${productId}/productOptionsAvailability`,
      { method: "POST", body: JSON.stringify({ id: productId, options }) },
      token,
    );
  const codeOf = ({ body, status }: Answer) => [
    status,
    body.details.applicationError.code,
    body.details.applicationError.description,
  ];

  beforeAll(async () => {
    platform = await createTestPlatform({ database });
    const site = await platform.createSite();
    const other = await platform.createSite();
    const context = (productId: string) => ({ productId, site, now: platform.clock.now() });
    const options = [
      { name: "Size", choices: [{ description: "S" }, { description: "L" }] },
      { name: "Color", choices: [{ description: "Red" }, { description: "Ink" }] },
    ];
    const managed = { name: "Shirt", price: 20, itemCost: 8, options, manageVariants: true };
    const whole = newProduct(managed, context(shirt));
    // Large and red there is no more, and large and ink nobody sees.
    made = {
      ...whole,
      variants: whole.variants.map((one) => {
        if (one.choices.Size !== "L") return one;
        return one.choices.Color === "Red"
          ? { ...one, stock: { ...one.stock, inStock: false } }
          : { ...one, variant: { ...one.variant, visible: false } };
      }),
    };
    const plain = newProduct({ name: "Mug", price: 5, options: options.slice(0, 1) }, context(mug));
    const unseen = newProduct({ ...managed, visible: false }, context(hidden));
    await platform.platform.database.write(async (trx) => {
      await insertProducts(trx, site.siteId, [made, plain, unseen]);
      await insertProducts(trx, other.siteId, [newProduct(managed, context(foreign))]);
    });
    reader = await tokenWith(platform, "SCOPE.DC-STORES.READ-PRODUCTS", site.siteId);
    manager = await tokenWith(platform, "SCOPE.DC-STORES.MANAGE-PRODUCTS", site.siteId);
  });
  afterAll(() => platform.close());

  describe("the choices of a product", () => {
    const told = ({ body }: Answer) =>
      body.productOptions.flatMap(({ choices }: Product["productOptions"][number]) =>
        choices.map(({ description, inStock, visible }) => `${description} ${visible} ${inStock}`),
      );

    test("are told as they are before one is made", async () => {
      const answer = await choose(shirt, {});
      expect(answer.status).toBe(200);
      expect(told(answer)).toEqual(["S true true", "L true false", "Red true true", "Ink true true"]);
      expect([answer.body.selectedVariant, answer.body.availableForPurchase]).toEqual([undefined, false]);
    });

    test("leave those that go together with what was chosen", async () => {
      const answer = await choose(shirt, { Size: "L" });
      expect(told(answer)).toEqual(["S true true", "L true false", "Red true false", "Ink false false"]);
      expect(answer.body.availableForPurchase).toBe(false);
    });

    test("make a variant when all are made, without what it costs the merchant", async () => {
      const { body } = await choose(shirt, { Size: "S", Color: "Ink" });
      expect(body.availableForPurchase).toBe(true);
      expect(body.selectedVariant).toMatchObject({ price: { price: 20 }, visible: true, inStock: true });
      expect(Object.keys(body.selectedVariant)).not.toContain("costAndProfitData");
    });

    test.each([
      ["is sold out", { Size: "L", Color: "Red" }, true],
      ["nobody sees", { Size: "L", Color: "Ink" }, true],
      ["there is not", { Size: "XL", Color: "Ink" }, false],
      ["objects inherit", { Size: "toString", Color: "constructor" }, false],
    ])("cannot be bought when they make one that %s", async (_, options, exists) => {
      const { body, status } = await choose(shirt, options);
      expect(status).toBe(200);
      expect([body.selectedVariant !== undefined, body.availableForPurchase]).toEqual([exists, false]);
    });

    test("of a product that manages no variants lead to the product", async () => {
      const { body } = await choose(mug, { Size: "L" });
      expect([body.selectedVariant.price.price, body.availableForPurchase]).toEqual([5, true]);
    });

    test.each([["a list", ["S"]], ["a number", { Size: 1 }], ["text", "S"]])(
      "are refused as %s",
      async (_, options) => {
        const { body, status } = await choose(shirt, options);
        expect({ status, body }).toEqual({
          status: 400,
          body: {
            message: "Validation failed",
            details: {
              validationError: {
                fieldViolations: [
                  {
                    field: "options",
                    description: "must be an object of option names and choices",
                    violatedRule: "FORMAT",
                    ruleName: "",
                    data: {},
                  },
                ],
              },
            },
          },
        });
      },
    );

    test("are told of no product that is unknown, foreign, or hidden from who asks", async () => {
      for (const id of [unknown, foreign, hidden, "x"]) {
        expect(codeOf(await choose(id, {}))).toEqual([
          404,
          "PRODUCT_NOT_FOUND",
          "The store has no product with this id.",
        ]);
      }
      expect((await choose(hidden, {}, manager)).status).toBe(200);
    });
  });

  describe("one variant of the store", () => {
    const get = (id: string, token = reader) => call(`/stores-reader/v1/variants/${id}?id=${id}`, {}, token);

    test("has what it takes from its product", async () => {
      const [variant] = made.variants;
      for (const separator of [".", "-"]) {
        const { body, status } = await get(`${shirt}${separator}${variant?.id}`);
        expect({ status, body }).toEqual({
          status: 200,
          body: {
            variant: {
              id: `${shirt}.${variant?.id}`,
              variantId: variant?.id,
              productId: shirt,
              productName: "Shirt",
              variantName: "S, Red",
              managedVariant: true,
              sku: "",
              stock: { trackQuantity: false, inStock: true },
              choices: { Size: "S", Color: "Red" },
              collectionIds: made.collectionIds,
              preorderInfo: { enabled: false },
            },
          },
        });
      }
    });

    test("is the product itself when that manages none", async () => {
      const { body } = await get(`${mug}.00000000-0000-0000-0000-000000000000`);
      expect(body.variant).toMatchObject({ managedVariant: false, variantName: "Mug", choices: {} });
    });

    test("is not there under an id that is unknown, or none", async () => {
      const text = "The product has no variant like this.";
      for (const id of [`${shirt}.${unknown}`, "x", `${shirt}.`]) {
        expect(codeOf(await get(id))).toEqual([404, "VARIANT_NOT_FOUND", text]);
      }
      for (const id of [unknown, foreign, hidden]) {
        expect(codeOf(await get(`${id}.${made.variants[0]?.id}`))[1]).toBe("PRODUCT_NOT_FOUND");
      }
    });

    test("needs the permission to read products", async () => {
      const none = await tokenWith(platform, "SCOPE.DC.MANAGE-YOUR-APP", (await platform.createSite()).siteId);
      expect(codeOf(await get(`${shirt}.${unknown}`, none))[1]).toBe("PERMISSION_DENIED");
    });
  });
});
