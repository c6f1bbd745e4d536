import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AppStrategy, createClient } from "../index.ts";
import { type NewProduct, products, type VariantChange } from "./index.ts";

const parcel = { length: "30", width: "20", height: "10.5", unit: "CM" } as const;

/** All fields of the type. */
const MUG = {
  name: "Mug",
  slug: "a-mug",
  visible: false,
  productType: "physical",
  description: "<p>Holds coffee</p>",
  sku: "MUG-1",
  weight: 0.4,
  productDimensions: { length: "10", width: "9", height: "8", unit: "CM" },
  packageDimensions: parcel,
  priceData: { price: 20 },
  costAndProfitData: { itemCost: 5 },
  pricePerUnitData: {
    totalQuantity: 300,
    totalMeasurementUnit: "ML",
    baseQuantity: 1,
    baseMeasurementUnit: "L",
  },
  additionalInfoSections: [{ title: "Care", description: "Wash by hand" }],
  ribbon: "New",
  brand: "Potter",
  manageVariants: true,
  productOptions: [
    { optionType: "color", name: "Colour", choices: [{ value: "#ff0000", description: "Red" }] },
  ],
  discount: { type: "PERCENT", value: 10 },
  seoData: { tags: [{ type: "title", children: "Mug" }], settings: { preventAutoRedirect: true } },
} as const satisfies Required<NewProduct>;

describe("a product on the real platform", () => {
  let platform: TestPlatform;
  let client: ReturnType<typeof connect>;

  const connect = (app: { appId: string; appSecret: string; instanceId: string }) =>
    createClient({
      auth: AppStrategy(app),
      modules: { products },
      apiUrl: platform.url,
      clock: platform.clock,
    });

  beforeAll(async () => {
    platform = await createTestPlatform({ resources: [stores] });
    const { appId, secret } = await platform.createApp({ scopes: ["SCOPE.DC-STORES.MANAGE-PRODUCTS"] });
    const { siteId } = await platform.createSite();
    const { instanceId } = await platform.install({ appId, siteId });
    client = connect({ appId, appSecret: secret.value, instanceId });
  });
  afterAll(() => platform.close());

  const read = async (id: string) =>
    (await client.products.getProduct(id, { includeMerchantSpecificData: true })).product;

  it("is created and updated with all fields", async () => {
    const { product: made } = await client.products.createProduct(MUG);
    expect(await read(made._id)).toMatchObject(MUG);

    const { product: plain } = await client.products.createProduct({ name: "Cup", priceData: { price: 1 } });
    const change = { ...MUG, slug: "another-mug" };
    await client.products.updateProduct(plain._id, change);
    expect(await read(plain._id)).toMatchObject(change);
  });

  it("has variants with all fields", async () => {
    const { product } = await client.products.createProduct({ ...MUG, slug: "a-third-mug" });
    const values = {
      price: 30,
      cost: 6,
      weight: 0.5,
      sku: "MUG-RED",
      visible: false,
      productDimensions: { length: "11" },
      packageDimensions: parcel,
    } as const satisfies Required<Omit<VariantChange, "variantIds" | "choices">>;
    await client.products.updateProductVariants(product._id, [{ choices: { Colour: "Red" }, ...values }]);
    const [changed] = (
      await client.products.queryProductVariants(product._id, { includeMerchantSpecificData: true })
    ).variants;
    const { cost, price, ...plain } = values;
    expect(changed?.variant).toMatchObject({
      ...plain,
      priceData: { price },
      costAndProfitData: { itemCost: cost },
    });
  });

  it("that fails in bulk has its index, and no id for an invalid one", async () => {
    const { product } = await client.products.createProduct({ name: "Cup", priceData: { price: 1 } });
    const ids = ["no id", product._id];
    const { results } = await client.products.bulkAdjustProductProperty({ price: { amount: -2 } }, ids);
    expect(results.map(({ itemMetadata }) => itemMetadata)).toEqual([
      {
        originalIndex: 0,
        success: false,
        error: { code: "PRODUCT_NOT_FOUND", description: expect.any(String), data: {} },
      },
      {
        _id: product._id,
        originalIndex: 1,
        success: false,
        error: {
          code: "VALIDATION_ERROR",
          description: expect.any(String),
          data: { fieldViolations: [expect.objectContaining({ field: "adjust.price" })] },
        },
      },
    ]);
  });
});
