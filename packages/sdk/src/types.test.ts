import type { ProductInput, VariantChange as VariantInput } from "@latchkey/stores/testing";
import { CREDENTIALS, PUBLIC_KEY } from "@latchkey/test-support/sdk/scripted-platform";
import { describe, expectTypeOf, it } from "vitest";
import { shippingRates } from "./ecom/index.ts";
import {
  AppStrategy,
  type Client,
  createApp,
  createClient,
  defineServicePlugin,
  type InstanceHandle,
  type LatchkeyError,
  type ServicePluginRequest,
} from "./index.ts";
import {
  type CollectionsApi,
  collections,
  type NewProductOption,
  type Product,
  type ProductChange,
  type ProductsApi,
  type ProductsQueryBuilder,
  products,
  type QueryResult,
  type VariantChange,
} from "./stores/index.ts";

const apiUrl = "https://platform.test";

describe("types of webhooks", () => {
  const app = createApp({ appId: "app", publicKey: PUBLIC_KEY, apiUrl });

  it("describe the payload of an event type, and the instance", () => {
    app.webhooks.on("AppInstalled", (event) => {
      expectTypeOf(event.payload.originInstanceId).toEqualTypeOf<string | null>();
      expectTypeOf(event.instance).toEqualTypeOf<InstanceHandle>();
      expectTypeOf(event.missing).toEqualTypeOf<{ readonly from: number; readonly to: number } | undefined>();
    });
    app.webhooks.on<{ n: number }>("acme.said", (event) => expectTypeOf(event.payload.n).toBeNumber());
    app.webhooks.on("acme.said", (event) => expectTypeOf(event.payload.n).toBeUnknown());
    app.webhooks.on(products.onProductCreated, (event) => {
      expectTypeOf(event.data.productId).toBeString();
      expectTypeOf(event.metadata.instanceId).toBeString();
    });
    // @ts-expect-error instances have no webhooks
    app.instance("instance").products.onProductCreated;
  });

  it("give a client the functions that register handlers of its modules", () => {
    const client = createClient({
      auth: AppStrategy({ appId: "app", publicKey: PUBLIC_KEY }),
      modules: { products },
      apiUrl,
    });
    client.products.onProductChanged((event) =>
      expectTypeOf(event.data.changedFields).toExtend<readonly string[]>(),
    );
    expectTypeOf(client.webhooks.process).returns.resolves.toHaveProperty("duplicate");
  });
});

describe("types of service plugins", () => {
  const app = createApp({ appId: "app", publicKey: PUBLIC_KEY, apiUrl });
  const rates = { shippingRates: [] };
  const twoMethods = defineServicePlugin<{
    first(call: ServicePluginRequest<{ a: string }>): { b: number };
    second(call: ServicePluginRequest): { c: number } | Promise<{ c: number }>;
  }>("TWO", { first: "/first", second: "/second" });

  it("describe the call, the context and the result of a method", () => {
    app.servicePlugins.implement(shippingRates, {
      getShippingRates({ instance, metadata, request }) {
        expectTypeOf(request.lineItems[0]?.quantity).toEqualTypeOf<number | undefined>();
        expectTypeOf(metadata.currency).toBeString();
        expectTypeOf(instance).toEqualTypeOf<InstanceHandle>();
        return rates;
      },
    });
  });

  it("do not compile when a method is missing, or returns another type", () => {
    const implement = (): void => {
      // @ts-expect-error second is missing
      app.servicePlugins.implement(twoMethods, { first: () => ({ b: 1 }) });
      // @ts-expect-error both are missing
      app.servicePlugins.implement(twoMethods, {});
      // @ts-expect-error first returns a number in b
      app.servicePlugins.implement(twoMethods, { first: () => ({ b: "1" }), second: () => ({ c: 1 }) });
      app.servicePlugins.implement(twoMethods, { first: () => ({ b: 1 }), second: async () => ({ c: 1 }) });
      // @ts-expect-error a definition names the path of each method
      defineServicePlugin<{ first(call: ServicePluginRequest): object }>("ONE", {});
    };
    expectTypeOf(implement).toBeFunction();
  });

  it("give a client the functions that register service plugins of its modules", () => {
    const auth = AppStrategy({ appId: "app", publicKey: PUBLIC_KEY });
    const client = createClient({ auth, modules: { shippingRates }, apiUrl });
    client.shippingRates({ getShippingRates: () => rates });
    // @ts-expect-error getShippingRates is missing
    const broken = () => client.shippingRates({});
    expectTypeOf(broken).toBeFunction();
  });
});

