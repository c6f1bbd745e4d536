import {
  API_URL,
  APP_ID,
  APP_SECRET,
  CREDENTIALS,
  PUBLIC_KEY,
} from "@latchkey/test-support/sdk/scripted-platform";
import { expect, test } from "vitest";
import { AppStrategy, createApp, createClient } from "../index.ts";
import { createResourceServer } from "../resource-server/index.ts";

const app = { appId: APP_ID, appSecret: APP_SECRET, apiUrl: API_URL };
const auth = AppStrategy(CREDENTIALS);

const strategyOptions =
  "appId, appSecret, publicKey, instanceId, accessToken, refreshToken, onRefreshToken, scopes";
const connection = "apiUrl, timeoutMs, tokenCache, cacheSize, fetch, clock, random";

test.each<[string, () => unknown, string]>([
  [
    "AppStrategy",
    () => AppStrategy({ ...CREDENTIALS, scope: ["A"] } as object as typeof CREDENTIALS),
    `AppStrategy has no option "scope". Did you mean "scopes"? It takes ${strategyOptions}.`,
  ],
  [
    "createClient",
    () => createClient({ auth, apiURL: API_URL } as { auth: typeof auth }),
    `createClient has no option "apiURL". Did you mean "apiUrl"? It takes auth, modules, webhooks, servicePlugins, ${connection}.`,
  ],
  [
    "createClient, of the third-party client",
    () => createClient({ auth, host: {} } as { auth: typeof auth }),
    `createClient has no option "host". It takes auth, modules, webhooks, servicePlugins, ${connection}.`,
  ],
  [
    "webhooks of createClient",
    () => createClient({ auth, webhooks: { ack: "before" } } as { auth: typeof auth }),
    'webhooks of createClient has no option "ack". It takes issuer, handledEvents, onUnhandled.',
  ],
  [
    "createApp",
    () => createApp({ ...app, timeout: 5 } as typeof app),
    `createApp has no option "timeout". Did you mean "timeoutMs"? It takes appId, appSecret, publicKey, scopes, modules, ${connection}, webhooks, servicePlugins, pages, onRefused.`,
  ],
  [
    "createApp, of AppStrategy",
    () => createApp({ ...app, instanceId: "i" } as typeof app),
    "createApp has no option instanceId, because an app has many instances. Call app.instance(instanceId).",
  ],
  [
    "webhooks of createApp",
    () => createApp({ ...app, webhooks: { onerror() {} } } as typeof app),
    'webhooks of createApp has no option "onerror". Did you mean "onError"? It takes issuer, handledEvents, ack, waitUntil, onUnhandled, onError.',
  ],
  [
    "servicePlugins of createApp",
    () => createApp({ ...app, servicePlugins: { issuers: "" } } as typeof app),
    'servicePlugins of createApp has no option "issuers". Did you mean "issuer"? It takes issuer, onError.',
  ],
  [
    "pages of createApp",
    () => createApp({ ...app, pages: { maxAgeMs: 1 } } as typeof app),
    'pages of createApp has no option "maxAgeMs". Did you mean "maxAge"? It takes secrets, maxAge.',
  ],
  [
    "app.instance",
    () => createApp(app).instance("i", { scope: ["A"] } as object),
    'app.instance has no option "scope". Did you mean "scopes"? It takes scopes.',
  ],
  [
    "createResourceServer",
    () =>
      createResourceServer({ issuer: API_URL, audience: "a", offline: true, apikey: "k" } as Parameters<
        typeof createResourceServer
      >[0]),
    'createResourceServer has no option "apikey". Did you mean "apiKey"? It takes issuer, audience, apiKey, offline, apiUrl, cacheSize, onUnavailable, onRefused, fetch, clock.',
  ],
  ["nothing", () => createClient(undefined as never), "createClient takes an object with options."],
])("refuses an unknown option of %s, with the options that it takes", (_, create, message) => {
  expect(create).toThrow(expect.objectContaining({ code: "invalid_option", message }));
});

test("refuses an unknown option in types", () => {
  const attempts = [
    // @ts-expect-error scopes
    () => AppStrategy({ ...CREDENTIALS, scope: ["A"] }),
    // @ts-expect-error apiUrl
    () => createClient({ auth, apiURL: API_URL }),
    // @ts-expect-error timeoutMs
    () => createApp({ ...app, timeout: 5 }),
    // @ts-expect-error apiKey
    () => createResourceServer({ issuer: API_URL, audience: "a", offline: true, apikey: "k" }),
  ];
  for (const attempt of attempts) expect(attempt).toThrow("has no option");
});

test("authenticate.page refuses an unknown option", async () => {
  const request = new Request("https://app.example/?instance=x");
  await expect(createApp(app).authenticate.page(request, { visitor: true } as object)).rejects.toMatchObject({
    code: "invalid_option",
    message: 'authenticate.page has no option "visitor". Did you mean "visitors"? It takes visitors.',
  });
});

test("an option that is undefined counts as absent", () => {
  const client = createClient({ auth, apiUrl: API_URL, webhooks: undefined, servicePlugins: undefined });
  expect(client.fetchWithAuth).toBeTypeOf("function");
});

test.each([
  ["AppInstaled", "AppInstalled"],
  ["appRemoved", "AppRemoved"],
  ["com.wix.ecommerce.catalog.api.v1.ProductCreate", "com.wix.ecommerce.catalog.api.v1.ProductCreated"],
])("on() refuses the event type %s, and names the one that was meant", (given, meant) => {
  const { webhooks } = createApp({ appId: APP_ID, publicKey: PUBLIC_KEY, apiUrl: API_URL });
  expect(() => webhooks.on(given, () => {})).toThrow(
    expect.objectContaining({
      code: "invalid_option",
      message: `on() got the event type "${given}". Did you mean "${meant}"?`,
    }),
  );
});

test("on() takes every built-in event type, and any type of a platform owner", () => {
  const { webhooks } = createApp({ appId: APP_ID, publicKey: PUBLIC_KEY, apiUrl: API_URL });
  for (const type of ["AppInstalled", "latchkey.site_changed", "AppointmentBooked", "acme.product_created"]) {
    webhooks.on(type, () => {});
  }
  // @ts-expect-error the names latchkey.* are those of the platform
  expect(() => webhooks.on("latchkey.site_change", () => {})).toThrow(
    'Did you mean "latchkey.site_changed"?',
  );
});
