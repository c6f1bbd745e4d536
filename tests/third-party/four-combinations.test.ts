import { afterAll, beforeAll, expect, test } from "vitest";
import { type Demo, startDemo } from "../docs/demo.ts";
import { createProject } from "../docs/project.ts";
import { runTypeScript } from "../docs/run.ts";

// The sample of the article on authentication, with either client and either modules. It is compiled and runs in a
// separate process. Requests of the third-party client are sent to the test platform.
const combinations = [
  ["@wix/sdk", "@wix/stores"],
  ["@wix/sdk", "@latchkey/sdk/stores"],
  ["@latchkey/sdk", "@wix/stores"],
  ["@latchkey/sdk", "@latchkey/sdk/stores"],
] as const;

const project = createProject();
const files = combinations.map(([client, modules], index) =>
  project.add(
    `combination-${index}.ts`,
    `import "../../tests/third-party/compatibility/swap-host.ts";
import { AppStrategy, createClient } from "${client}";
import { products } from "${modules}";

const { APP_ID = "", APP_SECRET = "", APP_PUBLIC_KEY = "", INSTANCE_ID = "" } = process.env;

const myClient = createClient({
  auth: AppStrategy({
    appId: APP_ID,
    appSecret: APP_SECRET,
    publicKey: APP_PUBLIC_KEY,
    instanceId: INSTANCE_ID,
  }),
  modules: {
    products,
  },
});

const { items } = await myClient.products.queryProducts().find();
const page = await myClient.products
  .queryProducts()
  .gt("priceData.price", 10)
  .descending("priceData.price")
  .limit(1)
  .find();
const { product } = await myClient.products.createProduct({
  name: "Combination ${index}",
  productType: "physical",
  priceData: { price: 7 },
});
await myClient.products.deleteProduct(product?._id ?? "");
console.log(
  JSON.stringify({
    found: items.length,
    first: items[0]?._id,
    created: items[0]?._createdDate instanceof Date,
    pages: page.totalPages,
    names: [...page.items, ...(await page.next()).items].map(({ name }) => name),
    made: product?.name,
  }),
);
`,
  ),
);

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo();
});
afterAll(async () => {
  project.remove();
  await demo.close();
});

test("all of them compile", async () => {
  expect(await project.compile()).toBeUndefined();
});

test.each(combinations.map(([client, modules], index) => [client, modules, index] as const))(
  "the article's sample runs with %s and products of %s",
  async (_client, _modules, index) => {
    const { first, names, ...told } = JSON.parse(await runTypeScript(files[index] ?? "", demo));
    expect(told).toEqual({
      found: 22,
      created: true,
      pages: expect.any(Number),
      made: `Combination ${index}`,
    });
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(names).toHaveLength(2);
  },
);
