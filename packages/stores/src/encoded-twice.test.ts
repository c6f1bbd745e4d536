import { createTestStore, type TestStore, violationsOf } from "@latchkey/test-support/stores/test-store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const productsQuery = "/stores/v1/products/query";
const collectionsQuery = "/stores-reader/v1/collections/query";
const platformized = "/stores-reader/v1/products/query-platformized";
const variantsQuery = "/stores-reader/v1/variants/query";
const platformizedCollections = "/v2/collections/query";

const once = (value: unknown) => JSON.stringify(value);
const twice = (value: unknown) => once(once(value));
const encoded = (value: unknown) => `?.r=${Buffer.from(once(value)).toString("base64url")}`;

const filter = { name: "House Blend" };
const sort = [{ fieldName: "name", order: "DESC" }];
const holdsText = "is JSON that holds text; encode it as JSON once";
const notFilter = "must be an object of fields and their conditions";
const notSort = 'must be a list such as [{"price": "desc"}] or [{"fieldName": "price", "order": "DESC"}]';

/** Invalid filters and sorts, as JSON values and as JSON text. */
const wrong: [string, field: string, value: unknown, description: string][] = [
  ["a filter encoded twice", "filter", twice(filter), holdsText],
  ["a filter encoded three times", "filter", once(twice(filter)), holdsText],
  ["a filter that is an encoded empty text", "filter", once(""), holdsText],
  ["a filter that is the text of a number", "filter", "7", notFilter],
  ["a filter that is the text of a flag", "filter", "false", notFilter],
  ["a filter that is the text of a list", "filter", once([filter]), notFilter],
  ["a filter that is a number", "filter", 0, notFilter],
  ["a filter that is a flag", "filter", false, notFilter],
  ["a filter with a part that is text", "filter", once({ $not: once(filter) }), notFilter],
  ["a sort that is encoded twice", "sort", twice(sort), holdsText],
  ["a sort that is the text of a number", "sort", "7", notSort],
  ["a sort that is the text of a flag", "sort", "true", notSort],
  ["a sort that is a flag", "sort", false, notSort],
  ["a sort whose parts are text", "sort", once(sort.map(once)), notSort],
];

type Call = (query: object) => Parameters<TestStore["call"]>;
const posted = (path: string): [string, Call] => [
  `POST ${path}`,
  (query) => ["POST", path, { body: { query } }],
];
const gotten = (path: string): [string, Call] => [
  `GET ${path} with .r`,
  (query) => ["GET", path + encoded({ query })],
];
const platformizedForms = [
  ...[platformized, variantsQuery, platformizedCollections].map(posted),
  ...[platformized, platformizedCollections].map(gotten),
];
const forms = [...[productsQuery, collectionsQuery].map(posted), ...platformizedForms];

