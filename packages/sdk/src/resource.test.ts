import { failureOf, printedForms } from "@latchkey/test-support/sdk/failure";
import {
  API_URL,
  APP_ID,
  APP_SECRET,
  CREDENTIALS,
  createScriptedPlatform,
  json,
  type Script,
} from "@latchkey/test-support/sdk/scripted-platform";
import { describe, expect, it } from "vitest";
import { createApp } from "./app/create-app.ts";
import { AppStrategy, type AppStrategyOptions } from "./app-strategy.ts";
import { createClient } from "./create-client.ts";

const BOOKINGS = { identifier: "urn:example:bookings", url: "https://api.example.com/v1" };
const ROOMS = { identifier: "urn:example:rooms", url: "https://api.example.com/rooms" };
const { instanceId: INSTANCE_ID, ...APP } = CREDENTIALS;
const OTHER_INSTANCE_ID = "5a1c0000-0000-4000-8000-000000000002";

/** Each token contains its resource. */
function connect(change: object = {}, script: Script = {}) {
  const platform = createScriptedPlatform({
    onToken: ({ body }) => {
      const { instance_id, resource = "platform", scope = "*" } = JSON.parse(body);
      const access_token = `${instance_id.at(-1)}/${resource}/${scope}`;
      return json({ access_token, token_type: "Bearer", expires_in: 14_400 });
    },
    ...script,
  });
  const app = createApp({ appId: APP_ID, appSecret: APP_SECRET, ...platform.appOptions, ...change });
  const called = () => platform.calls.map(({ token, url }) => [url, token]);
  return { ...platform, app, called };
}

function clientOf(options: AppStrategyOptions) {
  const platform = createScriptedPlatform();
  return { ...platform, client: createClient({ auth: AppStrategy(options), ...platform.options }) };
}

