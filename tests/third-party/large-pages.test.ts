import { createTestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { tokenWith } from "@latchkey/test-support/token-with";
import { createClient } from "@wix/sdk";
import { products } from "@wix/stores";
import { expect, test } from "vitest";

// The unchanged third-party client; the origin of its requests is replaced. Its query builder has no option for
// variants, so the test adds the flag to each request.
function toOurServer(url: string, address: string): string {
  const { pathname, searchParams } = new URL(address);
  const query = searchParams.get(".r");
  if (query === null) return url + pathname;
  const request = { ...JSON.parse(Buffer.from(query, "base64url").toString()), includeVariants: true };
  return `${url}${pathname}?.r=${Buffer.from(JSON.stringify(request)).toString("base64url")}`;
}

const choices = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    value: `A choice with the number ${index}`,
    description: `A choice with the number ${index}`,
  }));

test("FR-A1: the client library reads each of 100 products with 300 variants once, in pages that fit", async () => {
  const platform = await createTestPlatform({ resources: [stores] });
  try {
    const { siteId } = await platform.createSite();
    const token = await tokenWith(platform, "SCOPE.DC-STORES.MANAGE-PRODUCTS", siteId);
    const client = createClient({
      modules: { products },
      auth: { getAuthHeaders: async () => ({ headers: { Authorization: token } }) },
      fetch: (input, init) => fetch(toOurServer(platform.url, String(input)), init as RequestInit),
    });
    for (let number = 0; number < 100; number += 1) {
      await client.products.createProduct({
        name: `Product ${number}`,
        productType: "physical",
        priceData: { price: 20 },
        manageVariants: true,
        productOptions: [
          { name: "Size", choices: choices(20) },
          { name: "Color", choices: choices(15) },
        ],
      });
    }

    const query = (limit: number) => client.products.queryProducts().ascending("numericId").limit(limit);
    const refused = await query(100)
      .find()
      .catch((error) => error.details.validationError.fieldViolations[0]);
    expect(refused).toMatchObject({ violatedRule: "MAX" });
    expect(refused.field).toMatch(/paging\.limit$/);
    let page = await query(refused.data.threshold).find();
    const seen = [...page.items];
    while (page.hasNext()) {
      page = await page.next();
      seen.push(...page.items);
    }
    expect(seen.map(({ numericId }) => numericId)).toEqual(
      Array.from({ length: 100 }, (_, index) => String(index + 1)),
    );
    expect(seen.every(({ variants }) => variants?.length === 300)).toBe(true);
  } finally {
    await platform.close();
  }
});
