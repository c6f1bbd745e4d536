import { createTestStore, type TestStore } from "@latchkey/test-support/stores/test-store";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

const update = "/stores/v1/bulk/products/update";
const adjust = "/stores/v1/bulk/products/adjust-properties";
const unknownId = "99999999-0000-4000-8000-000000000000";

describe.each(["sqlite", "postgres"] as const)("many products at once on %s", (database) => {
  let store: TestStore;
  let mug: string;
  let shirt: string;
  beforeAll(async () => {
    store = await createTestStore(database);
  });
  afterAll(() => store.close());

  async function create(product: object): Promise<string> {
    const { body } = await store.call("POST", "/stores/v1/products", { body: { product } });
    return body.product.id;
  }

  beforeEach(async () => {
    mug = await create({ name: "Mug", priceData: { price: 10 }, ribbon: "New", brand: "Millwright" });
    shirt = await create({
      name: "Shirt",
      priceData: { price: 20 },
      weight: 2,
      manageVariants: true,
      productOptions: [{ name: "Size", choices: [{ description: "S" }, { description: "L" }] }],
    });
    await store.call("PATCH", `/stores/v1/products/${shirt}/variants`, {
      body: { variants: [{ choices: { Size: "S" }, price: 15 }] },
    });
    await store.newEvents();
  });

  const read = async (id: string) =>
    (await store.call("GET", `/stores/v1/products/${id}?includeMerchantSpecificData=true`)).body.product;
  const set = (value: object, ids = [mug, shirt]) =>
    store.call("POST", update, { body: { ids, set: value } });
  const change = (value: object, ids = [mug, shirt]) =>
    store.call("POST", adjust, { body: { ids, adjust: value } });
  const done = (id: string, originalIndex: number) => ({
    itemMetadata: { id, originalIndex, success: true },
  });

  test("get a price, and the prices of their variants follow", async () => {
    const { body, status } = await set({ price: 30 });
    expect(status).toBe(200);
    expect(body).toEqual({
      results: [done(mug, 0), done(shirt, 1)],
      bulkActionMetadata: { totalSuccesses: 2, totalFailures: 0, undetailedFailures: 0 },
    });
    expect((await read(mug)).priceData.price).toBe(30);
    expect(await read(shirt)).toMatchObject({
      priceRange: { minValue: 25, maxValue: 30 },
      variants: [{ variant: { priceData: { price: 25 } } }, { variant: { priceData: { price: 30 } } }],
    });
    expect((await store.newEvents()).map(({ type }) => type)).toEqual([
      "ProductChanged",
      "ProductChanged",
      "VariantsChanged",
    ]);
  });

  test("FR-A8: are refused when the app has used up its quota of events; nothing is stored", async () => {
    const { write } = store.platform.platform.database;
    await write((trx) => trx.updateTable("event_usage").set({ bytes: 1_000_000_000 }).execute());
    const { body, headers, status } = await set({ price: 99 });
    await write((trx) => trx.deleteFrom("event_usage").execute());
    expect([status, body.details.applicationError]).toEqual([
      429,
      {
        code: "EVENT_QUOTA_EXCEEDED",
        description:
          "The app has caused as many bytes of events in 30 days as it may, so nothing was changed. Change less, or ask the operator of the platform for a higher quota.",
        data: { maxBytes: 1_000_000_000 },
      },
    ]);
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await read(mug)).priceData.price).toBe(10);
    expect(await store.newEvents()).toEqual([]);
  });

  test("that fail are listed, and the others are stored", async () => {
    const { body, status } = await set({ price: 3 }, [unknownId, mug, "no-id", shirt]);
    expect(status).toBe(200);
    expect(body).toEqual({
      results: [
        {
          itemMetadata: {
            id: unknownId,
            originalIndex: 0,
            success: false,
            error: {
              code: "PRODUCT_NOT_FOUND",
              description: "The store has no product with this id.",
              data: {},
            },
          },
        },
        done(mug, 1),
        {
          itemMetadata: {
            originalIndex: 2,
            success: false,
            error: {
              code: "PRODUCT_NOT_FOUND",
              description: "The store has no product with this id.",
              data: {},
            },
          },
        },
        {
          itemMetadata: {
            id: shirt,
            originalIndex: 3,
            success: false,
            error: {
              code: "VALIDATION_ERROR",
              description: "product.priceData.price takes the price of a variant below 0",
              data: {
                fieldViolations: [
                  {
                    field: "product.priceData.price",
                    violatedRule: "MIN",
                    description: "takes the price of a variant below 0",
                    data: { threshold: 0 },
                  },
                ],
              },
            },
          },
        },
      ],
      bulkActionMetadata: { totalSuccesses: 1, totalFailures: 3, undetailedFailures: 0 },
    });
    expect([(await read(mug)).priceData.price, (await read(shirt)).priceData.price]).toEqual([3, 20]);
  });

  test("of another site are unknown", async () => {
    const response = await store.call("POST", update, {
      body: { ids: [mug], set: { price: 1 } },
      token: store.stranger,
    });
    expect(response.body.results[0].itemMetadata.error.code).toBe("PRODUCT_NOT_FOUND");
    expect((await read(mug)).priceData.price).toBe(10);
  });

  test("get a cost and a weight, as do their variants", async () => {
    await set({ cost: 4 });
    await set({ weight: 5 });
    expect(await read(mug)).toMatchObject({ weight: 5, costAndProfitData: { itemCost: 4, profit: 6 } });
    expect(await read(shirt)).toMatchObject({
      weight: 5,
      weightRange: { minValue: 5, maxValue: 5 },
      costRange: { minValue: 4, maxValue: 4 },
      variants: [
        { variant: { weight: 5, costAndProfitData: { itemCost: 4, profit: 11 } } },
        { variant: { weight: 5, costAndProfitData: { itemCost: 4, profit: 16 } } },
      ],
    });
  });

  test("get a ribbon or a brand; an empty one removes it", async () => {
    await set({ ribbon: "Sale" });
    await set({ brand: "Lux" });
    expect(await read(shirt)).toMatchObject({ ribbon: "Sale", ribbons: [{ text: "Sale" }], brand: "Lux" });
    await set({ ribbon: "" });
    await set({ brand: "" });
    expect(await read(mug)).toMatchObject({ ribbon: "", ribbons: [] });
    expect(await read(mug)).not.toHaveProperty("brand");
  });

  test("are adjusted by an amount or by a percentage", async () => {
    await change({ price: { amount: -2.5 } });
    expect((await read(mug)).priceData.price).toBe(7.5);
    await change({ price: { percentage: { rate: 15 } } });
    expect((await read(mug)).priceData.price).toBe(8.63);
    await change({ price: { percentage: { rate: -50, roundToInt: true } } }, [mug]);
    expect((await read(mug)).priceData.price).toBe(4);
    await change({ weight: { percentage: { rate: 100 } } }, [shirt]);
    expect(await read(shirt)).toMatchObject({ weight: 4, weightRange: { minValue: 4, maxValue: 4 } });
    await change({ cost: { amount: 3 } }, [shirt]);
    expect((await read(shirt)).costRange).toEqual({ minValue: 3, maxValue: 3 });
  });

  test("cannot be adjusted below 0", async () => {
    const { body } = await change({ price: { amount: -12 } });
    expect(body.bulkActionMetadata).toEqual({ totalSuccesses: 1, totalFailures: 1, undetailedFailures: 0 });
    expect(body.results[0].itemMetadata.error).toMatchObject({
      code: "VALIDATION_ERROR",
      description: "adjust.price takes the value below 0 or above 999999999.99",
    });
    expect((await read(mug)).priceData.price).toBe(10);
  });

  test("listed twice change once, with two results", async () => {
    const { body } = await set({ price: 12 }, [mug, mug.toUpperCase()]);
    expect(body.results).toEqual([done(mug, 0), done(mug, 1)]);
    expect((await store.newEvents()).map(({ type }) => type)).toEqual(["ProductChanged"]);
  });

  test("listed twice are adjusted once, with two equal results", async () => {
    const { body } = await change({ price: { amount: -6 } }, [mug, shirt, mug.toUpperCase(), mug]);
    expect(body.results).toEqual([done(mug, 0), done(shirt, 1), done(mug, 2), done(mug, 3)]);
    expect([(await read(mug)).priceData.price, (await read(shirt)).priceData.price]).toEqual([4, 14]);
    expect((await store.newEvents()).map(({ type }) => type)).toEqual([
      "ProductChanged",
      "ProductChanged",
      "VariantsChanged",
    ]);
    const failed = await change({ price: { amount: -6 } }, [mug, mug]);
    expect(failed.body.bulkActionMetadata).toMatchObject({ totalSuccesses: 0, totalFailures: 2 });
    expect((await read(mug)).priceData.price).toBe(4);
  });

  test("require permission to manage products", async () => {
    for (const path of [update, adjust]) {
      const response = await store.call("POST", path, { body: "{", token: store.reader });
      expect([response.status, response.body.message]).toEqual([
        403,
        "Permission WIX_STORES.MODIFY_PRODUCTS is required",
      ]);
    }
  });

  test.each([
    [update, "no ids", { ids: [], set: { price: 1 } }, "ids", "MIN_SIZE"],
    [update, "101 ids", { ids: Array(101).fill(unknownId), set: { price: 1 } }, "ids", "MAX_SIZE"],
    [update, "nothing to set", { ids: [unknownId], set: {} }, "set", "REQUIRED_ONE_OF_FIELD"],
    [update, "no set", { ids: [unknownId] }, "set", "REQUIRED_FIELD"],
    [
      update,
      "two things to set",
      { ids: [unknownId], set: { price: 1, cost: 1 } },
      "set",
      "REQUIRED_ONE_OF_FIELD",
    ],
    [update, "a negative price", { ids: [unknownId], set: { price: -1 } }, "set.price", "MIN"],
    [update, "an unknown field", { ids: [unknownId], set: { colour: 1 } }, "set", "FIELD_NOT_ALLOWED"],
    [
      adjust,
      "an amount and a percentage",
      { ids: [unknownId], adjust: { price: { amount: 1, percentage: { rate: 1 } } } },
      "adjust.price",
      "REQUIRED_ONE_OF_FIELD",
    ],
    [
      adjust,
      "a percentage below -100",
      { ids: [unknownId], adjust: { price: { percentage: { rate: -101 } } } },
      "adjust.price.percentage.rate",
      "MIN",
    ],
  ])("%s refuses %s", async (path, _, body, field, violatedRule) => {
    const response = await store.call("POST", path, { body });
    expect(response.status).toBe(400);
    expect(response.body.details.validationError.fieldViolations[0]).toMatchObject({ field, violatedRule });
  });
});
