import assert from "node:assert/strict";
import { type Case, refusalOf } from "./case.ts";
import type { Fixture } from "./fixture.ts";
import { makeMug } from "./product-cases.ts";

async function makeCollection(fixture: Fixture, name: string): Promise<string> {
  const { collection } = await fixture.client.products.createCollection({ name });
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
    async run(fixture) {
      const id = await makeCollection(fixture, "Renamed Mugs");
      const { collection } = await fixture.client.products.updateCollection(id, { name: "Old Mugs" });
      assert.deepEqual([collection?._id, collection?.name], [id, "Old Mugs"]);
    },
  },
  {
    part: "products",
    tried: "deleteCollection",
    comesOut: "nothing; the collection is deleted and its products stay",
    async run(fixture) {
      const id = await makeCollection(fixture, "Gone Mugs");
      assert.equal(await fixture.client.products.deleteCollection(id), undefined);
      assert.equal((await refusalOf(fixture.client.collections.getCollection(id))).status, 404);
    },
  },
  {
    part: "products",
    tried: "addProductsToCollection",
    comesOut: "nothing; the collection contains the products",
    async run(fixture) {
      const id = await makeCollection(fixture, "Filled Mugs");
      const mug = await makeMug(fixture, "Filled Mug");
      assert.equal(await fixture.client.products.addProductsToCollection(id, [mug.id]), undefined);
      const { items } = await fixture.client.products.queryProducts().hasSome("collectionIds", [id]).find();
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
    async run(fixture) {
      const id = await makeCollection(fixture, "Emptied Mugs");
      const mug = await makeMug(fixture, "Emptied Mug");
      await fixture.client.products.addProductsToCollection(id, [mug.id]);
      assert.equal(await fixture.client.products.removeProductsFromCollection(id, [mug.id]), undefined);
      const { items } = await fixture.client.products.queryProducts().hasSome("collectionIds", [id]).find();
      assert.deepEqual(items, []);
    },
  },
  {
    part: "products",
    tried: "getCollectionBySlug",
    comesOut: "the collection; the request goes to the API for reading products",
    async run(fixture) {
      const id = await makeCollection(fixture, "Slugged Mugs");
      const { collection } = await fixture.client.products.getCollectionBySlug("slugged-mugs");
      assert.equal(collection?._id, id);
    },
  },
];

const reads: readonly Case[] = [
  {
    part: "collections",
    tried: "getCollection",
    comesOut: "the collection",
    async run(fixture) {
      const id = await makeCollection(fixture, "Got Mugs");
      const collection = await fixture.client.collections.getCollection(id);
      assert.deepEqual([collection._id, collection.name, collection.numberOfProducts], [id, "Got Mugs", 0]);
    },
  },
  {
    part: "collections",
    tried: "getCollectionBySlug",
    comesOut: "the collection",
    async run(fixture) {
      const id = await makeCollection(fixture, "Found Mugs");
      const { collection } = await fixture.client.collections.getCollectionBySlug("found-mugs");
      assert.equal(collection?._id, id);
    },
  },
  {
    part: "collections",
    tried: "queryCollections",
    comesOut: "pages of collections",
    async run(fixture) {
      for (const name of ["Paged 1", "Paged 2", "Paged 3"]) await makeCollection(fixture, name);
      const query = fixture.client.collections
        .queryCollections()
        .startsWith("name", "Paged")
        .ascending("name");
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
    comesOut: "a page in the format of the wire protocol, with the client's names",
    async run(fixture) {
      const { collections } = fixture.client;
      const id = await makeCollection(fixture, "Raw Mugs");
      const query = { filter: { _id: { $eq: id } } } as Parameters<typeof collections.queryCollections>[0];
      const response = (await collections.queryCollections(query)) as { collections: { _id: string }[] };
      assert.deepEqual(
        response.collections.map(({ _id }) => _id),
        [id],
      );
    },
  },
];

const appInstance: Case = {
  part: "appInstances",
  tried: "getAppInstance",
  comesOut: "the instance that the token is for, and its site",
  async run({ client, demo }) {
    const { instance, site } = await client.appInstances.getAppInstance();
    assert.equal(instance?.instanceId, demo.instanceId);
    assert.equal(instance?.appName, "Hello App");
    assert.equal(site?.siteId, demo.siteId);
    assert.equal(site?.siteDisplayName, "Demo Store");
  },
};

export const collectionCases: readonly Case[] = [...writes, ...reads, appInstance];
