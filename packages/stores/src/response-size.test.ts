import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { tokenWith } from "@latchkey/test-support/token-with";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newProduct } from "./catalog/new-product.ts";
import { insertProducts, productRows } from "./products.queries.ts";
import { pageQuery, parseRestQuery, productEntity } from "./query/index.ts";
import { stores } from "./stores.ts";
import { storesOf } from "./test-support/stores-of.ts";

const limit = 4_194_304;

interface Page {
  readonly products: readonly { readonly id: string }[];
  readonly metadata: { readonly cursors?: { readonly next?: string; readonly prev?: string } };
}

interface ApiResponse {
  readonly status: number;
  readonly bytes: number;
  readonly body: Page;
}

const context = (number: number) => ({
  productId: `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
  site: { currency: "USD", url: null },
  now: 1_767_323_045_678,
});
const choices = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ description: `A choice with the number ${index}` }));
/** A product with 300 variants, about 160 KB. */
const large = (number: number) =>
  newProduct(
    {
      name: `Product ${number}`,
      price: 20,
      options: [
        { name: "Size", choices: choices(20) },
        { name: "Color", choices: choices(15) },
      ],
      manageVariants: true,
    },
    context(number),
  );

describe.each(["sqlite", "postgres"] as const)("FR-A1: a page of large products on %s", (database) => {
  let platform: TestPlatform;
  let siteId: string;
  let token: string;

  beforeAll(async () => {
    platform = await createTestPlatform({ resources: [stores], database });
    ({ siteId } = await platform.createSite());
    token = await tokenWith(platform, "SCOPE.DC-STORES.MANAGE-PRODUCTS", siteId);
    for (let first = 1; first <= 100; first += 10) {
      const products = Array.from({ length: 10 }, (_, index) => large(first + index));
      await storesOf(platform).database.write((trx) => insertProducts(trx, siteId, products));
    }
  });
  afterAll(() => platform.close());

  async function ask(path: string, body: object, as = token): Promise<ApiResponse> {
    const response = await fetch(`${platform.url}/stores${path}`, {
      method: "POST",
      headers: { authorization: as, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, bytes: Buffer.byteLength(text), body: JSON.parse(text) };
  }
  const idsOf = ({ body }: ApiResponse) => body.products.map(({ id }) => id);
  const everyId = Array.from({ length: 100 }, (_, index) => context(index + 1).productId);

  test.each(["/v1/products/query", "-reader/v1/products/query-platformized"])(
    "%s refuses a limit that is too large, and names the largest one",
    async (path) => {
      const page = (paging: object) => ask(path, { includeVariants: true, query: { paging } });
      const refused = await page({ limit: 100 });
      expect(refused.status).toBe(400);
      const [violation] = (refused.body as never as Refused).details.validationError.fieldViolations;
      const fits = violation?.data.threshold ?? 0;
      expect(violation).toEqual({
        field: "query.paging.limit",
        violatedRule: "MAX",
        data: { threshold: fits },
        description: `must be at most ${fits} at this offset, because a response has at most ${limit} bytes of items`,
      });
      const largest = await page({ limit: fits });
      expect([largest.status, largest.body.products.length]).toEqual([200, fits]);
      expect(largest.bytes).toBeGreaterThan(limit * 0.9);
      expect(largest.bytes).toBeLessThan(limit * 1.01);
      expect((await page({ limit: fits + 1 })).status).toBe(400);
      expect((await page({ limit: fits, offset: 95 })).body.products).toHaveLength(5);
    },
  );

  test("without variants has every product", async () => {
    const response = await ask("/v1/products/query", {});
    expect([response.status, idsOf(response)]).toEqual([200, everyId]);
  });

  test("is not read before it is refused", async () => {
    const query = { ...parseRestQuery({}, productEntity), ...productRows(siteId, { includeHidden: false }) };
    const columns = ["document", "variants"];
    const page = pageQuery<Record<string, unknown>>(productEntity, { ...query, columns });
    const { rows } = await page.execute(storesOf(platform).database.read);
    expect(rows).toHaveLength(100);
    expect(rows.map(({ document, variants }) => [document, variants])).toEqual(Array(100).fill([null, null]));
  });

  test("has fewer products with a cursor, and all pages have each product once, in both directions", async () => {
    const path = "-reader/v1/products/query-platformized";
    const page = async (cursorPaging: object): Promise<ApiResponse> => {
      const response = await ask(path, { includeVariants: true, query: { cursorPaging } });
      expect(response.status).toBe(200);
      expect(response.bytes).toBeLessThan(limit * 1.01);
      return response;
    };
    const walk = async (from: ApiResponse, direction: "next" | "prev"): Promise<ApiResponse[]> => {
      const cursor = from.body.metadata.cursors?.[direction];
      if (cursor === undefined) return [from];
      return [from, ...(await walk(await page({ limit: 100, cursor }), direction))];
    };
    const forward = await walk(await page({ limit: 100 }), "next");
    expect(forward.length).toBeGreaterThan(3);
    expect(forward.flatMap(idsOf)).toEqual(everyId);
    const [last] = forward.slice(-1);
    const backward = last === undefined ? [] : await walk(last, "prev");
    expect(backward.reverse().flatMap(idsOf)).toEqual(everyId);
  });

  test("refuses one product that is larger than a response, with its size", async () => {
    const other = await platform.createSite();
    const reader = await tokenWith(platform, "SCOPE.DC-STORES.READ-PRODUCTS", other.siteId);
    const huge = newProduct({ name: "Huge", price: 1, description: "x".repeat(limit) }, context(1));
    await storesOf(platform).database.write((trx) => insertProducts(trx, other.siteId, [huge]));
    for (const query of [{}, { cursorPaging: {} }]) {
      const refused = await ask("-reader/v1/products/query-platformized", { query }, reader);
      expect(refused.status).toBe(413);
      expect(refused.body).toMatchObject({
        message: expect.stringMatching(
          /^One item of the list has 41\d{5} bytes; a response has at most 4194304\.$/,
        ),
        details: { applicationError: { code: "ITEM_TOO_LARGE", data: { limit } } },
      });
    }
  });
});

interface Refused {
  readonly details: {
    readonly validationError: {
      readonly fieldViolations: readonly { readonly data: { readonly threshold: number } }[];
    };
  };
}
