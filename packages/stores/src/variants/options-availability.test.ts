import { createTestStore, type TestStore } from "@latchkey/test-support/stores/test-store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

describe.each(["sqlite", "postgres"] as const)("available choices of a product on %s", (database) => {
  let store: TestStore;
  let path: string;
  beforeAll(async () => {
    store = await createTestStore(database);
    const choices = (...names: string[]) => names.map((description) => ({ description }));
    const { body } = await store.call("POST", "/stores/v1/products", {
      body: {
        product: {
          name: "Shirt",
          priceData: { price: 20 },
          costAndProfitData: { itemCost: 5 },
          manageVariants: true,
          productOptions: [
            { name: "Size", choices: choices("S", "L") },
            { name: "Color", choices: choices("Red", "Blue") },
          ],
        },
      },
    });
    path = `/stores/v1/products/${body.product.id}`;
    await store.call("PATCH", `${path}/variants`, {
      body: { variants: [{ choices: { Size: "L", Color: "Red" }, price: 25, sku: "L-RED", visible: false }] },
    });
  });
  afterAll(() => store.close());

  const ask = (options: unknown, token = store.reader) =>
    store.call("POST", `${path.replace("/stores/", "/stores-reader/")}/productOptionsAvailability`, {
      body: { options },
      token,
    });

  test("are all choices without a selection", async () => {
    const { body, status } = await ask({});
    expect([status, body.availableForPurchase, body.media]).toEqual([200, false, { items: [] }]);
    expect(body).not.toHaveProperty("selectedVariant");
    expect(body.productOptions).toMatchObject([
      { name: "Size", choices: [{ visible: true }, { visible: true }] },
      { name: "Color", choices: [{ visible: true }, { visible: true }] },
    ]);
  });

  test("are limited by the selected choice", async () => {
    const { body } = await ask({ Color: "Red" });
    expect(body.productOptions[0].choices).toMatchObject([
      { description: "S", visible: true, inStock: true },
      { description: "L", visible: false, inStock: true },
    ]);
  });

  test("end in one variant", async () => {
    const { body } = await ask({ Size: "S", Color: "Blue" });
    expect(body).toMatchObject({
      selectedVariant: { price: { price: 20 }, inStock: true, visible: true, weight: 0, sku: "" },
      availableForPurchase: true,
    });
    expect(JSON.stringify(body)).not.toMatch(/cost|profit/i);
    const hidden = await ask({ Size: "L", Color: "Red" });
    expect(hidden.body).toMatchObject({
      selectedVariant: { price: { price: 25 }, sku: "L-RED", visible: false },
      availableForPurchase: false,
    });
  });

  test("are empty for unknown choices", async () => {
    const { body } = await ask({ Size: "XXL", Color: "Red", toString: "x" });
    expect(body.availableForPurchase).toBe(false);
    expect(body).not.toHaveProperty("selectedVariant");
  });

  test("require read permission, a product of the site, and choices that are text", async () => {
    expect((await ask({}, store.outsider)).body.details.applicationError.code).toBe("PERMISSION_DENIED");
    expect((await ask({}, store.stranger)).body.details.applicationError.code).toBe("PRODUCT_NOT_FOUND");
    const { body, status } = await ask({ Size: 1 });
    expect([status, body.details.validationError.fieldViolations]).toEqual([
      400,
      [{ field: "options.Size", violatedRule: "VALIDATION", description: "must be text" }],
    ]);
  });
});
