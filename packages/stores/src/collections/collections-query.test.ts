import {
  createTestStore,
  type StoreResponse,
  type TestStore,
} from "@latchkey/test-support/stores/test-store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe.each(["sqlite", "postgres"] as const)("collections on %s are found", (database) => {
  let store: TestStore;
  beforeAll(async () => {
    store = await createTestStore(database);
    for (const name of ["Tea", "Coffee", "Gifts", "Tableware"]) {
      await store.call("POST", "/stores/v1/collections", { body: { collection: { name } } });
    }
  });
  afterAll(() => store.close());

  const names = ({ body }: StoreResponse) => body.collections.map(({ name }: { name: string }) => name);

  test.each(["/v2/collections/query", "/stores/v2/collections/query", "/stores-reader/v2/collections/query"])(
    "in the form of the client library at %s",
    async (path) => {
      const query = {
        filter: { name: { $startsWith: "t" } },
        sort: [{ fieldName: "name", order: "DESC" }],
        paging: { limit: 1, offset: 0 },
      };
      const response = await store.call("GET", `${path}?.r=${encoded({ query })}`, { token: store.reader });
      expect([response.status, names(response), response.body.metadata]).toEqual([
        200,
        ["Tea"],
        { count: 1, offset: 0, total: 2 },
      ]);
      const posted = await store.call("POST", path, { body: { query } });
      expect(posted.body).toEqual(response.body);
      const flat = await store.call("GET", `${path}?query.filter.name=Gifts&query.paging.limit=5`);
      expect(names(flat)).toEqual(["Gifts"]);
    },
  );

  test("all of them by an empty query, with their numbers of products", async () => {
    const { body } = await store.call("GET", `/v2/collections/query?.r=${encoded({ query: {} })}`);
    expect(body.metadata).toEqual({ count: 5, offset: 0, total: 5 });
    expect(body.collections[0]).toEqual({
      id: "00000000-000000-000000-000000000001",
      name: "All Products",
      media: { items: [] },
      numberOfProducts: 0,
      description: "",
      slug: "all-products",
      visible: true,
    });
  });

  test("by cursor, page by page", async () => {
    const first = await store.call("POST", "/v2/collections/query", {
      body: { query: { sort: [{ fieldName: "name", order: "ASC" }], cursorPaging: { limit: 3 } } },
    });
    expect(names(first)).toEqual(["All Products", "Coffee", "Gifts"]);
    const { next } = first.body.metadata.cursors;
    const second = await store.call("POST", "/v2/collections/query", {
      body: { query: { cursorPaging: { limit: 3, cursor: next } } },
    });
    expect(names(second)).toEqual(["Tableware", "Tea"]);
    const foreign = await store.call("POST", "/v2/collections/query", {
      body: { query: { cursorPaging: { limit: 3, cursor: next } } },
      token: store.stranger,
    });
    expect([foreign.status, foreign.body.details.applicationError.code]).toEqual([400, "INVALID_CURSOR"]);
  });

  test.each(["/stores/v1/collections/query", "/stores-reader/v1/collections/query"])(
    "in the REST form at %s",
    async (path) => {
      const response = await store.call("POST", path, {
        body: {
          query: { filter: '{"name":{"$ne":"Tea"}}', sort: '[{"name":"asc"}]', paging: { limit: 2 } },
          includeNumberOfProducts: true,
        },
      });
      expect([names(response), response.body.metadata, response.body.totalResults]).toEqual([
        ["All Products", "Coffee"],
        { items: 2, offset: 0 },
        4,
      ]);
    },
  );

  test("on their own site only", async () => {
    const response = await store.call("POST", "/v2/collections/query", { body: {}, token: store.stranger });
    expect(names(response)).toEqual(["All Products"]);
  });

  test.each([
    ["an unknown field", { filter: { colour: 1 } }, "query.filter", "INVALID_ENUM_VALUE"],
    [
      "an unknown operator",
      { filter: { name: { $regex: "(a+)+$" } } },
      "query.filter.name",
      "INVALID_ENUM_VALUE",
    ],
    [
      "a field that is not sortable",
      { sort: [{ fieldName: "visible" }] },
      "query.sort",
      "INVALID_ENUM_VALUE",
    ],
    ["a limit above 100", { paging: { limit: 101 } }, "query.paging.limit", "MAX"],
  ])("never by %s", async (_, query, field, violatedRule) => {
    const response = await store.call("POST", "/v2/collections/query", { body: { query } });
    expect(response.status).toBe(400);
    expect(response.body.details.validationError.fieldViolations).toMatchObject([{ field, violatedRule }]);
  });

  test("with another method", async () => {
    const response = await store.call("DELETE", "/v2/collections/query");
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD, POST"]);
  });
});
