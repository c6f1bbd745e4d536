import { failureOf, printedForms } from "@latchkey/test-support/sdk/failure";
import {
  APP_ID,
  APP_SECRET,
  CREDENTIALS,
  createScriptedPlatform,
  issue,
  json,
  PUBLIC_KEY,
} from "@latchkey/test-support/sdk/scripted-platform";
import { describe, expect, it } from "vitest";
import { createApp } from "./app/create-app.ts";
import { AppStrategy } from "./app-strategy.ts";
import { createClient } from "./create-client.ts";
import { products } from "./stores/products.ts";

const TOKEN = "t0ken-of-an-unknown-form";

function connect(onCall: (token: string) => Response | Promise<Response>) {
  const platform = createScriptedPlatform({
    onToken: () => issue(TOKEN),
    onCall: ({ token }) => onCall(token ?? ""),
  });
  const auth = AppStrategy({ ...CREDENTIALS, publicKey: PUBLIC_KEY });
  const client = createClient({ auth, modules: { products }, ...platform.options });
  return { ...platform, auth, client };
}

function expectNoSecretIn(value: unknown): void {
  const shown = printedForms(value);
  expect(shown).not.toContain(APP_SECRET);
  expect(shown).not.toContain(TOKEN);
}

describe("neither secret nor token is in printed or stored", () => {
  it("objects of a client after calls", async () => {
    const { appOptions, auth, client } = connect(() => json({ products: [], totalResults: 0 }));
    const result = await client.products.queryProducts().eq("name", "Mug").find();
    const app = createApp({ appId: APP_ID, appSecret: APP_SECRET, ...appOptions });
    const handle = app.instance(CREDENTIALS.instanceId);
    await handle.products.queryProducts().find();
    for (const value of [
      auth,
      client,
      client.products,
      client.products.queryProducts(),
      result,
      app,
      handle,
      products,
    ]) {
      expectNoSecretIn(value);
    }
    expectNoSecretIn([auth, { client, app, handle }]);
  });

  it.each([
    ["repeats the token in its error", (token: string) => json({ message: token, details: { token } }, 400)],
    ["repeats the token as the request ID", (token: string) => json({}, 404, { "x-request-id": token })],
    ["repeats the secret", () => json({ message: `secret ${APP_SECRET}` }, 403)],
    ["responds with the token instead of JSON", (token: string) => new Response(token)],
    [
      "redirects to a URL with the token",
      (token: string) =>
        new Response(null, { status: 302, headers: { location: `https://evil.test/?${token}` } }),
    ],
    [
      "fails in a library that attaches the request to its error",
      (token: string) =>
        Promise.reject(Object.assign(new Error(`sent ${token}`), { config: { headers: { token } } })),
    ],
    ["always responds with 401", (token: string) => json({ message: token }, 401)],
  ])("errors when the API %s", async (_what, onCall) => {
    const { client, clock } = connect(onCall);
    const failed = failureOf(client.products.queryProducts().find());
    await clock.advance(125);
    await clock.advance(250);
    expectNoSecretIn(await failed);
  });
});
