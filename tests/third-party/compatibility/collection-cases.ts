import assert from "node:assert/strict";
import { type Case, refusalOf } from "./case.ts";
import { makeMug } from "./product-cases.ts";
import type { World } from "./world.ts";

async function makeCollection(world: World, name: string): Promise<string> {
  const { collection } = await world.client.products.createCollection({ name });
  return collection?._id ?? "";
}

const writes: readonly Case[] = [
  {
    part: "products",
    tried: "createCollection",
    comesOut: "the collection",
    async run({ client }) {
      const { collection } = await client.products.createCollection({ name: "Fine Mugs" });
      assert.equal(collection?.name, "Fine Mugs");
      assert.match(collection?._id ?? "", /^[0-9a-f-]{36}$/);
    },
  },
  {
    part: "products",
    tried: "updateCollection",
    comesOut: "the changed collection",
    async run(world) {
      const id = await makeCollection(world, "Renamed Mugs");
      const { collection } = await world.client.products.updateCollection(id, { name: "Old Mugs" });
      assert.deepEqual([collection?._id, collection?.name], [id, "Old Mugs"]);
    },
  },
  {
    part: "products",
    tried: "deleteCollection",
    comesOut: "nothing; the collection is deleted and its products stay",
    async run(world) {
      const id = await makeCollection(world, "Gone Mugs");
      assert.equal(await world.client.products.deleteCollection(id), undefined);
      assert.equal((await refusalOf(world.client.collections.getCollection(id))).status, 404);
    },
  },
  {
    part: "products",
    tried: "addProductsToCollection",
    comesOut: "nothing; the collection contains the products",
    async run(world) {
      const id = await makeCollection(world, "Filled Mugs");
      const mug = await makeMug(world, "Filled Mug");
      assert.equal(await world.client.products.addProductsToCollection(id, [mug.id]), undefined);
      const { items } = await world.client.products.queryProducts().hasSome("collectionIds", [id]).find();
      assert.deepEqual(
        items.map(({ _id }) => _id),
        [mug.id],
      );
    },
  },
  {
    part: "products",
    tried: "removeProductsFromCollection",
    comesOut: "nothing; the collection no longer contains them",
    async run(world) {
      const id = await makeCollection(world, "Emptied Mugs");
      const mug = await makeMug(world, "Emptied Mug");
      await world.client.products.addProductsToCollection(id, [mug.id]);
      assert.equal(await world.client.products.removeProductsFromCollection(id, [mug.id]), undefined);
      const { items } = await world.client.products.queryProducts().hasSome("collectionIds", [id]).find();
      assert.deepEqual(items, []);
    },
  },
  {
    part: "products",
    tried: "getCollectionBySlug",
    comesOut: "the collection, from the read service of products",
    async run(world) {
      const id = await makeCollection(world, "Slugged Mugs");
      const { collection } = await world.client.products.getCollectionBySlug("slugged-mugs");
      assert.equal(collection?._id, id);
    },
  },
];

const reads: readonly Case[] = [
  {
    part: "collections",
    tried: "getCollection",
    comesOut: "the collection",
    async run(world) {
      const id = await makeCollection(world, "Got Mugs");
      const collection = await world.client.collections.getCollection(id);
      assert.deepEqual([collection._id, collection.name, collection.numberOfProducts], [id, "Got Mugs", 0]);
    },
  },
  {
    part: "collections",
    tried: "getCollectionBySlug",
    comesOut: "the collection",
    async run(world) {
      const id = await makeCollection(world, "Found Mugs");
      const { collection } = await world.client.collections.getCollectionBySlug("found-mugs");
      assert.equal(collection?._id, id);
    },
  },
  {
    part: "collections",
    tried: "queryCollections",
    comesOut: "pages of collections",
    async run(world) {
      for (const name of ["Paged 1", "Paged 2", "Paged 3"]) await makeCollection(world, name);
      const query = world.client.collections.queryCollections().startsWith("name", "Paged").ascending("name");
      const first = await query.limit(2).find();
      assert.deepEqual(
        first.items.map(({ name }) => name),
        ["Paged 1", "Paged 2"],
      );
      assert.equal(first.totalCount, 3);
      assert.deepEqual(
        (await first.next()).items.map(({ name }) => name),
        ["Paged 3"],
      );
    },
  },
  {
    part: "collections",
    tried: "queryCollections, with a query object",
    comesOut: "a page in the format of the wire, with the client's names",
    async run(world) {
      const { collections } = world.client;
      const id = await makeCollection(world, "Raw Mugs");
      const query = { filter: { _id: { $eq: id } } } as Parameters<typeof collections.queryCollections>[0];
      const answer = (await collections.queryCollections(query)) as { collections: { _id: string }[] };
      assert.deepEqual(
        answer.collections.map(({ _id }) => _id),
        [id],
      );
    },
  },
];

const appInstance: Case = {
  part: "appInstances",
  tried: "getAppInstance",
  comesOut: "the installation that the token is for, and its site",
  async run({ client, demo }) {
    const { instance, site } = await client.appInstances.getAppInstance();
    assert.equal(instance?.instanceId, demo.instanceId);
    assert.equal(instance?.appName, "Hello App");
    assert.equal(site?.siteId, demo.siteId);
    assert.equal(site?.siteDisplayName, "Demo Store");
  },
};

export const collectionCases: readonly Case[] = [...writes, ...reads, appInstance];