describe("structured values sent as text", () => {
  let store: TestStore;
  let product: string;
  let collection: string;
  beforeAll(async () => {
    store = await createTestStore("sqlite");
    const body = { product: { name: "House Blend", priceData: { price: 1 } } };
    product = (await store.call("POST", "/stores/v1/products", { body })).body.product.id;
    const named = { collection: { name: "Coffee" } };
    collection = (await store.call("POST", "/stores/v1/collections", { body: named })).body.collection.id;
  });
  afterAll(() => store.close());

  describe.each(forms)("FR-F14: %s rejects", (_, call) => {
    test.each(wrong)("%s", async (_, field, value, description) => {
      const response = await store.call(...call({ [field]: value }));
      expect([response.status, violationsOf(response)]).toMatchObject([
        400,
        [{ field: expect.stringMatching(`^query\\.${field}`), violatedRule: "FORMAT", description }],
      ]);
    });

    test("paging that is text", async () => {
      const response = await store.call(...call({ paging: once({ limit: 1 }) }));
      const description = "must be an object with limit and offset";
      expect([response.status, violationsOf(response)]).toEqual([
        400,
        [{ field: "query.paging", violatedRule: "FORMAT", description }],
      ]);
    });
  });

  test.each(platformizedForms)("FR-F14: %s rejects cursorPaging that is text", async (_, call) => {
    const response = await store.call(...call({ cursorPaging: once({ limit: 1 }) }));
    expect([response.status, violationsOf(response)]).toEqual([
      400,
      [{ field: "query.cursorPaging", violatedRule: "FORMAT", description: "must be an object" }],
    ]);
  });

  test.each([
    ["a filter that is encoded twice", "query.filter", twice(filter), "query.filter", holdsText],
    ["a filter that is a list", "query.filter", "[]", "query.filter", notFilter],
    ["a sort that is encoded twice", "query.sort", twice(sort), "query.sort", holdsText],
    [
      "a sort by a field's own name",
      "query.sort.name",
      "desc",
      "query.sort",
      "has no parts but fieldName and order",
    ],
    [
      "paging as JSON",
      "query.paging",
      once({ limit: 1 }),
      "query.paging",
      "must be an object with limit and offset",
    ],
    [
      "cursorPaging as JSON",
      "query.cursorPaging",
      once({ limit: 1 }),
      "query.cursorPaging",
      "must be an object",
    ],
    ["the query as JSON", "query", once({ filter }), "query", "must be sent in parts, such as query.filter"],
    [
      "a list as JSON",
      "query.filter.price.$in",
      "[1]",
      "query.filter.price.$in[0]",
      "must be a finite number",
    ],
  ])("FR-F14: a parameter is rejected: %s", async (_, name, value, field, description) => {
    const response = await store.call("GET", `${platformized}?${new URLSearchParams({ [name]: value })}`);
    expect([response.status, violationsOf(response)]).toEqual([
      400,
      [{ field, violatedRule: "FORMAT", description }],
    ]);
  });

  test.each([
    ["that holds text", encoded(once({ query: { filter } })), "FORMAT", "must be a JSON object"],
    [
      "beside the query as JSON",
      `${encoded({})}&query={}`,
      "ONE_OF_ALIGNMENT",
      "must be the only parameter with a query",
    ],
  ])("FR-F14: .r is rejected %s", async (_, search, violatedRule, description) => {
    const response = await store.call("GET", platformized + search);
    expect([response.status, violationsOf(response)]).toEqual([
      400,
      [{ field: ".r", violatedRule, description }],
    ]);
  });

  test.each([
    ["POST", "/stores/v1/products/:product/variants/query", { choices: once({ Size: "L" }) }, "choices"],
    ["POST", "/stores/v1/products/:product/variants/query", { variantIds: once([]) }, "variantIds"],
    ["POST", "/stores/v1/products/:product/variants/query", { paging: once({ limit: 1 }) }, "paging"],
    ["POST", "/stores/v1/products/:product/productOptionsAvailability", { options: once({}) }, "options"],
    ["PATCH", "/stores/v1/products/:product/variants", { variants: once([]) }, "variants"],
    ["PATCH", "/stores/v1/products/:product", { product: once({ name: "Tea" }) }, "product"],
    [
      "PATCH",
      "/stores/v1/products/:product",
      { product: { priceData: once({ price: 2 }) } },
      "product.priceData",
    ],
    ["PATCH", "/stores/v1/products/:product/choices/media", { media: once([]) }, "media"],
    ["POST", "/stores/v1/products/:product/media", { media: once([]) }, "media"],
    ["POST", "/stores/v1/products/:product/media/delete", { mediaIds: once([]) }, "mediaIds"],
    ["POST", "/stores/v1/products", { product: once({ name: "Tea" }) }, "product"],
    ["POST", "/stores/v1/bulk/products/update", { ids: once([]), set: { price: 2 } }, "ids"],
    ["POST", "/stores/v1/bulk/products/update", { ids: [], set: once({ price: 2 }) }, "set"],
    ["POST", "/stores/v1/bulk/products/adjust-properties", { adjust: once({}) }, "adjust"],
    ["POST", "/stores/v1/collections", { collection: once({ name: "Tea" }) }, "collection"],
    ["PATCH", "/stores/v1/collections/:collection", { collection: once({ name: "Tea" }) }, "collection"],
    ["POST", "/stores/v1/collections/:collection/productIds", { productIds: once([]) }, "productIds"],
    ["POST", "/stores/v1/collections/:collection/productIds/delete", { productIds: once([]) }, "productIds"],
  ])("FR-F14: %s %s refuses %o", async (method, path, body, field) => {
    const address = path.replace(":product", product).replace(":collection", collection);
    const response = await store.call(method, address, { body });
    expect(response.status).toBe(400);
    const description = expect.stringMatching(/^must be (an object|a list)/);
    expect(violationsOf(response)).toContainEqual(expect.objectContaining({ field, description }));
  });
});
