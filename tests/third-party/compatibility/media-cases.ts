import assert from "node:assert/strict";
import type { Case } from "./case.ts";
import type { Fixture } from "./fixture.ts";
import { makeMug } from "./product-cases.ts";

const part = "products";
const picture = { url: "https://images.example/mug.png" };

async function mugWithPicture(fixture: Fixture, name: string) {
  const { id } = await makeMug(fixture, name);
  await fixture.client.products.addProductMedia(id, [picture]);
  const { product } = await fixture.client.products.getProduct(id);
  return { id, media: product?.media?.items ?? [] };
}

async function mediaOf(fixture: Fixture, id: string, choice: string) {
  const { product } = await fixture.client.products.getProduct(id);
  const [size] = product?.productOptions ?? [];
  return size?.choices?.find(({ description }) => description === choice)?.media?.items ?? [];
}

export const mediaCases: readonly Case[] = [
  {
    part,
    tried: "addProductMedia",
    comesOut: "nothing; the product has the picture",
    async run(fixture) {
      const { media } = await mugWithPicture(fixture, "Pictured Mug");
      assert.equal(media.length, 1);
      assert.match(media[0]?._id ?? "", /./);
    },
  },
  {
    part,
    tried: "removeProductMedia",
    comesOut: "nothing; the product no longer has the picture",
    async run(fixture) {
      const { id, media } = await mugWithPicture(fixture, "Unpictured Mug");
      await fixture.client.products.removeProductMedia(id, [media[0]?._id ?? ""]);
      const { product } = await fixture.client.products.getProduct(id);
      assert.deepEqual(product?.media?.items, []);
    },
  },
  {
    part,
    tried: "addProductMediaToChoices",
    comesOut: "nothing; the choice has the picture",
    async run(fixture) {
      const { id, media } = await mugWithPicture(fixture, "Chosen Mug");
      const mediaIds = media.map(({ _id }) => _id ?? "");
      await fixture.client.products.addProductMediaToChoices(id, [{ option: "Size", choice: "S", mediaIds }]);
      assert.deepEqual(
        (await mediaOf(fixture, id, "S")).map(({ _id }) => _id),
        mediaIds,
      );
      assert.deepEqual(await mediaOf(fixture, id, "L"), []);
    },
  },
  {
    part,
    tried: "removeProductMediaFromChoices",
    comesOut: "nothing; the choice no longer has the picture",
    async run(fixture) {
      const { id, media } = await mugWithPicture(fixture, "Unchosen Mug");
      const mediaIds = media.map(({ _id }) => _id ?? "");
      const small = [{ option: "Size", choice: "S", mediaIds }];
      await fixture.client.products.addProductMediaToChoices(id, small);
      await fixture.client.products.removeProductMediaFromChoices(id, small);
      assert.deepEqual(await mediaOf(fixture, id, "S"), []);
    },
  },
];

export const variantCases: readonly Case[] = [
  {
    part,
    tried: "getProductOptionsAvailability",
    comesOut: "the chosen variant, and whether it can be bought",
    async run(fixture) {
      const { id } = await makeMug(fixture, "Available Mug");
      const response = await fixture.client.products.getProductOptionsAvailability(id, { Size: "S" });
      assert.equal(response.availableForPurchase, true);
      assert.equal(response.selectedVariant?.price?.price, 12.5);
      assert.equal(response.productOptions?.length, 1);
    },
  },
  {
    part,
    tried: "queryStoreVariants",
    comesOut: "variants of all products, with both names",
    async run(fixture) {
      const { id } = await makeMug(fixture, "Listed Mug");
      const filter = { productId: { $eq: id } };
      const { variants } = await fixture.client.products.queryStoreVariants({
        filter,
        paging: { limit: 10 },
      });
      assert.deepEqual(
        variants?.map(({ productName }) => productName),
        ["Listed Mug", "Listed Mug"],
      );
    },
  },
  {
    part,
    tried: "getStoreVariant",
    comesOut: "one variant, with the values from its product",
    async run(fixture) {
      const { id, product } = await makeMug(fixture, "Single Mug");
      const [small] = product?.variants ?? [];
      const { variant } = await fixture.client.products.getStoreVariant(`${id}.${small?._id}`);
      assert.deepEqual(
        [variant?.productId, variant?.variantId, variant?.productName],
        [id, small?._id, "Single Mug"],
      );
    },
  },
];