describe("an API other than the platform's own", () => {
  it("is called with a token for it", async () => {
    const { client, calls, tokenRequests } = clientOf(CREDENTIALS);
    const bookings = client.resource(BOOKINGS);
    expect((await bookings.fetchWithAuth("/bookings?day=1", { method: "POST", body: "{}" })).status).toBe(
      200,
    );
    expect(tokenRequests).toMatchObject([{ url: `${API_URL}/oauth2/token` }]);
    expect(JSON.parse(tokenRequests[0]?.body ?? "")).toEqual({
      grant_type: "client_credentials",
      client_id: APP_ID,
      client_secret: APP_SECRET,
      instance_id: INSTANCE_ID,
      resource: "urn:example:bookings",
    });
    expect(calls).toMatchObject([
      { method: "POST", url: "https://api.example.com/v1/bookings?day=1", token: "token-1", body: "{}" },
    ]);
  });

  it("never gets the token of the platform's APIs, of another API or of another instance", async () => {
    const { app, called, tokenRequests } = connect();
    const [one, two] = [app.instance(INSTANCE_ID), app.instance(OTHER_INSTANCE_ID)];
    for (let round = 0; round < 2; round += 1) {
      await one.fetchWithAuth("/x");
      await one.resource(BOOKINGS).fetchWithAuth("/x");
      await one.resource(ROOMS).fetchWithAuth("/x");
      await two.resource(BOOKINGS).fetchWithAuth("/x");
      await app
        .instance(INSTANCE_ID, { scopes: ["A"] })
        .resource(BOOKINGS)
        .fetchWithAuth("/x");
    }
    const round = [
      [`${API_URL}/x`, "1/platform/*"],
      ["https://api.example.com/v1/x", "1/urn:example:bookings/*"],
      ["https://api.example.com/rooms/x", "1/urn:example:rooms/*"],
      ["https://api.example.com/v1/x", "2/urn:example:bookings/*"],
      ["https://api.example.com/v1/x", "1/urn:example:bookings/A"],
    ];
    expect(called()).toEqual([...round, ...round]);
    expect(tokenRequests).toHaveLength(5);
  });

  it("shares no token with other APIs in a shared cache", async () => {
    const entries = new Map<string, string>();
    const tokenCache = {
      get: async (key: string) => entries.get(key),
      set: async (key: string, value: string) => entries.set(key, value),
      delete: async (key: string) => entries.delete(key),
    };
    const first = connect({ tokenCache });
    await first.app.instance(INSTANCE_ID).fetchWithAuth("/x");
    await first.app.instance(INSTANCE_ID).resource(BOOKINGS).fetchWithAuth("/x");
    const second = connect({ tokenCache });
    await second.app.instance(INSTANCE_ID).resource(ROOMS).fetchWithAuth("/x");
    await second.app.instance(INSTANCE_ID).resource(BOOKINGS).fetchWithAuth("/x");
    expect(second.called()).toEqual([
      ["https://api.example.com/rooms/x", "1/urn:example:rooms/*"],
      ["https://api.example.com/v1/x", "1/urn:example:bookings/*"],
    ]);
    expect(second.tokenRequests).toHaveLength(1);
  });

  it("gets one retry with a new token after a 401", async () => {
    const onCall: Script["onCall"] = (_request, count) => json({}, count === 1 ? 401 : 200);
    const { app, tokenRequests } = connect({}, { onCall });
    expect((await app.instance(INSTANCE_ID).resource(BOOKINGS).fetchWithAuth("/x")).status).toBe(200);
    expect(tokenRequests).toHaveLength(2);
  });

  it.each(["https://api.example.com/v1/x", "https://api.example.com:443/v1", "x", "//evil.test/x", ""])(
    "gets a token at %j",
    async (pathOrUrl) => {
      const { app, calls } = connect();
      await app.instance(INSTANCE_ID).resource(BOOKINGS).fetchWithAuth(pathOrUrl);
      expect(calls[0]?.url).toMatch(/^https:\/\/api\.example\.com\/v1(\/|$)/);
    },
  );

  it.each([
    "https://evil.test/v1/x",
    `${API_URL}/x`,
    "https://www.wixapis.com/stores/v1/products",
    "http://api.example.com/v1/x",
    "https://api.example.com:444/v1/x",
    "https://api.example.com/v12",
    "https://user@api.example.com/v1/x",
    "/../rooms/x",
    "/%2e%2E/rooms/x",
    "/..\\rooms",
    "..",
    "javascript:alert(1)",
  ])("gets no token at %j", async (pathOrUrl) => {
    const { app, calls, tokenRequests } = connect();
    const error = await failureOf(app.instance(INSTANCE_ID).resource(BOOKINGS).fetchWithAuth(pathOrUrl));
    expect([error.code, error.message]).toEqual([
      "foreign_host",
      "The access token for this API is sent to https://api.example.com/v1 and paths below it only. " +
        "Pass a path of the API.",
    ]);
    expect([calls, tokenRequests]).toEqual([[], []]);
  });

  it("requires https", async () => {
    const { app } = connect();
    const plain = { ...BOOKINGS, url: "http://api.example.com" };
    const error = await failureOf(() => app.instance(INSTANCE_ID).resource(plain));
    expect(error.code).toBe("insecure_api_url");
    expect(error.message).toMatch(/^http would expose every token on the network/);
  });

  it.each([API_URL, `${API_URL}/`, "", undefined])("cannot have the identifier %j", (identifier) => {
    const { app } = connect();
    const target = { ...BOOKINGS, identifier: identifier as string };
    expect(() => app.instance(INSTANCE_ID).resource(target)).toThrow(TypeError);
  });

  it("cannot be called as the user of a page, only as the app", async () => {
    const { client, tokenRequests } = clientOf({ ...APP, accessToken: "page-token" });
    const error = await failureOf(client.resource(BOOKINGS).fetchWithAuth("/x"));
    expect(error.code).toBe("missing_credentials");
    expect(error.message).toContain("with await auth.elevated()");
    expect(tokenRequests).toEqual([]);
  });

  it("fails with advice when it is not registered", async () => {
    const refused = () =>
      json({ error: "invalid_target", error_description: "There is no such resource." }, 400);
    const { app } = connect({}, { onToken: refused });
    const error = await failureOf(app.instance(INSTANCE_ID).resource(BOOKINGS).fetchWithAuth("/x"));
    expect(error).toMatchObject({ code: "token_request_failed", status: 400, reason: "invalid_target" });
    expect(error.message).toContain("registered on the platform with exactly this identifier");
  });

  it("has a handle that prints neither secret nor token", async () => {
    const { app } = connect();
    const bookings = app.instance(INSTANCE_ID).resource(BOOKINGS);
    await bookings.fetchWithAuth("/x");
    expect(printedForms(bookings)).not.toContain(APP_SECRET);
    expect(printedForms(bookings)).not.toContain("1/urn:example:bookings/*");
  });
});
