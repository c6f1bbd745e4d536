import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { managementCaller } from "@latchkey/test-support/management-client";
import { createBookingScopes, createOwnApi, type OwnApi } from "@latchkey/test-support/own-api";
import { requestWith } from "@latchkey/test-support/sdk/access-error";
import { failureOf } from "@latchkey/test-support/sdk/failure";
import { claimsOf, makeKeys } from "@latchkey/test-support/sdk/signed-webhook";
import { products as thirdPartyProducts } from "@wix/stores";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AppStrategy, createApp, createClient } from "./index.ts";
import { createResourceServer } from "./resource-server/index.ts";
import { products } from "./stores/index.ts";

type FrameworkInit = RequestInit & { readonly next?: { readonly revalidate?: number | false } };

const scopes = ["SCOPE.DC-STORES.READ-PRODUCTS"];
const audience = "https://api.example.com/bookings";

let platform: TestPlatform;
let api: OwnApi;
let app: { readonly appId: string; readonly appSecret: string; readonly instanceId: string };

beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores], seed: "framework cache" });
  await createBookingScopes(platform);
  api = await createOwnApi(platform, audience);
  const { appId, secret } = await platform.createApp({ scopes });
  const { siteId } = await platform.createSite();
  const { instanceId } = await platform.install({ appId, siteId, grant: scopes });
  app = { appId, appSecret: secret.value, instanceId };
});
afterAll(() => platform.close());

const optionsWith = (fetch: typeof globalThis.fetch) => ({
  ...{ apiUrl: platform.url, clock: platform.clock, fetch },
});

describe("every request of the SDK", () => {
  /** Records the cache options of each request. */
  function recording() {
    const requests: [path: string, cache: unknown, next: unknown][] = [];
    const recordingFetch: typeof fetch = (input, init: FrameworkInit = {}) => {
      requests.push([new URL(String(input)).pathname, init.cache, init.next]);
      return fetch(input, init);
    };
    return { requests, fetch: recordingFetch };
  }

  test.each<[string, (fetch: typeof globalThis.fetch) => Promise<unknown>, readonly string[]]>([
    [
      "a call of a module",
      (fetch) => {
        const client = createClient({ auth: AppStrategy(app), modules: { products }, ...optionsWith(fetch) });
        return client.products.queryProducts().find();
      },
      ["/oauth2/token", "/stores-reader/v1/products/query-platformized"],
    ],
    [
      "a call of a third-party module",
      (fetch) => {
        const modules = { products: thirdPartyProducts };
        const client = createClient({ auth: AppStrategy(app), modules, ...optionsWith(fetch) });
        return client.products.queryProducts().find();
      },
      ["/oauth2/token", "/stores-reader/v1/products/query-platformized"],
    ],
    [
      "fetchWithAuth, regardless of the caller's cache options",
      (fetch) => {
        const client = createClient({ auth: AppStrategy(app), ...optionsWith(fetch) });
        const init: FrameworkInit = { cache: "force-cache", next: { revalidate: 3_600 } };
        return client.fetchWithAuth("/apps/v1/instance", init);
      },
      ["/oauth2/token", "/apps/v1/instance"],
    ],
    [
      "token-info, and the exchange of a page's token",
      async (fetch) => {
        const { auth } = createClient({ auth: AppStrategy(app), ...optionsWith(fetch) });
        const accessToken = (await auth.getAuthHeaders()).headers.Authorization;
        const ofPage = AppStrategy({ appId: app.appId, appSecret: app.appSecret, accessToken });
        const client = createClient({ auth: ofPage, ...optionsWith(fetch) });
        await client.auth.getTokenInfo();
        await client.fetchWithAuth("/apps/v1/instance");
      },
      ["/oauth2/token", "/oauth2/token-info", "/oauth2/token", "/apps/v1/instance"],
    ],
    [
      "a call of a resource",
      (fetch) => {
        const { appId, instanceId, secret: appSecret } = api;
        const owner = createApp({ appId, appSecret, ...optionsWith(fetch) });
        const resource = owner.instance(instanceId).resource({ identifier: audience, url: platform.url });
        return resource.fetchWithAuth("/healthz");
      },
      ["/oauth2/token", "/healthz"],
    ],
    [
      "the keys of an app",
      (fetch) => {
        const jwt = makeKeys("unknown").sign(claimsOf());
        return failureOf(
          createApp({ appId: app.appId, appSecret: app.appSecret, ...optionsWith(fetch) }).webhooks.process(
            jwt,
          ),
        );
      },
      ["/apps/<APP_ID>/.well-known/jwks.json"],
    ],
    [
      "introspection",
      async (fetch) => {
        const options = { issuer: platform.url, audience, apiKey: api.apiKey, ...optionsWith(fetch) };
        await createResourceServer(options).require(requestWith(await api.mint()));
      },
      ["/.well-known/jwks.json", "/oauth2/introspect"],
    ],
    [
      "the keys of the platform",
      async (fetch) => {
        const options = { issuer: platform.url, audience, offline: true, ...optionsWith(fetch) } as const;
        await createResourceServer(options).require(requestWith(await api.mint()));
      },
      ["/.well-known/jwks.json"],
    ],
  ])("FR-E1: bypasses caches: %s", async (_what, work, paths) => {
    const { fetch, requests } = recording();
    await work(fetch);
    expect(requests.map(([path, ...rest]) => [path.replace(app.appId, "<APP_ID>"), ...rest])).toEqual(
      paths.map((path) => [path, "no-store", undefined]),
    );
  });
});

describe("in Next.js 14", () => {
  /**
   * The data cache of Next.js: it caches the first success forever, also for POST; with `revalidate` it ignores
   * `cache`.
   */
  function cachingFetch(): typeof fetch {
    const kept = new Map<string, Response>();
    return async (input, init: FrameworkInit = {}) => {
      if (init.cache === "no-store" && init.next?.revalidate === undefined) return fetch(input, init);
      const headers = [...new Headers(init.headers)];
      const key = JSON.stringify([String(input), init.method, headers, init.body]);
      const response = kept.get(key) ?? (await fetch(input, init));
      if (response.status === 200) kept.set(key, response);
      return response.clone();
    };
  }

  test("FR-E1: recovers after all tokens of its instance were revoked", async () => {
    const auth = AppStrategy(app);
    const client = createClient({ auth, modules: { products }, ...optionsWith(cachingFetch()) });
    expect((await client.products.queryProducts().skip(1).find()).items).toEqual([]);
    const revoked = await managementCaller(platform)(`POST /instances/${app.instanceId}/revoke-tokens`);
    expect(revoked.status).toBe(200);
    expect((await client.products.queryProducts().skip(2).find()).items).toEqual([]);
  });

  test("FR-E1: recovers after the expiry of its first token, in a restarted process", async () => {
    const fetch = cachingFetch();
    const connect = () => createClient({ auth: AppStrategy(app), ...optionsWith(fetch) });
    const init: FrameworkInit = { next: { revalidate: 60 } };
    const statuses = [(await connect().fetchWithAuth("/apps/v1/instance", init)).status];
    await platform.clock.advance(4 * 3_600_000 + 60_000);
    statuses.push((await connect().fetchWithAuth("/apps/v1/instance", init)).status);
    expect(statuses).toEqual([200, 200]);
  });
});
