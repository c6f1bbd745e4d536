import assert from "node:assert/strict";
import { assertRefused, type Case, refusalOf } from "./case.ts";
import { readScope } from "./fixture.ts";
import { makeMug } from "./product-cases.ts";

const part = "errors";
const unknown = "00000000-0000-4000-8000-000000000000";

export const errorCases: readonly Case[] = [
  {
    part,
    tried: "an unknown product",
    comesOut: "404 `PRODUCT_NOT_FOUND`",
    async run({ client }) {
      await assertRefused(client.products.getProduct(unknown), 404, "PRODUCT_NOT_FOUND");
      await assertRefused(client.products.updateProduct(unknown, { name: "x" }), 404, "PRODUCT_NOT_FOUND");
      await assertRefused(client.products.deleteProduct(unknown), 404, "PRODUCT_NOT_FOUND");
    },
  },
  {
    part,
    tried: "an unknown collection",
    comesOut: "404 `COLLECTION_NOT_FOUND`",
    async run({ client }) {
      await assertRefused(client.collections.getCollection(unknown), 404, "COLLECTION_NOT_FOUND");
    },
  },
  {
    part,
    tried: "a product of another site",
    comesOut: "404 `PRODUCT_NOT_FOUND`",
    async run(fixture) {
      const { id } = await makeMug(fixture, "Own Mug");
      const site = await fixture.management.call<{ siteId: string }>("POST", "/sites", {
        name: "Other Store",
      });
      const { appId, appSecret } = await fixture.install();
      const { instanceId } = await fixture.management.call<{ instanceId: string }>(
        "POST",
        `/sites/${site.siteId}/instances`,
        { appId },
      );
      const other = fixture.connect({ appId, appSecret, instanceId });
      await assertRefused(other.products.getProduct(id), 404, "PRODUCT_NOT_FOUND");
    },
  },
  {
    part,
    tried: "a product without a name and with a negative price",
    comesOut: "400 with a violation for each argument",
    async run({ client }) {
      const product = { name: "", productType: "physical", priceData: { price: -1 } } as const;
      const { details, status } = await refusalOf(client.products.createProduct(product));
      const fields = details?.validationError?.fieldViolations.map(({ field }) => field);
      assert.deepEqual([status, fields], [400, ["product.name", "product.priceData.price"]]);
    },
  },
  {
    part,
    tried: "a filter by an unknown field",
    comesOut: "400 with a violation",
    async run({ client }) {
      const query = client.products.queryProducts().eq("colour" as "name", "red");
      const { details, status } = await refusalOf(query.find());
      assert.equal(status, 400);
      assert.equal(details?.validationError?.fieldViolations.length, 1);
    },
  },
  {
    part,
    tried: "a limit above 100",
    comesOut: "400 with a violation",
    async run({ client }) {
      const { details, status } = await refusalOf(client.products.queryProducts().limit(101).find());
      const [violation] = details?.validationError?.fieldViolations ?? [];
      assert.deepEqual([status, violation?.violatedRule], [400, "MAX"]);
    },
  },
  {
    part,
    tried: "a write without the permission",
    comesOut: "403 `PERMISSION_DENIED` with the name of the permission",
    async run(fixture) {
      const reader = fixture.connect(await fixture.install([readScope]));
      const error = await refusalOf(
        reader.products.createProduct({ name: "x", productType: "physical", priceData: { price: 1 } }),
      );
      assert.deepEqual([error.status, error.details?.applicationError?.code], [403, "PERMISSION_DENIED"]);
      assert.match(error.message, /Permission WIX_STORES\.MODIFY_PRODUCTS is required/);
    },
  },
  {
    part,
    tried: "an address that does not exist, by `client.fetchWithAuth`",
    comesOut: "404 with a body in the documented format",
    async run({ client }) {
      const response = await client.fetchWithAuth("https://www.wixapis.com/stores/v1/nothing");
      const body = (await response.json()) as { details?: { applicationError?: { code?: string } } };
      assert.deepEqual([response.status, typeof body.details?.applicationError?.code], [404, "string"]);
    },
  },
  {
    part,
    tried: "catalog V3 on a site with V1, by `client.fetchWithAuth`",
    comesOut: "428 `CATALOG_V1_SITE_CALLING_CATALOG_V3_API`",
    async run({ client }) {
      const response = await client.fetchWithAuth("https://www.wixapis.com/stores/v3/products/query");
      const body = (await response.json()) as { details: { applicationError: { code: string } } };
      const { code } = body.details.applicationError;
      assert.deepEqual([response.status, code], [428, "CATALOG_V1_SITE_CALLING_CATALOG_V3_API"]);
    },
  },
];
