import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { managementCaller } from "@latchkey/test-support/management-client";
import { failureOf, printedForms } from "@latchkey/test-support/sdk/failure";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AppStrategy, createClient } from "../index.ts";

const redirectUrl = "https://app.example/callback?tenant=1";
const state = "state-of-the-session";

describe("the legacy flow against the real platform", () => {
  let platform: TestPlatform;
  let app: { appId: string; appSecret: string };
  let instanceId: string;
  let requests: string[] = [];

  beforeAll(async () => {
    platform = await createTestPlatform({ seed: "legacy sdk" });
    const legacy = { appUrl: "https://app.example/", redirectUrls: [redirectUrl] };
    const { appId, secret } = await platform.createApp({ legacy });
    const { siteId } = await platform.createSite();
    ({ instanceId } = await platform.install({ appId, siteId }));
    app = { appId, appSecret: secret.value };
  });
  beforeEach(() => {
    requests = [];
  });
  afterAll(() => platform.close());

  function connect(more: object = {}) {
    const counting: typeof fetch = (input, init) => {
      requests.push(new URL(String(input)).pathname);
      return fetch(input, init);
    };
    return createClient({ auth: AppStrategy({ ...app, ...more }), apiUrl: platform.url, fetch: counting });
  }

  async function callback(change: (url: URL) => void = () => {}): Promise<string> {
    const { body } = await managementCaller(platform)("POST /dev/codes", {
      body: { instanceId, redirectUrl, state },
    });
    const url = new URL(String(body.callbackUrl));
    change(url);
    return url.href;
  }

  const instanceOf = async (client: ReturnType<typeof connect>) => {
    const response = await client.fetchWithAuth("/apps/v1/instance");
    return ((await response.json()) as { instance: { instanceId: string } }).instance.instanceId;
  };

  it("builds the URL of an installation", () => {
    const { auth } = connect();
    const base = `${platform.url}/installer/install?redirectUrl=https%3A%2F%2Fapp.example%2Fcallback%3Ftenant%3D1`;
    expect(auth.getInstallUrl({ redirectUrl })).toBe(`${base}&appId=${app.appId}`);
    expect(auth.getInstallUrl({ redirectUrl, token: "lki_1", state: "a b" })).toBe(
      `${base}&appId=${app.appId}&state=a+b&token=lki_1`,
    );
  });

  it("sends owners of the public platform to its website", () => {
    const auth = AppStrategy({ appId: app.appId, appSecret: "secret-of-the-public-platform" });
    const client = createClient({ auth, apiUrl: "https://www.wixapis.com" });
    expect(client.auth.getInstallUrl({ redirectUrl: "https://a.example" })).toBe(
      `https://www.wix.com/installer/install?redirectUrl=https%3A%2F%2Fa.example&appId=${app.appId}`,
    );
  });

  it.each(["the complete URL", "the path of the request"])("exchanges the code of %s", async (which) => {
    const client = connect();
    const { href, pathname, search } = new URL(await callback());
    const result = await client.auth.handleOAuthCallback(
      which === "the complete URL" ? href : pathname + search,
      { state },
    );
    expect(result).toEqual({
      instanceId,
      accessToken: expect.stringMatching(/^eyJ/),
      refreshToken: expect.stringMatching(/^lkr_/),
    });
    expect(await instanceOf(client)).toBe(instanceId);
    expect(await client.auth.getTokenInfo()).toMatchObject({ active: true, instanceId, clientId: app.appId });
  });

  it("20 concurrent calls with a refresh token make one request, and later calls none", async () => {
    const { refreshToken } = await connect().auth.handleOAuthCallback(await callback());
    requests = [];
    const client = connect({ refreshToken });
    expect(await Promise.all(Array.from({ length: 20 }, () => instanceOf(client)))).toEqual(
      Array(20).fill(instanceId),
    );
    await instanceOf(client);
    expect(requests.filter((path) => path === "/oauth/access")).toHaveLength(1);
    expect(requests).toHaveLength(22);
  });

  it.each<[string, (url: URL) => void, string]>([
    ["another state", (url) => url.searchParams.set("state", "another"), "its state is missing or is not"],
    ["no state", (url) => url.searchParams.delete("state"), "its state is missing or is not the expected"],
    ["another issuer", (url) => url.searchParams.set("iss", "https://evil.example"), "its iss is another"],
    ["no code", (url) => url.searchParams.delete("code"), "it has no code or no instanceId."],
    ["no instanceId", (url) => url.searchParams.delete("instanceId"), "it has no code or no instanceId."],
    ["an error", (url) => url.searchParams.set("error", "access_denied"), "the error access_denied."],
    [
      "the instanceId of another instance",
      (url) => url.searchParams.set("instanceId", "11111111-1111-4111-8111-111111111111"),
      "its instanceId is not the instance of its code.",
    ],
  ])("F13 refuses a callback with %s", async (_, change, text) => {
    const client = connect();
    const url = await callback(change);
    const error = await failureOf(client.auth.handleOAuthCallback(url, { state }));
    expect(error.code).toBe("invalid_callback");
    expect(error.message).toContain(text);
    expect(printedForms(error)).not.toMatch(/lkc_|lkr_|eyJ/);
    expect((await failureOf(client.fetchWithAuth("/x"))).code).toBe("missing_credentials");
  });

  it("F13 returns no instance when the app is removed before its token is checked", async () => {
    const url = await callback((url) =>
      url.searchParams.set("instanceId", "11111111-1111-4111-8111-111111111111"),
    );
    const removed: typeof fetch = async (input, init) =>
      String(input).endsWith("/oauth2/token-info")
        ? Response.json({ active: false })
        : await fetch(input, init);
    const client = createClient({ auth: AppStrategy(app), apiUrl: platform.url, fetch: removed });
    const error = await failureOf(client.auth.handleOAuthCallback(url, { state }));
    expect(error.code).toBe("invalid_callback");
    expect(error.message).toContain("the tokens of its code are not valid any more.");
  });

  it("sends a code once, and says what to do when it is refused", async () => {
    const client = connect();
    const url = await callback();
    await client.auth.handleOAuthCallback(url);
    requests = [];
    const error = await failureOf(connect().auth.handleOAuthCallback(url));
    expect(requests).toEqual(["/oauth/access"]);
    expect(error).toMatchObject({ code: "token_request_failed", status: 400, reason: "invalid_grant" });
    expect(error.message).toMatch(/A code is valid once, for 10 minutes\.[^.]+getInstallUrl again\.$/);
  });

  it("a refresh token of a removed app is refused with advice", async () => {
    const { refreshToken } = await connect().auth.handleOAuthCallback(await callback());
    await managementCaller(platform)(`POST /instances/${instanceId}/revoke-tokens`, { body: {} });
    const error = await failureOf(connect({ refreshToken }).fetchWithAuth("/apps/v1/instance"));
    expect(error).toMatchObject({ code: "token_request_failed", status: 400, reason: "invalid_grant" });
    expect(error.message).toContain("Pass AppStrategy the instanceId instead of refreshToken.");
    expect(printedForms(error)).not.toContain(refreshToken);
  });
});
