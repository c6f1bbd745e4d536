import { randomUUID } from "node:crypto";
import { type Access, nextTurn } from "@latchkey/server";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { tokenWith } from "@latchkey/test-support/token-with";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newProduct } from "./catalog/new-product.ts";
import { continueDeletion, insertDeletedCollection } from "./collections/members.queries.ts";
import { changeInBulk, parseBulkUpdate } from "./products/bulk-changes.ts";
import { insertProducts, sliceProducts } from "./products.queries.ts";
import { storeContent } from "./store-content.ts";
import { stores } from "./stores.ts";
import type { StoresPlatform } from "./stores-platform.ts";
import type { Write } from "./tables.ts";
import { storesOf } from "./test-support/stores-of.ts";

const slice = 1_048_576;
const productId = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const everyId = Array.from({ length: 20 }, (_, index) => productId(index + 1));

const choices = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    description: `A choice with a long name: number ${index}`,
  }));
/** A product with 300 variants, about 160 KB. */
const large = (number: number, collectionIds: readonly string[] = []) =>
  newProduct(
    {
      name: `Product ${number}`,
      price: 20,
      collectionIds,
      options: [
        { name: "The size of the product, as a customer sees it", choices: choices(20) },
        { name: "The color of the product, as a customer sees it", choices: choices(15) },
      ],
      manageVariants: true,
    },
    { productId: productId(number), site: { currency: "USD", url: null }, now: 1_767_323_045_678 },
  );

