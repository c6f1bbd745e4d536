import type { Route } from "@latchkey/server";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { managementCaller } from "@latchkey/test-support/management-client";
import { tokenWith } from "@latchkey/test-support/token-with";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { stores } from "./stores.ts";

// Each operation of Stores runs with the example of the reference, on the demo store, in the order of the reference;
// those that delete something run last.

let platform: TestPlatform;
let token: string;
let ids: Record<string, string>;
/** A product whose variants are not managed. */
let plainProduct: string;

beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores] });
  const { body: demo } = await managementCaller(platform)("POST /dev/demo");
  token = await tokenWith(platform, "SCOPE.DC-STORES.MANAGE-PRODUCTS", demo.siteId);
  const [managed, plain] = await productsNamed("House Blend", "Ethiopia Guji");
  plainProduct = plain?.id ?? "";
  ids = {
    productId: managed?.id ?? "",
    storeVariantId: `${managed?.id}-${managed?.variants[0]?.id}`,
    collectionId: "c0ffee00-0000-4000-8000-000000000001",
    slug: "coffee",
    path: "products/query",
  };
});
afterAll(() => platform.close());

async function send(method: string, path: string, body?: unknown) {
  const text = JSON.stringify(body)?.replaceAll("$PRODUCT_ID", ids?.productId ?? "");
  const response = await fetch(platform.url + path, {
    method,
    headers: { authorization: token, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(text === undefined ? {} : { body: text }),
  });
  return { status: response.status, body: await response.json() };
}

async function productsNamed(...names: string[]): Promise<{ id: string; variants: { id: string }[] }[]> {
  const query = { filter: { name: { $in: names } }, sort: [{ fieldName: "name", order: "DESC" }] };
  const { body } = await send("POST", "/stores/v1/products/query-platformized", {
    query,
    includeVariants: true,
  });
  return (body as { products: [] }).products;
}

function isStores({ tag }: Route): boolean {
  return ["Products", "Variants", "Collections", "Catalog"].includes(tag);
}

const isDeleting = ({ method }: Route): number => (method === "DELETE" ? 1 : 0);

test("each example works on the demo store, and its response matches the document", async () => {
  const routes = platform.platform.routes.filter(isStores);
  expect(routes.length).toBe(39);
  for (const route of routes.toSorted((a, b) => isDeleting(a) - isDeleting(b))) {
    const { example, method, operationId, path, responses } = route;
    const own = operationId === "deleteProductOptions" ? { ...ids, productId: plainProduct } : ids;
    const filled = path.replaceAll(/\{(\w+)\*?\}/g, (_, name: string) => own[name] ?? "");
    const { body, status } = await send(method, filled, example);
    if (path.endsWith("*}")) {
      expect([operationId, status]).toEqual([operationId, 428]);
      continue;
    }
    expect([operationId, status, body]).toEqual([operationId, 200, body]);
    // An object schema drops unknown fields.
    const documented = responses[200]?.schema ?? z.never();
    expect([operationId, documented.parse(body)]).toEqual([operationId, body]);
  }
});

test("every operation of Stores that takes a body has an example", () => {
  const routes = platform.platform.routes.filter((route) => isStores(route) && route.body !== undefined);
  expect(routes.filter(({ example }) => example === undefined)).toEqual([]);
});
