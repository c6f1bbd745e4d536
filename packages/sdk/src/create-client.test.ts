import { failureOf } from "@latchkey/test-support/sdk/failure";
import { CREDENTIALS, createScriptedPlatform, json } from "@latchkey/test-support/sdk/scripted-platform";
import { describe, expect, it } from "vitest";
import { AppStrategy } from "./app-strategy.ts";
import { createClient } from "./create-client.ts";
import { products } from "./stores/products.ts";

describe("createClient", () => {
  it("fails at creation without the URL of the platform", async () => {
    const error = await failureOf(() => createClient({ auth: AppStrategy(CREDENTIALS) }));
    expect(error.code).toBe("missing_api_url");
  });

  it("has modules under the names of the options", async () => {
    const platform = createScriptedPlatform({ onCall: () => json({ products: [], metadata: { total: 0 } }) });
    const client = createClient({
      auth: AppStrategy(CREDENTIALS),
      ...platform.options,
      modules: { goods: products },
    });
    expect((await client.goods.queryProducts().find()).items).toEqual([]);
    expect(Object.keys(client)).toEqual([
      "goods",
      "auth",
      "webhooks",
      "servicePlugins",
      "resource",
      "fetchWithAuth",
    ]);
  });

  it.each([{}, { CallError: Object.assign(() => undefined, { __type: "wix_spi_error" }) }, "products", null])(
    "rejects the module %j",
    (module) => {
      const modules = { products: module as object };
      expect(() =>
        createClient({ auth: AppStrategy(CREDENTIALS), apiUrl: "https://a.test", modules }),
      ).toThrow(
        new TypeError(
          "modules.products is not a module. Import one from @latchkey/sdk/stores or from a package of the platform.",
        ),
      );
    },
  );

  it("rejects an identity of another library", () => {
    const auth = { appId: "a", getAuthHeaders: async () => ({}) } as unknown as ReturnType<
      typeof AppStrategy
    >;
    expect(() => createClient({ auth, apiUrl: "https://a.test" })).toThrow(
      new TypeError("auth is not an AppStrategy of @latchkey/sdk. Import AppStrategy from @latchkey/sdk."),
    );
  });

  it.each([0, -1, Number.NaN])("rejects the timeout %j", (timeoutMs) => {
    expect(() =>
      createClient({ auth: AppStrategy(CREDENTIALS), apiUrl: "https://a.test", timeoutMs }),
    ).toThrow(new TypeError("timeoutMs must be a number of at least 1."));
  });

  it("does nothing before the first call", () => {
    const platform = createScriptedPlatform();
    createClient({ auth: AppStrategy(CREDENTIALS), ...platform.options, modules: { products } });
    expect(platform.tokenRequests).toEqual([]);
    expect(platform.clock.waiting).toEqual([]);
  });

  it("never shares a token between two clients of different apps or platforms", async () => {
    const platform = createScriptedPlatform({
      onToken: ({ url, body }) =>
        json({ access_token: `${new URL(url).host}/${JSON.parse(body).client_id}`, expires_in: 60 }),
    });
    const use = async (appId: string, apiUrl: string): Promise<string | null | undefined> => {
      const client = createClient({
        auth: AppStrategy({ ...CREDENTIALS, appId }),
        ...platform.options,
        apiUrl,
      });
      await client.fetchWithAuth("/x");
      return platform.calls.at(-1)?.token;
    };
    expect(await use("app-1", "https://a.test")).toBe("a.test/app-1");
    expect(await use("app-2", "https://a.test")).toBe("a.test/app-2");
    expect(await use("app-1", "https://b.test")).toBe("b.test/app-1");
  });
});
