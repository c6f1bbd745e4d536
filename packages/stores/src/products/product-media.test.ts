import { createTestStore, type TestStore } from "@latchkey/test-support/stores/test-store";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

describe.each(["sqlite", "postgres"] as const)("parts of a product on %s", (database) => {
  let store: TestStore;
  let path: string;
  beforeAll(async () => {
    store = await createTestStore(database);
  });
  afterAll(() => store.close());

  beforeEach(async () => {
    const { body } = await store.call("POST", "/stores/v1/products", {
      body: {
        product: {
          name: "Shirt",
          priceData: { price: 20 },
          ribbon: "New",
          brand: "Lux",
          productOptions: [
            { name: "Size", choices: [{ description: "S" }, { description: "L" }] },
            { name: "Color", choices: [{ description: "Red" }] },
          ],
        },
      },
    });
    path = `/stores/v1/products/${body.product.id}`;
    await store.newEvents();
  });

  const read = async () => (await store.call("GET", path)).body.product;
  const add = (media: unknown) => store.call("POST", `${path}/media`, { body: { media } });
  const idsOf = (items: readonly { id: string }[]) => items.map(({ id }) => id);
  const violationOf = (response: Awaited<ReturnType<typeof add>>) => [
    response.status,
    response.body.details.validationError?.fieldViolations[0],
  ];

  test("pictures are added by id or by address, and the first is the main one", async () => {
    const response = await add([{ mediaId: "one.jpg" }, { url: "https://img.example/two.jpg" }]);
    expect([response.status, response.body]).toEqual([200, {}]);
    const { media } = await read();
    expect(media.mainMedia).toMatchObject({ id: "one.jpg", mediaType: "image" });
    expect(media.items).toMatchObject([{ id: "one.jpg" }, { image: { url: "https://img.example/two.jpg" } }]);
    expect(await store.newEvents()).toMatchObject([
      { type: "ProductChanged", payload: { changedFields: ["media"] } },
    ]);
    await add([{ mediaId: "one.jpg" }]);
    expect((await read()).media.items).toHaveLength(2);
  });

  test("pictures are assigned to choices of one option only", async () => {
    await add([{ mediaId: "a" }, { mediaId: "b", choice: { option: "Size", choice: "S" } }]);
    const patch = (media: unknown) => store.call("PATCH", `${path}/choices/media`, { body: { media } });
    expect((await patch([{ option: "Size", choice: "L", mediaIds: ["a", "b"] }])).status).toBe(200);
    const [size] = (await read()).productOptions;
    expect(
      size.choices.map((choice: { media: { items: { id: string }[] } }) => idsOf(choice.media.items)),
    ).toEqual([["b"], ["a", "b"]]);
    expect(violationOf(await patch([{ option: "Color", choice: "Red", mediaIds: ["a"] }]))).toMatchObject([
      400,
      { field: "media[0]", description: "is of a second option; only one option can have pictures" },
    ]);
    expect(violationOf(await patch([{ option: "Size", choice: "L", mediaIds: ["zzz"] }]))).toMatchObject([
      400,
      { field: "media[0].mediaIds[0]", description: "is not a picture of this product" },
    ]);
    expect(violationOf(await patch([{ option: "Size", choice: "XL", mediaIds: ["a"] }]))).toMatchObject([
      400,
      { field: "media[0]", description: "is not a choice of this product" },
    ]);
    await store.call("POST", `${path}/choices/media/delete`, {
      body: {
        media: [
          { option: "Size", choice: "L", mediaIds: ["a"] },
          { option: "Size", choice: "S" },
        ],
      },
    });
    const [after] = (await read()).productOptions;
    expect(
      after.choices.map((choice: { media: { items: { id: string }[] } }) => idsOf(choice.media.items)),
    ).toEqual([[], ["b"]]);
  });

  test("pictures are removed: those listed, or all for an empty list", async () => {
    await add([
      { mediaId: "a" },
      { mediaId: "b", choice: { option: "Size", choice: "S" } },
      { mediaId: "c" },
    ]);
    await store.call("POST", `${path}/media/delete`, { body: { mediaIds: ["b"] } });
    const one = await read();
    expect([idsOf(one.media.items), one.productOptions[0].choices[0].media.items]).toEqual([["a", "c"], []]);
    await store.call("POST", `${path}/media/delete`, { body: { mediaIds: [] } });
    expect((await read()).media).toEqual({ items: [] });
  });

  test("options are deleted while variants are not managed", async () => {
    const response = await store.call("DELETE", `${path}/options`);
    expect([response.status, response.body]).toEqual([200, {}]);
    expect((await read()).productOptions).toEqual([]);
    const options = [{ name: "Size", choices: [{ description: "S" }] }];
    await store.call("PATCH", path, { body: { product: { productOptions: options, manageVariants: true } } });
    const refused = await store.call("DELETE", `${path}/options`);
    expect([refused.status, refused.body.details.applicationError]).toEqual([
      409,
      {
        code: "VARIANTS_ARE_MANAGED",
        description: "The options of a product cannot be deleted while its variants are managed.",
        data: {},
      },
    ]);
  });

  test("brand and ribbon are removed, with a body or without", async () => {
    expect((await store.call("POST", `${path}/remove-brand`, { body: {} })).status).toBe(200);
    expect((await store.call("POST", `${path}/remove-ribbon`)).status).toBe(200);
    const product = await read();
    expect(product).toMatchObject({ ribbon: "", ribbons: [] });
    expect(product).not.toHaveProperty("brand");
    expect(await store.newEvents()).toMatchObject([
      { type: "ProductChanged", payload: { changedFields: ["brand"] } },
      { type: "ProductChanged", payload: { changedFields: ["ribbon"] } },
    ]);
  });

  test("a product has at most 100 pictures, and 50 at one choice", async () => {
    const some = (from: number, count: number, of: object = {}) =>
      Array.from({ length: count }, (_, index) => ({ mediaId: `${from + index}.jpg`, ...of }));
    const small = { choice: { option: "Size", choice: "S" } };
    await add(some(1, 50, small));
    expect(violationOf(await add([{ mediaId: "51.jpg", ...small }]))).toEqual([
      400,
      {
        field: "media[0].choice",
        violatedRule: "MAX_SIZE",
        description: "takes its choice above 50 pictures",
        data: { threshold: 50 },
      },
    ]);
    await add(some(51, 49));
    await store.newEvents();
    expect(violationOf(await add(some(100, 2)))).toEqual([
      400,
      {
        field: "media",
        violatedRule: "MAX_SIZE",
        description: "takes the product above 100 pictures",
        data: { threshold: 100 },
      },
    ]);
    expect(await store.newEvents()).toEqual([]);
    expect((await add(some(98, 3))).status).toBe(200);
    const patched = await store.call("PATCH", `${path}/choices/media`, {
      body: { media: [{ option: "Size", choice: "S", mediaIds: ["100.jpg"] }] },
    });
    expect(violationOf(patched)).toMatchObject([400, { field: "media[0]", violatedRule: "MAX_SIZE" }]);
    const { media, productOptions } = await read();
    expect([media.items.length, productOptions[0].choices[0].media.items.length]).toEqual([100, 50]);
  });

  test("pictures that make the product larger than 1 MiB are rejected", async () => {
    const options = [
      { name: "Size", choices: Array.from({ length: 20 }, (_, n) => ({ description: `${n}` })) },
    ];
    await store.call("PATCH", path, { body: { product: { productOptions: options } } });
    const long = "x".repeat(1_900);
    const media = Array.from({ length: 50 }, (_, n) => ({ url: `https://img.example/${n}${long}` }));
    expect((await add(media)).status).toBe(200);
    await store.newEvents();
    const mediaIds = idsOf((await read()).media.items);
    const at = (from: number) => ({
      media: Array.from({ length: 2 }, (_, n) => ({ option: "Size", choice: `${from + n}`, mediaIds })),
    });
    const responses = [];
    for (const from of [0, 2, 4]) {
      responses.push(await store.call("PATCH", `${path}/choices/media`, { body: at(from) }));
    }
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 400]);
    expect(responses[2]?.body.details.validationError.fieldViolations).toEqual([
      {
        field: "product",
        violatedRule: "MAX_SIZE",
        description: "would be larger than 1048576 bytes",
        data: { threshold: 1_048_576 },
      },
    ]);
    expect(await store.newEvents()).toHaveLength(2);
  });

  test.each([
    ["POST", "/media"],
    ["POST", "/media/delete"],
    ["PATCH", "/choices/media"],
    ["POST", "/choices/media/delete"],
    ["DELETE", "/options"],
    ["POST", "/remove-brand"],
    ["POST", "/remove-ribbon"],
    ["POST", "/variants/resetToDefault"],
  ])("%s …%s requires permission to manage products, on the same site", async (method, end) => {
    const body = { media: [{ option: "Size", choice: "S", mediaId: "a" }] };
    const bodyOf = (given: object) => (method === "DELETE" ? {} : { body: given });
    const reader = await store.call(method, path + end, { token: store.reader, ...bodyOf(body) });
    expect([reader.status, reader.body.details.applicationError.code]).toEqual([403, "PERMISSION_DENIED"]);
    const valid =
      end === "/media" ? { media: [{ mediaId: "a" }] } : { media: [{ option: "Size", choice: "S" }] };
    const fitting = end === "/media/delete" ? { mediaIds: [] } : valid;
    const stranger = await store.call(method, path + end, { token: store.stranger, ...bodyOf(fitting) });
    expect([stranger.status, stranger.body.details.applicationError.code]).toEqual([
      404,
      "PRODUCT_NOT_FOUND",
    ]);
  });

  test.each([
    ["neither an id nor a URL", [{}], "media[0]", "REQUIRED_ONE_OF_FIELD"],
    ["no picture", [], "media", "MIN_SIZE"],
    ["51 pictures", Array(51).fill({ mediaId: "a" }), "media", "MAX_SIZE"],
    ["a javascript: URL", [{ url: "javascript:alert(1)" }], "media[0].url", "FORMAT"],
    ["a URL with a password", [{ url: "https://a:b@img.example/" }], "media[0].url", "FORMAT"],
  ])("rejects %s", async (_, media, field, violatedRule) => {
    expect(violationOf(await add(media))).toMatchObject([400, { field, violatedRule }]);
    expect(await store.newEvents()).toEqual([]);
  });
});