describe("types", () => {
  const client = createClient({ auth: AppStrategy(CREDENTIALS), modules: { products, collections }, apiUrl });
  const builder = client.products.queryProducts();

  it("describe the module and its results", () => {
    expectTypeOf(client.products).toExtend<ProductsApi>();
    expectTypeOf(client.collections).toExtend<CollectionsApi>();
    expectTypeOf(client.products).not.toBeAny();
    expectTypeOf(client.products.getProduct).toEqualTypeOf<ProductsApi["getProduct"]>();
    expectTypeOf(builder).toEqualTypeOf<ProductsQueryBuilder>();
    expectTypeOf(builder.find).returns.toEqualTypeOf<Promise<QueryResult<Product>>>();
    expectTypeOf<Awaited<ReturnType<typeof builder.find>>["items"]>().toEqualTypeOf<readonly Product[]>();
    expectTypeOf<Product["_id"]>().toEqualTypeOf<string>();
    expectTypeOf<Product["priceData"]["price"]>().toEqualTypeOf<number>();
    expectTypeOf<Product["_createdDate"]>().toEqualTypeOf<Date>();
  });

  it("have only the given modules", () => {
    const bare = createClient({ auth: AppStrategy(CREDENTIALS), apiUrl });
    // @ts-expect-error it has no modules
    bare.products;
    // @ts-expect-error this module was not given
    client.orders;
    expectTypeOf(bare.fetchWithAuth).returns.toEqualTypeOf<Promise<Response>>();
    expectTypeOf(bare).toEqualTypeOf<Client>();
  });

  it("give handles of other APIs only calls", () => {
    const bookings = client.resource({ identifier: "urn:example:bookings", url: "https://api.test" });
    expectTypeOf(bookings.fetchWithAuth).returns.toEqualTypeOf<Promise<Response>>();
    // @ts-expect-error products are the platform's
    bookings.products;
  });

  it("give the instances of an app products, or the given modules", () => {
    const app = createApp({ appId: "app", appSecret: "secret", apiUrl });
    expectTypeOf(app.instance("a").products.queryProducts()).toEqualTypeOf<ProductsQueryBuilder>();
    expectTypeOf(app.instance).returns.toEqualTypeOf<InstanceHandle>();
    // @ts-expect-error it has products only
    app.instance("a").orders;
    const goods = createApp({ appId: "app", appSecret: "secret", apiUrl, modules: { goods: products } });
    expectTypeOf(goods.instance("a").goods.queryProducts()).toEqualTypeOf<ProductsQueryBuilder>();
    // @ts-expect-error it has goods only
    goods.instance("a").products;
  });

  it("limit queries to queryable fields, with values of their type", () => {
    builder.eq("price", 7).gt("lastUpdated", new Date(0)).hasSome("options.Size", ["S"]).ascending("name");
    // @ts-expect-error the field does not exist
    builder.eq("colour", "red");
    // @ts-expect-error a price is a number
    builder.eq("price", "7");
    // @ts-expect-error enumerations have no order
    builder.gt("productType", "digital");
    // @ts-expect-error numbers cannot be searched
    builder.contains("price", "7");
    // @ts-expect-error not a value of the enumeration
    builder.eq("productType", "fluid");
    // @ts-expect-error the field does not exist to look for
    builder.exists("colour");
    // @ts-expect-error a builder of another kind
    builder.and(client.collections.queryCollections());
    // @ts-expect-error only lists have several values
    builder.hasAll("name", ["M"]);
    // @ts-expect-error descriptions cannot be sorted
    builder.ascending("weight");
  });

  it("limit writes to writable fields", () => {
    const { createProduct, updateProduct } = client.products;
    () => createProduct({ name: "Mug", productType: "physical", priceData: { price: 1 } });
    // @ts-expect-error a product has a name
    () => createProduct({ priceData: { price: 1 } });
    // @ts-expect-error the platform numbers products
    () => updateProduct("id", { numericId: "7" });
    // @ts-expect-error apps create only physical products
    () => createProduct({ name: "Song", productType: "digital", priceData: { price: 1 } });
    // @ts-expect-error stock is not set with a product
    () => updateProduct("id", { stock: { inStock: true } });
    // @ts-expect-error a choice has a value or a description
    () => updateProduct("id", { productOptions: [{ name: "Size", choices: [{}] }] });
    // @ts-expect-error one property at a time
    () => client.products.bulkUpdateProductsProperty(["id"], { colour: "red" });
  });

  it("have exactly the fields that the platform accepts in a write", () => {
    // The field `price` is the deprecated form of `priceData`.
    expectTypeOf<keyof ProductChange>().toEqualTypeOf<Exclude<keyof ProductInput, "price">>();
    type OptionInput = NonNullable<ProductInput["productOptions"]>[number];
    expectTypeOf<keyof NewProductOption>().toEqualTypeOf<keyof OptionInput>();
    expectTypeOf<keyof VariantChange>().toEqualTypeOf<keyof VariantInput>();
  });

  it("accept no other names of credentials, and distinguish errors by code", () => {
    // @ts-expect-error the option is appSecret
    () => AppStrategy({ appId: "a", secret: "b" });
    expectTypeOf<LatchkeyError["code"]>().not.toBeAny();
    expectTypeOf<LatchkeyError["status"]>().toEqualTypeOf<number | undefined>();
  });
});
