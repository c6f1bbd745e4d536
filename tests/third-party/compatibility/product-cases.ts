import assert from "node:assert/strict";
import { type Case, refusalOf } from "./case.ts";
import type { World } from "./world.ts";

const part = "products";

/** Makes a product with two sizes, each a variant of its own unless it is said otherwise. */
export async function makeMug(world: World, name: string, { manageVariants = true } = {}) {
  const { product } = await world.client.products.createProduct({
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

async function read(world: World, id: string) {
  const { product } = await world.client.products.getProduct(id);
  return product;
}

export const productCases: readonly Case[] = [
  {
    part,
    tried: "createProduct",
    comesOut: "the product, with dates, prices as numbers and as text, and its slug",
    async run(world) {
      const { product } = await makeMug(world, "Created Mug");
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
    async run(world) {
      const { id, product } = await makeMug(world, "Got Mug");
      const { costAndProfitData: _, ...got } = (await read(world, id)) ?? {};
      const { costAndProfitData: __, ...made } = product ?? {};
      assert.equal(got._id, id);
      assert.deepEqual({ ...got, variants: 0, costRange: 0 }, { ...made, variants: 0, costRange: 0 });
    },
  },
  {
    part,
    tried: "getProduct, includeMerchantSpecificData",
    comesOut: "the same, with the merchant's costs",
    async run(world) {
      const { product } = await world.client.products.createProduct({
        name: "Costly Mug",
        productType: "physical",
        priceData: { price: 10 },
        costAndProfitData: { itemCost: 4 },
      } as Parameters<typeof world.client.products.createProduct>[0]);
      const options = { includeMerchantSpecificData: true };
      const found = await world.client.products.getProduct(product?._id ?? "", options);
      assert.equal(found.product?.costAndProfitData?.itemCost, 4);
      assert.equal(found.product?.costAndProfitData?.profit, 6);
    },
  },
  {
    part,
    tried: "updateProduct",
    comesOut: "the changed product; other fields stay unchanged",
    async run(world) {
      const { id } = await makeMug(world, "Updated Mug");
      const { product } = await world.client.products.updateProduct(id, {
        description: "<p>Blue</p>",
        priceData: { price: 20 },
      });
      assert.equal(product?.name, "Updated Mug");
      assert.equal(product?.description, "<p>Blue</p>");
      assert.equal((await read(world, id))?.priceData?.price, 20);
    },
  },
  {
    part,
    tried: "deleteProduct",
    comesOut: "nothing; the product is deleted",
    async run(world) {
      const { id } = await makeMug(world, "Deleted Mug");
      assert.equal(await world.client.products.deleteProduct(id), undefined);
      assert.equal((await refusalOf(read(world, id))).status, 404);
    },
  },
  {
    part,
    tried: "queryProducts, with a query object",
    comesOut: "a page in the format of the wire, with the client's names",
    async run({ client }) {
      const answer = await client.products.queryProducts({
        filter: { name: { $startsWith: "Colombia" } },
        sort: [{ fieldName: "name", order: "ASC" }],
        paging: { limit: 5, offset: 0 },
      } as Parameters<typeof client.products.queryProducts>[0]);
      const { metadata, products } = answer as {
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
    async run(world) {
      const { id } = await makeMug(world, "Variant Mug");
      const all = await world.client.products.queryProductVariants(id, {});
      assert.equal(all.totalResults, 2);
      const small = await world.client.products.queryProductVariants(id, { choices: { Size: "S" } });
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
    async run(world) {
      const { id } = await makeMug(world, "Priced Mug");
      const change = { choices: { Size: "L" }, price: 15, sku: "MUG-L" };
      const { variants } = await world.client.products.updateProductVariants(id, [change]);
      const large = variants?.find(({ choices }) => choices?.Size === "L");
      assert.deepEqual([large?.variant?.priceData?.price, large?.variant?.sku], [15, "MUG-L"]);
    },
  },
  {
    part,
    tried: "resetAllProductVariantData",
    comesOut: "nothing; the variants have the values of the product",
    async run(world) {
      const { id } = await makeMug(world, "Reset Mug");
      await world.client.products.updateProductVariants(id, [{ choices: { Size: "L" }, price: 15 }]);
      assert.equal(await world.client.products.resetAllProductVariantData(id), undefined);
      const { variants } = await world.client.products.queryProductVariants(id, {});
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
    async run(world) {
      const { id } = await makeMug(world, "Bulk Mug");
      const unknown = "00000000-0000-4000-8000-000000000000";
      const { bulkActionMetadata, results } = await world.client.products.bulkUpdateProductsProperty(
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
      assert.equal((await read(world, id))?.priceData?.price, 30);
    },
  },
  {
    part,
    tried: "bulkAdjustProductProperty",
    comesOut: "a result for each; by an amount or by a percentage",
    async run(world) {
      const { id } = await makeMug(world, "Adjusted Mug");
      await world.client.products.bulkAdjustProductProperty({ price: { amount: 7.5 } }, [id]);
      assert.equal((await read(world, id))?.priceData?.price, 20);
      const half = { price: { percentage: { rate: -50 } } };
      const { bulkActionMetadata } = await world.client.products.bulkAdjustProductProperty(half, [id]);
      assert.equal(bulkActionMetadata?.totalSuccesses, 1);
      assert.equal((await read(world, id))?.priceData?.price, 10);
    },
  },
  {
    part,
    tried: "deleteProductOptions",
    comesOut: "nothing; the product has no options (its variants are not managed)",
    async run(world) {
      const { id, product } = await makeMug(world, "Plain Mug", { manageVariants: false });
      assert.equal(product?.productOptions?.length, 1);
      assert.equal(await world.client.products.deleteProductOptions(id), undefined);
      assert.deepEqual((await read(world, id))?.productOptions, []);
    },
  },
  {
    part,
    tried: "removeBrand",
    comesOut: "nothing; the product has no brand",
    async run(world) {
      const { id, product } = await makeMug(world, "Unbranded Mug");
      assert.equal(product?.brand, "Latchkey");
      assert.equal(await world.client.products.removeBrand(id), undefined);
      assert.ok(!(await read(world, id))?.brand);
    },
  },
  {
    part,
    tried: "removeRibbon",
    comesOut: "nothing; the product has no ribbon",
    async run(world) {
      const { id, product } = await makeMug(world, "Unribboned Mug");
      assert.equal(product?.ribbon, "New");
      assert.equal(await world.client.products.removeRibbon(id), undefined);
      assert.ok(!(await read(world, id))?.ribbon);
    },
  },
];
