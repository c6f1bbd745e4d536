import { describe, expect, test } from "vitest";
import { demoCollections, demoProducts } from "../demo-products.ts";
import { type NewProduct, newProduct } from "./new-product.ts";

const context = {
  productId: "91f7ac8b-2baa-489c-aa50-6d64764f35d3",
  site: { currency: "EUR", url: "https://shop.example/" },
  now: 1_767_323_045_678,
};
const made = (input: Partial<NewProduct> = {}) =>
  newProduct({ name: "Café Mug", price: 19, ...input }, context);

test("a name and a price are enough to create a product", () => {
  const priceData = {
    currency: "EUR",
    price: 19,
    discountedPrice: 19,
    formatted: { price: "€19.00", discountedPrice: "€19.00" },
  };
  expect(made()).toEqual({
    id: "91f7ac8b-2baa-489c-aa50-6d64764f35d3",
    name: "Café Mug",
    slug: "cafe-mug",
    visible: true,
    productType: "physical",
    description: "",
    sku: "",
    weight: 0,
    weightRange: { minValue: 0, maxValue: 0 },
    stock: { trackInventory: false, inStock: true, inventoryStatus: "IN_STOCK" },
    price: priceData,
    priceData,
    convertedPriceData: priceData,
    priceRange: { minValue: 19, maxValue: 19 },
    additionalInfoSections: [],
    ribbons: [],
    ribbon: "",
    media: { items: [] },
    customTextFields: [],
    manageVariants: false,
    productOptions: [],
    productPageUrl: { base: "https://shop.example/", path: "/product-page/cafe-mug" },
    inventoryItemId: "6e085374-d455-b763-55af-929b89b0ca2c",
    discount: { type: "NONE", value: 0 },
    collectionIds: [],
    variants: [
      {
        id: "00000000-0000-0000-0000-000000000000",
        choices: {},
        variant: { priceData, convertedPriceData: priceData, weight: 0, sku: "", visible: true },
        stock: { trackQuantity: false, inStock: true },
      },
    ],
    lastUpdated: "2026-01-02T03:04:05.678Z",
    createdDate: "2026-01-02T03:04:05.678Z",
    seoData: { tags: [] },
  });
});

describe("a discount", () => {
  test.each([
    ["of an amount", { type: "AMOUNT", value: 5 }, 14, "€14.00"],
    ["of more than the price", { type: "AMOUNT", value: 50 }, 0, "€0.00"],
    [
      "of a percentage, rounded to the decimal places of the currency",
      { type: "PERCENT", value: 33.3 },
      12.67,
      "€12.67",
    ],
  ] as const)("%s", (_, discount, discountedPrice, formatted) => {
    expect(made({ discount }).priceData).toMatchObject({
      discountedPrice,
      formatted: { discountedPrice: formatted },
    });
  });
});

describe("the stock", () => {
  const choices = [{ description: "S" }, { description: "L", inStock: false }];
  test.each([
    ["not counted", {}, { trackInventory: false, inStock: true, inventoryStatus: "IN_STOCK" }],
    [
      "counted",
      { quantity: 3 },
      { trackInventory: true, quantity: 3, inStock: true, inventoryStatus: "IN_STOCK" },
    ],
    [
      "used up",
      { quantity: 0 },
      { trackInventory: true, quantity: 0, inStock: false, inventoryStatus: "OUT_OF_STOCK" },
    ],
    [
      "lacking a choice",
      { options: [{ name: "Size", choices }] },
      { trackInventory: false, inStock: true, inventoryStatus: "PARTIALLY_OUT_OF_STOCK" },
    ],
  ])("%s", (_, input, stock) => {
    expect(made(input).stock).toEqual(stock);
  });
});

test("managed variants are all combinations of choices", () => {
  const product = made({
    manageVariants: true,
    options: [
      { name: "Size", choices: [{ description: "S" }, { description: "L", inStock: false }] },
      {
        name: "Color",
        type: "color",
        choices: [{ description: "Red", value: "#ff0000" }, { description: "Blue" }],
      },
    ],
  });
  expect(product.variants.map(({ choices, id, stock }) => [id.slice(-3), choices, stock.inStock])).toEqual([
    ["001", { Size: "S", Color: "Red" }, true],
    ["002", { Size: "S", Color: "Blue" }, true],
    ["003", { Size: "L", Color: "Red" }, false],
    ["004", { Size: "L", Color: "Blue" }, false],
  ]);
});

test("the demo store has 24 products with distinct ids, two of them hidden", () => {
  const products = demoProducts(context);
  expect(new Set(products.map(({ id }) => id)).size).toBe(24);
  expect(new Set(products.map(({ slug }) => slug)).size).toBe(24);
  expect(products.filter(({ visible }) => !visible).map(({ name }) => name)).toEqual([
    "Winter Blend (in preparation)",
    "Staff Training Video",
  ]);
  expect(products[0]?.id).toBe("de300000-0000-4000-8000-000000000001");
});

test("the demo store has exactly the collections of its products", () => {
  const named = demoProducts(context).flatMap(({ collectionIds }) => collectionIds);
  expect(new Set(named)).toEqual(new Set(demoCollections().map(({ id }) => id)));
  expect(demoCollections().map(({ name, slug }) => [name, slug])).toEqual([
    ["Coffee", "coffee"],
    ["Tea", "tea"],
    ["Brewing", "brewing"],
    ["Tableware", "tableware"],
    ["Gifts", "gifts"],
  ]);
});
