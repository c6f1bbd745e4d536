import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { ApiKeyStrategy, AppStrategy, createClient, OAuthStrategy } from "@wix/sdk";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

// The third-party client also serves front ends without an app secret, scripts with an API key, and other APIs. The platform
// does not support them: each call gets an error response.

let platform: TestPlatform;
let credentials: { appId: string; appSecret: string; instanceId: string };
/** The last response of the platform. */
let last: { path: string; status: number; body: Record<string, unknown> };

beforeAll(async () => {
  platform = await createTestPlatform();
  const { fetch } = globalThis;
  vi.stubGlobal("fetch", async (input: RequestInfo | URL, init?: RequestInit) => {
    const url = new URL(input instanceof Request ? input.url : String(input));
    const ours = `${platform.url}${url.pathname}${url.search}`;
    const response = await fetch(input instanceof Request ? new Request(ours, input) : ours, init);
    const body = (await response
      .clone()
      .json()
      .catch(() => ({}))) as Record<string, unknown>;
    last = { path: url.pathname, status: response.status, body };
    return response;
  });
  const { appId, secret } = await platform.createApp();
  const { siteId } = await platform.createSite();
  const { instanceId } = await platform.install({ appId, siteId });
  credentials = { appId, appSecret: secret.value, instanceId };
});
afterAll(async () => {
  vi.unstubAllGlobals();
  await platform.close();
});

test("FR-F: the token of a visitor is refused as a grant that the platform does not have", async () => {
  const auth = OAuthStrategy({ clientId: credentials.appId });
  await expect(auth.generateVisitorTokens()).rejects.toThrow();
  expect(last).toMatchObject({
    ...{ path: "/oauth2/token", status: 400 },
    body: {
      error: "unsupported_grant_type",
      error_description: "grant_type must be client_credentials or strip_bound_session.",
    },
  });
});

test("FR-F: a call with an API key of the third party is 401", async () => {
  const auth = ApiKeyStrategy({ apiKey: "IST.a.b.c", siteId: credentials.instanceId });
  const response = await createClient({ auth, modules: {} }).fetchWithAuth(
    "https://www.wixapis.com/apps/v1/instance",
  );
  expect(response.status).toBe(401);
  expect(last.body).toMatchObject({ details: { applicationError: { code: "UNAUTHENTICATED" } } });
});

test("FR-F: GraphQL fails with the status", async () => {
  const client = createClient({ auth: AppStrategy(credentials), modules: {} });
  await expect(client.graphql("query { a }" as never, {} as never)).rejects.toThrow("404");
  expect(last).toMatchObject({
    body: { details: { applicationError: { code: "ENDPOINT_NOT_SERVED" } } },
  });
});

test.each([
  "POST /_api/redirects-api/v1/redirect-session",
  "GET /members/v1/members/my",
  "POST /_api/iam/authentication/v2/login",
  "POST /_api/iam/authentication/v2/register",
  "POST /_api/iam/recovery/v1/send-email",
  "POST /_api/iam/verification/v1/auth/verify",
  "GET /apps/v1/scripts",
  "POST /apps/v1/checkout",
])("FR-F: %s is not served, and the text says how to stub it", async (call) => {
  const [method = "", path = ""] = call.split(" ");
  const client = createClient({ auth: AppStrategy(credentials), modules: {} });
  const response = await client.fetchWithAuth(`https://www.wixapis.com${path}`, { method });
  expect([response.status, last.body]).toEqual([
    404,
    expect.objectContaining({
      message: expect.stringMatching(/^This path is not served here with this method\. To stub it, /),
    }),
  ]);
});
