import { failureOf, printedForms } from "@latchkey/test-support/sdk/failure";
import {
  API_URL,
  APP_ID,
  APP_SECRET,
  CREDENTIALS,
  createScriptedPlatform,
  issue,
  json,
  PUBLIC_KEY,
  type Script,
} from "@latchkey/test-support/sdk/scripted-platform";
import { describe, expect, it } from "vitest";
import { AppStrategy, type AppStrategyOptions } from "./app-strategy.ts";
import { createClient } from "./create-client.ts";

const PAGE_TOKEN = "page-token-that-nobody-may-see";
const { instanceId: INSTANCE_ID, ...APP } = CREDENTIALS;
const OF_A_PAGE = { ...APP, accessToken: PAGE_TOKEN };
const INFO = {
  active: true,
  subjectType: "USER",
  subjectId: "u1",
  clientId: APP_ID,
  instanceId: INSTANCE_ID,
};

function connect(options: AppStrategyOptions, info: object = INFO, script: Script = {}) {
  const platform = createScriptedPlatform({
    onCall: ({ url }) => json(url.endsWith("/oauth2/token-info") ? info : {}),
    ...script,
  });
  const client = createClient({ auth: AppStrategy(options), ...platform.options });
  return { client, platform };
}

const bodiesOf = (requests: readonly { readonly body: string }[]) =>
  requests.map(({ body }) => JSON.parse(body));

describe("AppStrategy", () => {
  it("keeps the public key", () => {
    expect(AppStrategy({ ...CREDENTIALS, publicKey: PUBLIC_KEY }).publicKey).toBe(PUBLIC_KEY);
  });

  const source =
    "With npm start, it is in .latchkey/demo.env; otherwise use the value that POST /admin/v1/apps returned.";
  const noToken = "accessToken or refreshToken is malformed. Pass only the token.";
  it.each([
    [{ appId: "" }, `appId is missing. ${source}`],
    [{ appId: undefined }, `appId is missing. ${source}`],
    [{ appSecret: "" }, `appSecret is missing. ${source}`],
    [{ appSecret: null }, `appSecret is missing. ${source}`],
    [{ appSecret: `${APP_SECRET}\n` }, "appSecret contains white space. Remove the white space."],
    [
      { appId: APP_SECRET, appSecret: APP_ID },
      "appId contains a secret. Check whether appId and appSecret are swapped.",
    ],
    [{ accessToken: "" }, noToken],
    [{ accessToken: "Bearer a.b.c" }, noToken],
    [{ accessToken: 7 }, noToken],
  ])("FR-D9: refuses %j", async (change, message) => {
    const options = { ...CREDENTIALS, ...change } as AppStrategyOptions;
    const error = await failureOf(() => AppStrategy(options));
    expect([error.code, error.message]).toEqual(["missing_credentials", message]);
  });

  it("rejects an empty list of scopes", () => {
    expect(() => AppStrategy({ ...CREDENTIALS, scopes: [] })).toThrow(
      new TypeError("scopes is empty. Pass at least one scope, or omit the option to request all scopes."),
    );
  });

  it.each(["", "A B", 'A"', "A\\B", "A\n", "é"])("rejects the scope %j", (scope) => {
    expect(() => AppStrategy({ ...CREDENTIALS, scopes: [scope] })).toThrow(
      new TypeError(
        "A scope is not valid. Each scope must be one word of printable ASCII characters (RFC 6749 section 3.3).",
      ),
    );
  });

  it("prints neither secret nor token", () => {
    const shown = printedForms(AppStrategy(OF_A_PAGE)) + printedForms(connect(OF_A_PAGE).client);
    expect(shown).not.toContain(APP_SECRET);
    expect(shown).not.toContain(PAGE_TOKEN);
  });
});

describe("a client with the token of a page", () => {
  it("exchanges it once for an access token, and uses this token for calls", async () => {
    const { client, platform } = connect(OF_A_PAGE);
    await Promise.all([client.fetchWithAuth("/a"), client.fetchWithAuth("/b")]);
    await client.fetchWithAuth("/c");
    expect(bodiesOf(platform.tokenRequests)).toEqual([
      { grant_type: "strip_bound_session", client_secret: APP_SECRET, access_token: PAGE_TOKEN },
    ]);
    expect(platform.calls.map(({ token }) => token)).toEqual(["token-1", "token-1", "token-1"]);
  });

  it("exchanges it for a token with only the given scopes", async () => {
    const { client, platform } = connect({ ...OF_A_PAGE, scopes: ["B", "A"] });
    await client.fetchWithAuth("/a");
    expect(bodiesOf(platform.tokenRequests)).toEqual([
      {
        grant_type: "strip_bound_session",
        client_secret: APP_SECRET,
        access_token: PAGE_TOKEN,
        scope: "A B",
      },
    ]);
  });

  it("shares no token between different scopes in a shared cache", async () => {
    const entries = new Map<string, string>();
    const tokenCache = {
      get: async (key: string) => entries.get(key),
      set: async (key: string, value: string) => entries.set(key, value),
      delete: async (key: string) => entries.delete(key),
    };
    const platform = createScriptedPlatform();
    const call = (scopes?: readonly string[]) =>
      createClient({
        auth: AppStrategy({ ...OF_A_PAGE, scopes }),
        ...platform.options,
        tokenCache,
      }).fetchWithAuth("/a");
    for (const scopes of [undefined, ["A"], ["B"], ["A"], undefined]) await call(scopes);
    const tokens = ["token-1", "token-2", "token-3", "token-2", "token-1"];
    expect(platform.calls.map(({ token }) => token)).toEqual(tokens);
  });

  it("exchanges it again after a 401", async () => {
    const { client, platform } = connect(OF_A_PAGE, INFO, {
      onCall: (_request, count) => json({}, count === 1 ? 401 : 200),
    });
    expect((await client.fetchWithAuth("/a")).status).toBe(200);
    expect(platform.calls.map(({ token }) => token)).toEqual(["token-1", "token-2"]);
  });

  it("acts as the instance when instanceId is also given", async () => {
    const { client, platform } = connect({ ...OF_A_PAGE, instanceId: INSTANCE_ID });
    await client.fetchWithAuth("/a");
    expect(bodiesOf(platform.tokenRequests)).toMatchObject([{ grant_type: "client_credentials" }]);
  });

  it("shows the token in no error", async () => {
    const { client } = connect(OF_A_PAGE, INFO, {
      onToken: () => json({ error: "invalid_grant", error_description: `${PAGE_TOKEN} has ended` }, 400),
    });
    const error = await failureOf(client.fetchWithAuth("/a"));
    expect([error.code, error.status, error.reason]).toEqual(["token_request_failed", 400, "invalid_grant"]);
    expect(error.message).toMatch(/ Request a new one in the page\.$/);
    expect(error.message).not.toContain("instanceId");
    expect(printedForms(error)).not.toContain(PAGE_TOKEN);
  });
});

