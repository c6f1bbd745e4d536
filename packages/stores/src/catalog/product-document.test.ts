import { describe, expect, test } from "vitest";
import { newProduct } from "./new-product.ts";
import type { Product } from "./product.ts";
import {
  documentColumns,
  type ProductParts,
  parseProduct,
  productJson,
  type SelectedDocument,
  toDocument,
} from "./product-document.ts";

const context = {
  productId: "91f7ac8b-2baa-489c-aa50-6d64764f35d3",
  site: { currency: "EUR", url: null },
  now: 1_767_323_045_678,
};
const made = (itemCost?: number): Product => ({
  ...newProduct({ name: 'A "mug"', price: 19, ...(itemCost === undefined ? {} : { itemCost }) }, context),
  numericId: "1",
});

/** The row of a product, as a query for these parts selects it. */
function select(product: Product, parts: ProductParts): SelectedDocument {
  const row = toDocument(product);
  const columns = new Set<string>(documentColumns(parts));
  return Object.fromEntries(Object.entries(row).filter(([name]) => columns.has(name))) as {
    document: string;
  };
}

describe.each([
  ["with costs", made(7)],
  ["without costs", made()],
])("a product %s", (_, product) => {
  test("is unchanged by storage", () => {
    expect(parseProduct(toDocument(product))).toEqual(product);
  });

  test("has no variants and no merchant data unless they are requested", () => {
    const row = select(product, { variants: false, merchantData: false });
    const { costAndProfitData: _cost, costRange: _range, ...rest } = product;
    expect(parseProduct(row)).toEqual({ ...rest, variants: [] });
    // The stored text is the response.
    expect(productJson(row)).toBe(row.document);
  });

  test("has variants without costs when only variants are requested", () => {
    const row = select(product, { variants: true, merchantData: false });
    expect(parseProduct(row).variants).toHaveLength(1);
    expect(productJson(row)).not.toMatch(/cost|profit/i);
  });

  test("has its own merchant data but no variants when only merchant data is requested", () => {
    const { costAndProfitData, variants } = parseProduct(
      select(product, { variants: false, merchantData: true }),
    );
    expect([costAndProfitData, variants]).toEqual([product.costAndProfitData, []]);
  });
});

test("merchant data is the cost and profit of the product and of its variants", () => {
  expect(parseProduct(select(made(7), { variants: true, merchantData: true }))).toMatchObject({
    costAndProfitData: {
      itemCost: 7,
      formattedItemCost: "€7.00",
      profit: 12,
      formattedProfit: "€12.00",
      profitMargin: 0.6316,
    },
    costRange: { minValue: 7, maxValue: 7 },
    variants: [{ variant: { costAndProfitData: { itemCost: 7 } } }],
  });
});
