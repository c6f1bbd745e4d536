import assert from "node:assert/strict";
import type { Case } from "./case.ts";
import { makeMug } from "./product-cases.ts";
import type { World } from "./world.ts";

const part = "products";
const picture = { url: "https://images.example/mug.png" };

async function mugWithPicture(world: World, name: string) {
  const { id } = await makeMug(world, name);
  await world.client.products.addProductMedia(id, [picture]);
  const { product } = await world.client.products.getProduct(id);
  return { id, media: product?.media?.items ?? [] };
}

async function mediaOf(world: World, id: string, choice: string) {
  const { product } = await world.client.products.getProduct(id);
  const [size] = product?.productOptions ?? [];
  return size?.choices?.find(({ description }) => description === choice)?.media?.items ?? [];
}

export const mediaCases: readonly Case[] = [
  {
    part,
    tried: "addProductMedia",
    comesOut: "nothing; the product has the picture",
    async run(world) {
      const { media } = await mugWithPicture(world, "Pictured Mug");
      assert.equal(media.length, 1);
      assert.match(media[0]?._id ?? "", /./);
    },
  },
  {
    part,
    tried: "removeProductMedia",
    comesOut: "nothing; the product no longer has the picture",
    async run(world) {
      const { id, media } = await mugWithPicture(world, "Unpictured Mug");
      await world.client.products.removeProductMedia(id, [media[0]?._id ?? ""]);
      const { product } = await world.client.products.getProduct(id);
      assert.deepEqual(product?.media?.items, []);
    },
  },
  {
    part,
    tried: "addProductMediaToChoices",
    comesOut: "nothing; the choice has the picture",
    async run(world) {
      const { id, media } = await mugWithPicture(world, "Chosen Mug");
      const mediaIds = media.map(({ _id }) => _id ?? "");
      await world.client.products.addProductMediaToChoices(id, [{ option: "Size", choice: "S", mediaIds }]);
      assert.deepEqual(
        (await mediaOf(world, id, "S")).map(({ _id }) => _id),
        mediaIds,
      );
      assert.deepEqual(await mediaOf(world, id, "L"), []);
    },
  },
  {
    part,
    tried: "removeProductMediaFromChoices",
    comesOut: "nothing; the choice no longer has the picture",
    async run(world) {
      const { id, media } = await mugWithPicture(world, "Unchosen Mug");
      const mediaIds = media.map(({ _id }) => _id ?? "");
      const small = [{ option: "Size", choice: "S", mediaIds }];
      await world.client.products.addProductMediaToChoices(id, small);
      await world.client.products.removeProductMediaFromChoices(id, small);
      assert.deepEqual(await mediaOf(world, id, "S"), []);
    },
  },
];

export const variantCases: readonly Case[] = [
  {
    part,
    tried: "getProductOptionsAvailability",
    comesOut: "the chosen variant, and whether it can be bought",
    async run(world) {
      const { id } = await makeMug(world, "Available Mug");
      const answer = await world.client.products.getProductOptionsAvailability(id, { Size: "S" });
      assert.equal(answer.availableForPurchase, true);
      assert.equal(answer.selectedVariant?.price?.price, 12.5);
      assert.equal(answer.productOptions?.length, 1);
    },
  },
  {
    part,
    tried: "queryStoreVariants",
    comesOut: "variants of all products, with both names",
    async run(world) {
      const { id } = await makeMug(world, "Listed Mug");
      const filter = { productId: { $eq: id } };
      const { variants } = await world.client.products.queryStoreVariants({ filter, paging: { limit: 10 } });
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
    async run(world) {
      const { id, product } = await makeMug(world, "Single Mug");
      const [small] = product?.variants ?? [];
      const { variant } = await world.client.products.getStoreVariant(`${id}.${small?._id}`);
      assert.deepEqual(
        [variant?.productId, variant?.variantId, variant?.productName],
        [id, small?._id, "Single Mug"],
      );
    },
  },
];