describe.each(["sqlite", "postgres"] as const)("changes of large products on %s", (engine) => {
  let platform: TestPlatform;
  let storesPlatform: StoresPlatform;
  let siteId: string;
  let token: string;

  beforeAll(async () => {
    platform = await createTestPlatform({ resources: [stores], database: engine });
    storesPlatform = storesOf(platform);
    ({ siteId } = await platform.createSite());
    token = await tokenWith(platform, "SCOPE.DC-STORES.MANAGE-PRODUCTS", siteId);
    const products = everyId.map((_, index) => large(index + 1));
    await storesPlatform.database.write((trx) => insertProducts(trx, siteId, products));
  });
  afterAll(() => platform.close());

  async function call(path: string, body: object, method = "POST") {
    const response = await fetch(`${platform.url}${path}`, {
      method,
      headers: { authorization: token, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  }

  test("FR-A2: in bulk have a transaction for each MiB, and yield after each product", async () => {
    const { database } = storesPlatform;
    const changed: number[] = [];
    const total = async () => {
      const { rows } = await sql<{ bytes: number }>`
        select coalesce(sum(octet_length(document) + octet_length(variants)), 0) as bytes
        from stores_products where site_id = ${siteId} and price = 30`.execute(database.read);
      return Number(rows[0]?.bytes);
    };
    const counting: typeof database = {
      ...database,
      async write(work) {
        const before = await total();
        const result = await database.write(work);
        changed.push((await total()) - before);
        return result;
      },
    };
    let turns = 0;
    let running = true;
    const counted = (async () => {
      for (; running; turns += 1) await nextTurn();
    })();
    const access = { appId: "an app", siteId } as Access;
    const change = parseBulkUpdate({ ids: everyId, set: { price: 30 } });
    const { bulkActionMetadata } = await changeInBulk(
      { ...storesPlatform, database: counting },
      access,
      change,
    );
    running = false;
    await counted;
    expect(bulkActionMetadata).toEqual({ totalSuccesses: 20, totalFailures: 0, undetailedFailures: 0 });
    expect(changed.length).toBeGreaterThan(2);
    for (const bytes of changed) expect([bytes > 0, bytes < slice * 1.01]).toEqual([true, true]);
    expect(turns).toBeGreaterThanOrEqual(20);
  });

  test("FR-A2: slices have at most 1 MiB, or one product", async () => {
    const other = await platform.createSite();
    const texts = [10, 600_000, 10, 600_000, 1_200_000, 10];
    const products = texts.map((length, index) => ({
      ...large(index + 1),
      description: "x".repeat(length / 2),
      variants: [],
    }));
    const { database } = storesPlatform;
    await database.write((trx) => insertProducts(trx, other.siteId, products));
    await database.write((trx) =>
      sql`update stores_products set document = description where site_id = ${other.siteId}`.execute(trx),
    );
    await database.write((trx) =>
      sql`update stores_products set document = document || document where site_id = ${other.siteId}`.execute(
        trx,
      ),
    );
    const ids = [...everyId.slice(0, 6), productId(1).toUpperCase(), productId(99), "no id"];
    expect(await sliceProducts(database.read, other.siteId, ids)).toEqual([
      [productId(1), productId(2), productId(3)],
      [productId(4)],
      [productId(5)],
      [productId(6)],
    ]);
  });

  test("FR-A2: publish VariantsChanged in parts of at most 64 KiB, with each variant once", async () => {
    const before = await eventsOf();
    const body = { variants: [{ variantIds: variantIds(2), price: 44 }] };
    expect((await call(`/stores/v1/products/${productId(2)}/variants`, body, "PATCH")).status).toBe(200);
    const payloads = (await eventsOf()).slice(before.length);
    expect(payloads.length).toBeGreaterThan(1);
    expect(payloads.every((payload) => Buffer.byteLength(payload) < 66_000)).toBe(true);
    const ids = payloads.flatMap((payload) =>
      (JSON.parse(payload) as { variants: { variantId: string }[] }).variants.map((one) => one.variantId),
    );
    expect(ids).toEqual(variantIds(2));
  });

  test("FR-A2: of a collection do not read the variants", async () => {
    const created = await call("/stores/v1/collections", { collection: { name: "Large" } });
    const { id } = created.body.collection;
    const { database } = storesPlatform;
    await database.write((trx) =>
      sql`update stores_products set variants = 'not read' where product_id = ${productId(3)}`.execute(trx),
    );
    const body = { productIds: [productId(3), productId(4)] };
    expect((await call(`/stores/v1/collections/${id}/productIds`, body)).status).toBe(200);
    const read = async () => {
      const response = await call("/stores/v1/products/query", {
        query: { filter: { "collections.id": { $hasSome: [id] } } },
      });
      return response.body.products.map((one: { id: string; collectionIds: string[] }) => [
        one.id,
        one.collectionIds,
      ]);
    };
    expect(await read()).toEqual([
      [productId(3), [id]],
      [productId(4), [id]],
    ]);
    expect((await call(`/stores/v1/collections/${id}/productIds/delete`, body)).status).toBe(200);
    expect(await read()).toEqual([]);
  });

  test("FR-A2: copying and deleting a store has a transaction for each MiB; other sites are changed between them", async () => {
    const { database } = storesPlatform;
    const [from, to, other] = [
      await platform.createSite(),
      await platform.createSite(),
      await platform.createSite(),
    ];
    const products = everyId.map((_, index) => large(index + 1));
    await database.write((trx) => insertProducts(trx, from.siteId, products));
    await database.write((trx) =>
      sql`delete from stores_collections where site_id = ${to.siteId}`.execute(trx),
    );
    let others = 0;
    const step = async <T>(work: (trx: Write) => Promise<T>): Promise<T> => {
      const before = await bytesOf(to.siteId);
      const result = await database.write(work);
      expect(Math.abs((await bytesOf(to.siteId)) - before)).toBeLessThan(slice * 1.01);
      others += 1;
      await database.write((trx) => insertProducts(trx, other.siteId, [large(others)]));
      return result;
    };
    let after: string | undefined = "";
    while (after !== undefined) {
      const begin: string = after;
      after = await step(
        async (trx) => await storeContent.copied?.(storesPlatform, trx, { from, to, after: begin }),
      );
    }
    const original = await bytesOf(from.siteId);
    expect(await bytesOf(to.siteId)).toBe(original);
    expect(others).toBeGreaterThan(3);
    while (await step(async (trx) => await storeContent.deleted?.(storesPlatform, trx, to)));
    expect([await bytesOf(to.siteId), await bytesOf(from.siteId)]).toEqual([0, original]);
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from stores_products where site_id = ${other.siteId}`.execute(database.read);
    expect(Number(rows[0]?.count)).toBe(others);
  });

  test("FR-A2: a deleted collection has no products at once, and they are changed in steps", async () => {
    const { database } = storesPlatform;
    const site = await platform.createSite();
    const collections = [randomUUID(), randomUUID()];
    const products = everyId.map((_, index) => large(index + 1, collections));
    await database.write((trx) => insertProducts(trx, site.siteId, products));
    const [deleted = "", kept = ""] = collections;
    const row = { site_id: site.siteId, collection_id: deleted };
    await database.write((trx) => insertDeletedCollection(trx, row));
    const owner = await tokenWith(platform, "SCOPE.DC-STORES.MANAGE-PRODUCTS", site.siteId);
    const found = async (filter: object): Promise<number> => {
      const body = JSON.stringify({ query: { filter, paging: { limit: 1 } } });
      const headers = { authorization: owner, "content-type": "application/json" };
      const response = await fetch(`${platform.url}/stores/v1/products/query`, {
        method: "POST",
        headers,
        body,
      });
      return ((await response.json()) as { totalResults: number }).totalResults;
    };
    expect(await found({ "collections.id": { $hasSome: [deleted] } })).toBe(0);
    expect(await found({ "collections.id": { $hasSome: [kept] } })).toBe(20);
    let steps = 0;
    while (await database.write((trx) => continueDeletion(trx))) steps += 1;
    expect(steps).toBeGreaterThan(2);
    expect(await found({ "collections.id": { $hasSome: [kept] } })).toBe(20);
    const { rows } = await sql<{ document: string }>`
      select document from stores_products where site_id = ${site.siteId}`.execute(database.read);
    expect(rows.map(({ document }) => JSON.parse(document).collectionIds)).toEqual(everyId.map(() => [kept]));
  });

  async function bytesOf(site: string): Promise<number> {
    const { rows } = await sql<{ bytes: number }>`
      select coalesce(sum(octet_length(document) + octet_length(variants)), 0) as bytes
      from stores_products where site_id = ${site}`.execute(storesPlatform.database.read);
    return Number(rows[0]?.bytes);
  }

  test("refuse the 501st collection of a product", async () => {
    const collections = Array.from({ length: 500 }, (_, index) => `collection ${index}`);
    const product = large(501, collections);
    await storesPlatform.database.write((trx) => insertProducts(trx, siteId, [product]));
    const created = await call("/stores/v1/collections", { collection: { name: "One more" } });
    const path = `/stores/v1/collections/${created.body.collection.id}/productIds`;
    const refused = await call(path, { productIds: [productId(5), productId(501)] });
    expect(refused.status).toBe(400);
    expect(refused.body.details.validationError.fieldViolations).toEqual([
      {
        field: "productIds",
        violatedRule: "MAX_SIZE",
        data: { threshold: 500 },
        description: "has a product that is in 500 collections already",
      },
    ]);
    const found = await call(`/stores/v1/products/query`, {
      query: { filter: { "collections.id": { $hasSome: [created.body.collection.id] } } },
    });
    expect(found.body.totalResults).toBe(0);
  });

  async function eventsOf(): Promise<string[]> {
    const { rows } = await sql<{ payload: string }>`
      select payload from events where event_type like '%VariantsChanged' and payload like ${`%${productId(2)}%`}
      order by event_id`.execute(storesPlatform.database.read);
    return rows.map(({ payload }) => payload);
  }
});

function variantIds(number: number): string[] {
  return large(number).variants.map(({ id }) => id);
}
