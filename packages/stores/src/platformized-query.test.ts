import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { tokenWith } from "@latchkey/test-support/token-with";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newProduct } from "./catalog/new-product.ts";
import { demoProducts } from "./demo-products.ts";
import { insertProducts } from "./products.queries.ts";
import { stores } from "./stores.ts";
import { storesOf } from "./test-support/stores-of.ts";

const address = "/stores-reader/v1/products/query-platformized";

interface ApiResponse {
  readonly status: number;
  readonly body: {
    readonly products: { readonly name: string; readonly variants: unknown[] }[];
    readonly metadata: {
      readonly count: number;
      readonly offset?: number;
      readonly total?: number;
      readonly cursors?: { readonly next?: string; readonly prev?: string };
    };
    readonly message: string;
    readonly details: {
      readonly applicationError?: { readonly code: string };
      readonly validationError?: { readonly fieldViolations: unknown[] };
    };
  };
}

describe.each(["sqlite", "postgres"] as const)("platformized product query on %s", (database) => {
  let platform: TestPlatform;
  let reader: string;
  let manager: string;
  let neighbour: string;

  async function ask(request: {
    path?: string;
    search?: string;
    body?: string;
    token?: string;
  }): Promise<ApiResponse> {
    const { body, path = address, search = "", token = reader } = request;
    const response = await fetch(`${platform.url}${path}${search}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        authorization: token,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, body: (await response.json()) as ApiResponse["body"] };
  }

  const post = (query: object, token = reader) => ask({ body: JSON.stringify({ query }), token });
  const encoded = (text: string) => `?.r=${Buffer.from(text).toString("base64url")}`;
  const names = ({ body }: ApiResponse) => body.products.map(({ name }) => name);
  const violationsOf = ({ body }: ApiResponse) => body.details.validationError?.fieldViolations;

  beforeAll(async () => {
    platform = await createTestPlatform({ resources: [stores], database });
    const site = await platform.createSite();
    const other = await platform.createSite();
    const now = platform.clock.now();
    await storesOf(platform).database.write(async (trx) => {
      await insertProducts(trx, site.siteId, demoProducts({ site, now }));
      await insertProducts(trx, other.siteId, demoProducts({ site: other, now }));
    });
    reader = await tokenWith(platform, "SCOPE.DC-STORES.READ-PRODUCTS", site.siteId);
    manager = await tokenWith(platform, "SCOPE.DC-STORES.MANAGE-PRODUCTS", site.siteId);
    neighbour = await tokenWith(platform, "SCOPE.DC-STORES.READ-PRODUCTS", other.siteId);
  });
  afterAll(() => platform.close());

  const asked = {
    filter: { price: { $lt: 9 } },
    sort: [{ fieldName: "price", order: "DESC" }],
    paging: { limit: 2, offset: 1 },
  };
  const parameters = [
    "query.filter.price.$lt=9",
    "query.sort.fieldName=price",
    "query.sort.order=DESC",
    "query.paging.limit=2",
    "query.paging.offset=1",
  ].join("&");

  test.each([
    ["POST with JSON", { body: JSON.stringify({ query: asked }) }],
    ["GET with .r", { search: encoded(JSON.stringify({ query: asked })) }],
    ["GET with parameters with dots", { search: `?${parameters}` }],
    [
      "GET with JSON in parameters",
      {
        search: `?${new URLSearchParams({
          "query.filter": JSON.stringify(asked.filter),
          "query.sort": JSON.stringify(asked.sort),
          "query.paging.limit": "2",
          "query.paging.offset": "1",
        })}`,
      },
    ],
    [
      "POST with text of JSON",
      { body: JSON.stringify({ query: { ...asked, filter: '{"price":{"$lt":9}}' } }) },
    ],
  ])("returns a page for %s", async (_, request) => {
    const response = await ask(request);
    expect(response.status).toBe(200);
    expect(names(response)).toEqual(["Peppermint", "Paper Filters, 100 pieces"]);
    expect(response.body.metadata).toEqual({ count: 2, offset: 1, total: 3 });
  });

  test.each(["/stores/v1", "/stores/api/v1", "/stores-reader/v1"])("is served below %s", async (root) => {
    const path = `${root}/products/query-platformized`;
    expect((await ask({ path })).body.metadata).toEqual({ count: 22, offset: 0, total: 22 });
    expect((await ask({ path, body: "{}" })).body.metadata).toEqual({ count: 22, offset: 0, total: 22 });
  });

  test("serves HEAD like GET, without the body", async () => {
    const response = await fetch(platform.url + address, {
      method: "HEAD",
      headers: { authorization: reader },
    });
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });

  test("counts without a page", async () => {
    const { body } = await post({ paging: { limit: 0 } });
    expect([body.products, body.metadata]).toEqual([[], { count: 0, offset: 0, total: 22 }]);
  });

  test("accepts lists, flags and dotted fields in parameters", async () => {
    const gifts = "c0ffee00-0000-4000-8000-000000000005";
    const coffee = "c0ffee00-0000-4000-8000-000000000001";
    const total = async (search: string) => (await ask({ search: `?${search}` })).body.metadata.total;
    expect(
      await total(
        `query.filter.collections.id.$hasAll=${gifts}&query.filter.collections.id.$hasAll=${coffee}`,
      ),
    ).toBe(1);
    expect(await total(`query.filter.collectionIds.$hasSome=${gifts}`)).toBe(5);
    expect(await total("query.filter.sku.$exists=false")).toBe(1);
    expect(await total("query.filter.options.Size=1+kg")).toBe(5);
    expect(await total("query.filter.priceData.price.$gte=14.5&query.filter.priceData.price.$lt=16")).toBe(3);
    expect(await total("query.filter.name.$startsWith=E&query.filter.name.$ne=Earl%20Grey")).toBe(3);
  });

  test("returns hidden products, variants and merchant data like the REST form", async () => {
    const flags = "?includeHiddenProducts=true&includeVariants=true&includeMerchantSpecificData=true";
    const { body } = await ask({ search: flags, token: manager });
    expect(body.metadata.total).toBe(24);
    expect(body.products[0]).toMatchObject({ variants: { length: 6 }, costAndProfitData: { itemCost: 6.2 } });
    const refused = await ask({ search: flags });
    expect([refused.status, refused.body.message]).toEqual([
      403,
      "Permission WIX_STORES.MODIFY_PRODUCTS is required",
    ]);
  });

  describe("by cursor", () => {
    const sort = [{ fieldName: "productType", order: "DESC" }, { fieldName: "name" }];

    test("pages forward and back", async () => {
      const all = names(await post({ sort }));
      const first = await post({ sort, cursorPaging: { limit: 10 } });
      expect(names(first)).toEqual(all.slice(0, 10));
      expect(first.body.metadata).toEqual({ count: 10, cursors: { next: expect.any(String) } });
      const second = await post({ cursorPaging: { limit: 10, cursor: first.body.metadata.cursors?.next } });
      expect(names(second)).toEqual(all.slice(10, 20));
      expect(second.body.metadata).toEqual({
        count: 10,
        cursors: { next: expect.any(String), prev: expect.any(String) },
      });
      const last = await post({ cursorPaging: { cursor: second.body.metadata.cursors?.next } });
      expect(names(last)).toEqual(all.slice(20));
      expect(last.body.metadata).toEqual({ count: 2, cursors: { prev: expect.any(String) } });
      const again = await post({ cursorPaging: { limit: 10, cursor: second.body.metadata.cursors?.prev } });
      expect(names(again)).toEqual(all.slice(0, 10));
      expect(again.body.metadata).toEqual({ count: 10, cursors: { next: expect.any(String) } });
    });

    test("keeps its position while products are created and deleted", async () => {
      const site = await platform.createSite();
      const token = await tokenWith(platform, "SCOPE.DC-STORES.READ-PRODUCTS", site.siteId);
      const { database: db } = storesOf(platform);
      const named = (name: string, number: number) =>
        newProduct(
          { name, price: 1 },
          {
            productId: `00000000-0000-4000-8000-00000000000${number}`,
            site,
            now: platform.clock.now(),
          },
        );
      const some = ["B", "D", "F", "H"].map((name, at) => named(name, at));
      await db.write((trx) => insertProducts(trx, site.siteId, some));
      const byName = { sort: [{ fieldName: "name" }], cursorPaging: { limit: 2 } };
      const first = await post(byName, token);
      expect(names(first)).toEqual(["B", "D"]);
      await db.write(async (trx) => {
        await insertProducts(trx, site.siteId, [named("A", 5), named("E", 6)]);
        await trx
          .deleteFrom("stores_products")
          .where("site_id", "=", site.siteId)
          .where("name", "=", "D")
          .execute();
      });
      const cursor = first.body.metadata.cursors?.next;
      const second = await post({ cursorPaging: { limit: 2, cursor } }, token);
      expect(names(second)).toEqual(["E", "F"]);
      const prev = second.body.metadata.cursors?.prev;
      expect(names(await post({ cursorPaging: { limit: 5, cursor: prev } }, token))).toEqual(["A", "B"]);
    });

    test("keeps the filter of the first request", async () => {
      const filter = { price: { $lt: 9 } };
      const first = await post({ filter, cursorPaging: { limit: 2 } });
      const cursor = first.body.metadata.cursors?.next;
      const second = await ask({ search: `?query.cursorPaging.cursor=${cursor}&query.cursorPaging.limit=2` });
      expect([...names(first), ...names(second)]).toEqual([
        "Rooibos Vanilla",
        "Peppermint",
        "Paper Filters, 100 pieces",
      ]);
      expect(second.body.metadata.cursors).toEqual({ prev: expect.any(String) });
    });

    test("H6 a cursor is valid on its own site only", async () => {
      const { body } = await post({ cursorPaging: { limit: 2 } });
      const cursorPaging = { cursor: body.metadata.cursors?.next };
      expect((await post({ cursorPaging }, manager)).status).toBe(200);
      const foreign = await post({ cursorPaging }, neighbour);
      expect([foreign.status, foreign.body.details.applicationError?.code]).toEqual([400, "INVALID_CURSOR"]);
    });

    test.each([
      [
        "made up",
        Buffer.from('{"filter":{},"sort":[],"from":{"values":[1],"backwards":false}}').toString("base64url"),
      ],
      ["of 100 kB", "A".repeat(100_000)],
      ["that is not base64url", "%%%"],
      ["that is empty", ""],
    ])("H6 rejects a cursor %s", async (_, cursor) => {
      const { body, status } = await post({ cursorPaging: { cursor } });
      expect([status, body.details.applicationError?.code]).toEqual([400, "INVALID_CURSOR"]);
    });

    test("H6 rejects a cursor with one changed character", async () => {
      const { body } = await post({ cursorPaging: { limit: 2 } });
      const cursor = body.metadata.cursors?.next ?? "";
      const middle = cursor.length >> 1;
      const changed =
        cursor.slice(0, middle) + (cursor[middle] === "A" ? "B" : "A") + cursor.slice(middle + 1);
      const response = await post({ cursorPaging: { cursor: changed } });
      expect([response.status, response.body.details.applicationError?.code]).toEqual([
        400,
        "INVALID_CURSOR",
      ]);
    });

    test.each([
      ["both pagings", { paging: { limit: 1 }, cursorPaging: { limit: 1 } }, "query", "ONE_OF_ALIGNMENT"],
      [
        "a filter beside a cursor",
        { filter: { sku: "A" }, cursorPaging: { cursor: "AAAA" } },
        "query.filter",
        "FIELD_NOT_ALLOWED",
      ],
      [
        "a sort beside a cursor",
        { sort: [{ fieldName: "name" }], cursorPaging: { cursor: "AAAA" } },
        "query.sort",
        "FIELD_NOT_ALLOWED",
      ],
      ["a limit of 0", { cursorPaging: { limit: 0 } }, "query.cursorPaging.limit", "MIN"],
      ["a limit of 101", { cursorPaging: { limit: 101 } }, "query.cursorPaging.limit", "MAX"],
      ["a number as cursor", { cursorPaging: { cursor: 1 } }, "query.cursorPaging.cursor", "FORMAT"],
      ["a list", { cursorPaging: [] }, "query.cursorPaging", "FORMAT"],
      [
        "a filter too long for a cursor",
        {
          filter: { description: { $ne: "x".repeat(7_900) }, name: { $ne: "x".repeat(7_900) } },
          cursorPaging: { limit: 2 },
        },
        "query.filter",
        "MAX_LENGTH",
      ],
    ])("refuses %s", async (_, query, field, violatedRule) => {
      const response = await post(query);
      expect([response.status, violationsOf(response)]).toEqual([
        400,
        [expect.objectContaining({ field, violatedRule })],
      ]);
    });
  });

  describe("rejects", () => {
    test("a request without a token", async () => {
      const { body, status } = await ask({ token: "" });
      expect([status, body.details.applicationError?.code]).toEqual([401, "UNAUTHENTICATED"]);
    });

    test("another method, with the header Allow", async () => {
      const headers = { authorization: reader };
      const response = await fetch(platform.url + address, { method: "DELETE", headers });
      expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD, POST"]);
    });

    test.each([
      [".r that is not base64url", "?.r=***", ".r", "FORMAT"],
      [".r with padding", "?.r=e30=", ".r", "FORMAT"],
      [".r that is empty", "?.r=", ".r", "FORMAT"],
      [".r that is not JSON", encoded("{"), ".r", "FORMAT"],
      [
        ".r that is not UTF-8",
        `?.r=${Buffer.from([0x22, 0xff, 0x22]).toString("base64url")}`,
        ".r",
        "FORMAT",
      ],
      [".r with a key twice", encoded('{"query":{},"query":{}}'), ".r", "FORMAT"],
      [".r with __proto__", encoded('{"query":{"filter":{"__proto__":{"sku":"A"}}}}'), ".r", "FORMAT"],
      [".r with a list", encoded("[]"), ".r", "FORMAT"],
      [".r twice", "?.r=e30&.r=e30", ".r", "ONE_OF_ALIGNMENT"],
      [".r beside parameters", "?.r=e30&query.paging.limit=1", ".r", "ONE_OF_ALIGNMENT"],
      [
        ".r with $where",
        encoded('{"query":{"filter":{"$where":"1"}}}'),
        "query.filter",
        "INVALID_ENUM_VALUE",
      ],
      [
        "50 levels in .r",
        encoded(`{"query":{"filter":${'{"$not":'.repeat(50)}{}${"}".repeat(50)}}}`),
        "query.filter",
        "MAX_SIZE",
      ],
      ["$where as a parameter", "?query.filter.$where=1", "query.filter", "INVALID_ENUM_VALUE"],
      ["__proto__ as a parameter", "?query.filter.__proto__.sku=A", "query.filter", "INVALID_ENUM_VALUE"],
      ["an operator of __proto__", "?query.filter.__proto__.$eq=A", "query.filter", "INVALID_ENUM_VALUE"],
      ["an unknown operator", "?query.filter.sku.$regex=A", "query.filter.sku", "INVALID_ENUM_VALUE"],
      ["a value twice", "?query.filter.sku=A&query.filter.sku=B", "query.filter.sku.$eq", "FORMAT"],
      ["a limit twice", "?query.paging.limit=1&query.paging.limit=2", "query.paging.limit", "FORMAT"],
      ["a limit that is not a number", "?query.paging.limit=ten", "query.paging.limit", "FORMAT"],
      ["a limit above 100", "?query.paging.limit=101", "query.paging.limit", "MAX"],
      [
        "a filter both whole and in parts",
        "?query.filter={}&query.filter.sku=A",
        "query.filter",
        "ONE_OF_ALIGNMENT",
      ],
      [
        "a sort both whole and in parts",
        "?query.sort=[]&query.sort.fieldName=sku",
        "query.sort",
        "ONE_OF_ALIGNMENT",
      ],
      [
        "more sort orders than fields",
        "?query.sort.fieldName=sku&query.sort.order=ASC&query.sort.order=ASC",
        "query.sort",
        "FORMAT",
      ],
      ["a flag that is not a boolean", "?includeVariants=yes", "includeVariants", "FORMAT"],
    ])("%s", async (_, search, field, violatedRule) => {
      const response = await ask({ search });
      expect([response.status, violationsOf(response)]).toEqual([
        400,
        [expect.objectContaining({ field, violatedRule })],
      ]);
    });

    test("a URL of 100 kB", async () => {
      const response = await fetch(`${platform.url}${address}${encoded("x".repeat(75_000))}`, {
        headers: { authorization: reader },
      });
      expect(response.status).toBe(431);
    });
  });

  test.each([
    ["SQL in a value", "?query.filter.name=%27+or+1%3D1%3B+drop+table+products%3B+--", 0],
    ["SQL in the name of an option", "?query.filter.options.a%22%3B+drop+table+products%3B+--=L", 0],
    ["a percent sign", "?query.filter.name.$endsWith=%25", 0],
    ["a regular expression", "?query.filter.name.$contains=(a%2B)%2B%24", 0],
  ])("H7 treats %s as a plain value", async (_, search, total) => {
    const { body, status } = await ask({ search });
    expect([status, body.metadata.total]).toEqual([200, total]);
  });
});
