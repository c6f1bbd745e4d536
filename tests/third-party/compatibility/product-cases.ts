import assert from "node:assert/strict";
import { type Case, refusalOf } from "./case.ts";
import type { Fixture } from "./fixture.ts";

const part = "products";

/** Creates a product with two sizes. By default each size is a managed variant. */
export async function makeMug(fixture: Fixture, name: string, { manageVariants = true } = {}) {
  const { product } = await fixture.client.products.createProduct({
    name,
    productType: "physical",
    priceData: { price: 12.5 },
    manageVariants,
    brand: "Latchkey",
    ribbon: "New",
    productOptions: [
      {
        name: "Size",
        choices: [
          { value: "S", description: "S" },
          { value: "L", description: "L" },
        ],
      },
    ],
  });
  return { id: product?._id ?? "", product };
}

async function read(fixture: Fixture, id: string) {
  const { product } = await fixture.client.products.getProduct(id);
  return product;
}

export const productCases: readonly Case[] = [
  {
    part,
    tried: "createProduct",
    comesOut: "the product, with dates, prices as numbers and as text, and its slug",
    async run(fixture) {
      const { product } = await makeMug(fixture, "Created Mug");
      assert.equal(product?.name, "Created Mug");
      assert.equal(product?.slug, "created-mug");
      assert.equal(product?.priceData?.price, 12.5);
      assert.match(product?.priceData?.formatted?.price ?? "", /12\.50/);
      assert.match(product?.numericId ?? "", /^\d+$/);
      assert.ok(product?.lastUpdated instanceof Date);
      assert.equal(product?.variants?.length, 2);
    },
  },
  {
    part,
    tried: "getProduct",
    comesOut: "the same product as from createProduct",
    async run(fixture) {
      const { id, product } = await makeMug(fixture, "Got Mug");
      const { costAndProfitData: _, ...got } = (await read(fixture, id)) ?? {};
      const { costAndProfitData: __, ...made } = product ?? {};
      assert.equal(got._id, id);
      assert.deepEqual({ ...got, variants: 0, costRange: 0 }, { ...made, variants: 0, costRange: 0 });
    },
  },
  {
    part,
    tried: "getProduct, includeMerchantSpecificData",
    comesOut: "the same, with the merchant's costs",
    async run(fixture) {
      const { product } = await fixture.client.products.createProduct({
        name: "Costly Mug",
        productType: "physical",
        priceData: { price: 10 },
        costAndProfitData: { itemCost: 4 },
      } as Parameters<typeof fixture.client.products.createProduct>[0]);
      const options = { includeMerchantSpecificData: true };
      const found = await fixture.client.products.getProduct(product?._id ?? "", options);
      assert.equal(found.product?.costAndProfitData?.itemCost, 4);
      assert.equal(found.product?.costAndProfitData?.profit, 6);
    },
  },
  {
    part,
    tried: "updateProduct",
    comesOut: "the changed product; other fields stay unchanged",
    async run(fixture) {
      const { id } = await makeMug(fixture, "Updated Mug");
      const { product } = await fixture.client.products.updateProduct(id, {
        description: "<p>Blue</p>",
        priceData: { price: 20 },
      });
      assert.equal(product?.name, "Updated Mug");
      assert.equal(product?.description, "<p>Blue</p>");
      assert.equal((await read(fixture, id))?.priceData?.price, 20);
    },
  },
  {
    part,
    tried: "deleteProduct",
    comesOut: "nothing; the product is deleted",
    async run(fixture) {
      const { id } = await makeMug(fixture, "Deleted Mug");
      assert.equal(await fixture.client.products.deleteProduct(id), undefined);
      assert.equal((await refusalOf(read(fixture, id))).status, 404);
    },
  },
  {
    part,
    tried: "queryProducts, with a query object",
    comesOut: "a page in the format of the wire protocol, with the client's names",
    async run({ client }) {
      const response = await client.products.queryProducts({
        filter: { name: { $startsWith: "Colombia" } },
        sort: [{ fieldName: "name", order: "ASC" }],
        paging: { limit: 5, offset: 0 },
      } as Parameters<typeof client.products.queryProducts>[0]);
      const { metadata, products } = response as {
        products: { name: string; _id: string }[];
        metadata: object;
      };
      assert.deepEqual(
        products.map(({ name }) => name),
        ["Colombia Huila"],
      );
      assert.match(products[0]?._id ?? "", /^[0-9a-f-]{36}$/);
      assert.deepEqual(metadata, { count: 1, offset: 0, total: 1 });
    },
  },
  {
    part,
    tried: "queryProducts, with a query that is too long for a URL",
    comesOut: "the same, by POST",
    async run({ client }) {
      const { items } = await client.products.queryProducts().find();
      const unknown = Array.from({ length: 150 }, (_, index) => `00000000-0000-4000-8000-${index + 1e11}`);
      const ids = [...unknown, items[0]?._id ?? ""];
      const found = await client.products.queryProducts().in("_id", ids).find();
      assert.deepEqual(
        found.items.map(({ _id }) => _id),
        [items[0]?._id],
      );
    },
  },
  {
    part,
    tried: "queryProductVariants",
    comesOut: "the variants with the given choices",
    async run(fixture) {
      const { id } = await makeMug(fixture, "Variant Mug");
      const all = await fixture.client.products.queryProductVariants(id, {});
      assert.equal(all.totalResults, 2);
      const small = await fixture.client.products.queryProductVariants(id, { choices: { Size: "S" } });
      assert.deepEqual(
        small.variants?.map(({ choices }) => choices),
        [{ Size: "S" }],
      );
    },
  },
  {
    part,
    tried: "updateProductVariants",
    comesOut: "the changed variants",
    async run(fixture) {
      const { id } = await makeMug(fixture, "Priced Mug");
      const change = { choices: { Size: "L" }, price: 15, sku: "MUG-L" };
      const { variants } = await fixture.client.products.updateProductVariants(id, [change]);
      const large = variants?.find(({ choices }) => choices?.Size === "L");
      assert.deepEqual([large?.variant?.priceData?.price, large?.variant?.sku], [15, "MUG-L"]);
    },
  },
  {
    part,
    tried: "resetAllProductVariantData",
    comesOut: "nothing; the variants have the values of the product",
    async run(fixture) {
      const { id } = await makeMug(fixture, "Reset Mug");
      await fixture.client.products.updateProductVariants(id, [{ choices: { Size: "L" }, price: 15 }]);
      assert.equal(await fixture.client.products.resetAllProductVariantData(id), undefined);
      const { variants } = await fixture.client.products.queryProductVariants(id, {});
      assert.deepEqual(
        variants?.map(({ variant }) => variant?.priceData?.price),
        [12.5, 12.5],
      );
    },
  },
  {
    part,
    tried: "bulkUpdateProductsProperty",
    comesOut: "a result for each; valid ones are changed although one is unknown",
    async run(fixture) {
      const { id } = await makeMug(fixture, "Bulk Mug");
      const unknown = "00000000-0000-4000-8000-000000000000";
      const { bulkActionMetadata, results } = await fixture.client.products.bulkUpdateProductsProperty(
        [id, unknown],
        { price: 30 },
      );
      assert.deepEqual(
        results?.map(({ itemMetadata }) => [
          itemMetadata?._id,
          itemMetadata?.originalIndex,
          itemMetadata?.success,
        ]),
        [
          [id, 0, true],
          [unknown, 1, false],
        ],
      );
      assert.equal(bulkActionMetadata?.totalSuccesses, 1);
      assert.equal(bulkActionMetadata?.totalFailures, 1);
      assert.equal((await read(fixture, id))?.priceData?.price, 30);
    },
  },
  {
    part,
    tried: "bulkAdjustProductProperty",
    comesOut: "a result for each; by an amount or by a percentage",
    async run(fixture) {
      const { id } = await makeMug(fixture, "Adjusted Mug");
      await fixture.client.products.bulkAdjustProductProperty({ price: { amount: 7.5 } }, [id]);
      assert.equal((await read(fixture, id))?.priceData?.price, 20);
      const half = { price: { percentage: { rate: -50 } } };
      const { bulkActionMetadata } = await fixture.client.products.bulkAdjustProductProperty(half, [id]);
      assert.equal(bulkActionMetadata?.totalSuccesses, 1);
      assert.equal((await read(fixture, id))?.priceData?.price, 10);
    },
  },
  {
    part,
    tried: "deleteProductOptions",
    comesOut: "nothing; the product has no options (its variants are not managed)",
    async run(fixture) {
      const { id, product } = await makeMug(fixture, "Plain Mug", { manageVariants: false });
      assert.equal(product?.productOptions?.length, 1);
      assert.equal(await fixture.client.products.deleteProductOptions(id), undefined);
      assert.deepEqual((await read(fixture, id))?.productOptions, []);
    },
  },
  {
    part,
    tried: "removeBrand",
    comesOut: "nothing; the product has no brand",
    async run(fixture) {
      const { id, product } = await makeMug(fixture, "Unbranded Mug");
      assert.equal(product?.brand, "Latchkey");
      assert.equal(await fixture.client.products.removeBrand(id), undefined);
      assert.ok(!(await read(fixture, id))?.brand);
    },
  },
  {
    part,
    tried: "removeRibbon",
    comesOut: "nothing; the product has no ribbon",
    async run(fixture) {
      const { id, product } = await makeMug(fixture, "Unribboned Mug");
      assert.equal(product?.ribbon, "New");
      assert.equal(await fixture.client.products.removeRibbon(id), undefined);
      assert.ok(!(await read(fixture, id))?.ribbon);
    },
  },
];
