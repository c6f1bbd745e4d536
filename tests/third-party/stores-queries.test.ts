import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { managementCaller } from "@latchkey/test-support/management-client";
import { createClient } from "@wix/sdk";
import { catalogVersioning, products, productsV3 } from "@wix/stores";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

// The unchanged third-party client; only the origin of its requests is replaced. The requests are compared byte by
// byte, because the server parses several forms of a query for this client.
let platform: TestPlatform;
let token: string;
const sent: { readonly line: string; readonly body: unknown }[] = [];

async function toOurServer(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const address = String(input);
  expect(address).toMatch(/^https:\/\/www\.wixapis\.com\//);
  const path = address.slice("https://www.wixapis.com".length);
  sent.push({ line: `${init?.method} ${path}`, body: init?.body });
  return await fetch(platform.url + path, init);
}

const client = createClient({
  modules: { products, productsV3, catalogVersioning },
  auth: { getAuthHeaders: async () => ({ headers: { Authorization: token } }) },
  fetch: toOurServer,
});

const query = () => client.products.queryProducts();
type Query = ReturnType<typeof query>;
const namesOf = ({ items }: { items: readonly { name?: string | null }[] }) => items.map(({ name }) => name);
/** Returns the parameter `.r` of the last request. */
const carried = () =>
  JSON.parse(Buffer.from(sent.at(-1)?.line.split("?.r=")[1] ?? "", "base64url").toString());

beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores], now: 1_767_323_045_678 });
  const { body } = await managementCaller(platform)("POST /dev/demo");
  const response = await fetch(`${platform.url}/oauth2/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      grant_type: "client_credentials",
      client_id: body.appId,
      client_secret: body.secret,
      instance_id: body.instanceId,
    }),
  });
  token = ((await response.json()) as { access_token: string }).access_token;
});
afterAll(() => platform.close());
beforeEach(() => {
  sent.length = 0;
});

describe("the client library's product query", () => {
  test("without a filter is a GET with .r, and can be paged", async () => {
    const first = await query().limit(20).find();
    expect(sent).toEqual([
      {
        line: `GET /stores-reader/v1/products/query-platformized?.r=${Buffer.from(
          '{"query":{"filter":{},"paging":{"limit":20,"offset":0}}}',
        ).toString("base64url")}`,
        body: undefined,
      },
    ]);
    expect([first.length, first.totalCount, first.totalPages, first.hasNext()]).toEqual([20, 22, 2, true]);
    expect(first.items[0]).toMatchObject({
      _id: "de300000-0000-4000-8000-000000000001",
      name: "House Blend",
      numericId: "1",
      _createdDate: new Date("2026-01-02T03:04:05.678Z"),
    });
    const second = await first.next();
    expect([second.length, second.hasNext(), second.hasPrev()]).toEqual([2, false, true]);
    expect(namesOf(await second.prev())).toEqual(namesOf(first));
  });

  test("of more than 4,000 characters is a POST of the same JSON", async () => {
    const ids = Array.from(
      { length: 150 },
      (_, index) => `de300000-0000-4000-8000-${String(index + 1).padStart(12, "0")}`,
    );
    const found = await query().in("_id", ids).descending("name").find();
    expect(sent).toEqual([
      {
        line: "POST /stores-reader/v1/products/query-platformized",
        body: JSON.stringify({
          query: {
            filter: { id: { $in: ids } },
            paging: { offset: 0, limit: 50 },
            sort: [{ fieldName: "name", order: "DESC" }],
          },
        }),
      },
    ]);
    expect([found.totalCount, namesOf(found)[0]]).toEqual([22, "Tasting Flight"]);
  });

  const coffee = "c0ffee00-0000-4000-8000-000000000001";
  const gifts = "c0ffee00-0000-4000-8000-000000000005";
  test.each<[string, (query: Query) => Query, object, number]>([
    ["eq", (q) => q.eq("name", "Sencha"), { name: "Sencha" }, 1],
    ["eq of the price", (q) => q.eq("priceData.price", 14.5), { "priceData.price": 14.5 }, 1],
    ["ne", (q) => q.ne("sku", "COF-HOUSE"), { sku: { $ne: "COF-HOUSE" } }, 21],
    ["gt of a number in digits", (q) => q.gt("numericId", "20"), { numericId: { $gt: "20" } }, 2],
    ["ge of a text", (q) => q.ge("name", "Stoneware"), { name: { $gte: "Stoneware" } }, 3],
    [
      "le of a time",
      (q) => q.le("_createdDate", new Date("2026-01-02T03:04:05.678Z")),
      { createdDate: { $lte: "2026-01-02T03:04:05.678Z" } },
      22,
    ],
    ["lt of a slug", (q) => q.lt("slug", "d"), { slug: { $lt: "d" } }, 1],
    ["startsWith", (q) => q.startsWith("name", "eARL"), { name: { $startsWith: "eARL" } }, 1],
    [
      "startsWith of an id",
      (q) => q.startsWith("_id", "DE300000-0000-4000-8000-00000000001"),
      { id: { $startsWith: "DE300000-0000-4000-8000-00000000001" } },
      10,
    ],
    ["hasSome", (q) => q.hasSome("collectionIds", [coffee]), { collectionIds: { $hasSome: [coffee] } }, 7],
    [
      "hasAll",
      (q) => q.hasAll("collectionIds", [coffee, gifts]),
      { collectionIds: { $hasAll: [coffee, gifts] } },
      1,
    ],
    ["in", (q) => q.in("productType", ["physical"]), { productType: { $in: ["physical"] } }, 21],
    ["exists", (q) => q.exists("sku", true), { sku: { $exists: true } }, 21],
    ["not exists", (q) => q.exists("sku", false), { sku: { $exists: false } }, 1],
    [
      "several conditions",
      (q) => q.gt("priceData.price", 10).hasSome("collectionIds", [gifts]).startsWith("name", "g"),
      {
        $and: [
          { "priceData.price": { $gt: 10 } },
          { collectionIds: { $hasSome: [gifts] } },
          { name: { $startsWith: "g" } },
        ],
      },
      1,
    ],
  ])("%s", async (_, ask, filter, total) => {
    const found = await ask(query()).find();
    expect(carried().query.filter).toEqual(filter);
    expect(found.totalCount).toBe(total);
  });

  test.each([
    ["name", "ascending", "Colombia Huila"],
    ["name", "descending", "Tasting Flight"],
    ["price", "descending", "Hand Grinder"],
    ["priceData.price", "ascending", "Paper Filters, 100 pieces"],
    ["sku", "descending", "Sencha"],
    ["_id", "ascending", "House Blend"],
    ["numericId", "descending", "Gift Card"],
    ["lastUpdated", "ascending", "House Blend"],
    ["productType", "ascending", "Gift Card"],
    ["slug", "ascending", "Colombia Huila"],
  ] as const)("sorted by %s, %s", async (field, direction, first) => {
    const found = await query()[direction](field).limit(1).find();
    expect(namesOf(found)).toEqual([first]);
  });

  test("as one object", async () => {
    const found = await client.products.queryProducts({
      filter: { _createdDate: { $exists: true }, collectionIds: { $hasAll: [gifts] } },
      sort: [{ fieldName: "_id", order: "DESC" }],
      paging: { limit: 2, offset: 1 },
    });
    expect(found.metadata).toEqual({ count: 2, offset: 1, total: 5 });
    expect(found.products).toHaveLength(2);
  });

  test("that is not valid fails with the field and the rule", async () => {
    const failing = query()
      .startsWith("priceData.price" as "name", "1")
      .find();
    await expect(failing).rejects.toMatchObject({
      details: {
        validationError: {
          // The client writes "undefined" instead of "query", because its query builder does not use that name.
          fieldViolations: [
            {
              field: expect.stringMatching(/\.filter\.price\.\$startsWith$/),
              violatedRule: "INVALID_ENUM_VALUE",
            },
          ],
        },
      },
    });
  });
});

describe("the client library's variants query", () => {
  const blend = "de300000-0000-4000-8000-000000000001";

  test("returns the variants with the requested choices", async () => {
    const all = await client.products.queryProductVariants(blend, {});
    expect([all.variants?.length, all.metadata, all.totalResults]).toEqual([6, { items: 100, offset: 0 }, 6]);
    const some = await client.products.queryProductVariants(blend, { choices: { Size: "1 kg" } });
    expect(some.variants?.map(({ choices }) => choices?.Size)).toEqual(["1 kg", "1 kg", "1 kg"]);
    expect(sent.map(({ body, line }) => ({ line, body }))).toEqual([
      { line: `POST /stores-reader/v1/products/${blend}/variants/query`, body: `{"id":"${blend}"}` },
      {
        line: `POST /stores-reader/v1/products/${blend}/variants/query`,
        body: `{"id":"${blend}","choices":{"Size":"1 kg"}}`,
      },
    ]);
  });
});

describe("the catalog", () => {
  test("has version 1", async () => {
    expect(await client.catalogVersioning.getCatalogVersion()).toEqual({ catalogVersion: "V1_CATALOG" });
    expect(sent).toEqual([{ line: "GET /stores/v3/provision/version", body: undefined }]);
  });

  test("rejects calls of version 3 with the code of version 1", async () => {
    await expect(client.productsV3.queryProducts().find()).rejects.toMatchObject({
      details: { applicationError: { code: "CATALOG_V1_SITE_CALLING_CATALOG_V3_API" } },
    });
  });
});