describe("auth", () => {
  it("returns the header of calls, with the same token", async () => {
    const { client, platform } = connect(CREDENTIALS);
    expect(await client.auth.getAuthHeaders()).toEqual({ headers: { Authorization: "token-1" } });
    await client.fetchWithAuth("/a");
    expect(platform.calls[0]?.token).toBe("token-1");
    expect(platform.tokenRequests).toHaveLength(1);
  });

  it.each<[string, AppStrategyOptions, string]>([
    ["of the page", OF_A_PAGE, PAGE_TOKEN],
    ["that calls are sent with", CREDENTIALS, "token-1"],
  ])("requests information about the token %s, without credentials", async (_which, options, token) => {
    const { client, platform } = connect(options);
    expect(await client.auth.getTokenInfo()).toEqual(INFO);
    expect(platform.calls).toMatchObject([
      { method: "POST", url: `${API_URL}/oauth2/token-info`, token: null, body: JSON.stringify({ token }) },
    ]);
  });

  it("rejects a response without the member active", async () => {
    const error = await failureOf(connect(OF_A_PAGE, { hello: "world" }).client.auth.getTokenInfo());
    expect([error.code, error.message]).toEqual([
      "unexpected_response",
      "The token-info request returned status 200 without the member active. " +
        "Check that apiUrl is the URL of the platform, and that no proxy changes the response.",
    ]);
  });

  it("has no token without an instance and an access token", async () => {
    const error = await failureOf(connect(APP).client.auth.getAuthHeaders());
    expect(error.code).toBe("missing_credentials");
  });
});

describe("elevated", () => {
  it("acts as the app on the instance of the token", async () => {
    const { client, platform } = connect({ ...OF_A_PAGE, publicKey: PUBLIC_KEY, scopes: ["A"] });
    const auth = await client.auth.elevated();
    expect(auth).toMatchObject({
      appId: APP_ID,
      instanceId: INSTANCE_ID,
      publicKey: PUBLIC_KEY,
      scopes: ["A"],
    });
    await createClient({ auth, ...platform.options }).fetchWithAuth("/a");
    expect(bodiesOf(platform.tokenRequests)).toEqual([
      {
        grant_type: "client_credentials",
        client_id: APP_ID,
        client_secret: APP_SECRET,
        instance_id: INSTANCE_ID,
        scope: "A",
      },
    ]);
  });

  it.each([
    [
      { active: false },
      "it has expired, was revoked, or is not a token of this platform. Request a new one in the page.",
    ],
    [{ ...INFO, clientId: "b" }, "it was issued to another app. Pass a token of a page of this app."],
    [{ ...INFO, instanceId: undefined }, "it has no instance."],
  ])("rejects a token with the information %j", async (info, why) => {
    const error = await failureOf(connect(OF_A_PAGE, info).client.auth.elevated());
    expect([error.code, error.message]).toEqual([
      "invalid_access_token",
      `accessToken cannot be elevated: ${why}`,
    ]);
  });

  it("requires an access token", async () => {
    const { client, platform } = connect(CREDENTIALS);
    const error = await failureOf(client.auth.elevated());
    expect([error.code, platform.calls.length]).toEqual(["missing_credentials", 0]);
  });

  it("calls the platform of the environment without a client", async () => {
    process.env.LATCHKEY_URL = "http://127.0.0.1:1";
    const { fetch } = globalThis;
    const asked: string[] = [];
    globalThis.fetch = async (input) => {
      asked.push(String(input));
      return json(INFO);
    };
    try {
      expect((await AppStrategy(OF_A_PAGE).elevated()).instanceId).toBe(INSTANCE_ID);
      globalThis.fetch = async () => issue("token-1");
      const { headers } = await AppStrategy(CREDENTIALS).getAuthHeaders();
      expect(headers).toEqual({ Authorization: "token-1" });
    } finally {
      globalThis.fetch = fetch;
      delete process.env.LATCHKEY_URL;
    }
    expect(asked).toEqual(["http://127.0.0.1:1/oauth2/token-info"]);
  });
});
