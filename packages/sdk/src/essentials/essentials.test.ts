import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createApp } from "../app/create-app.ts";
import { products } from "../stores/index.ts";
import { auth, fromEnvironment, httpClient, runAs } from "./index.ts";

const apiUrl = "http://127.0.0.1:4400";
const credentials = { appId: "b2f00000-0000-4000-8000-000000000001", appSecret: "secret-of-a-test-app" };
const instanceOf = (n: number) => `5a1c0000-0000-4000-8000-${String(n).padStart(12, "0")}`;

/** A platform with a separate token for each instance. The response to a call contains the token of the call. */
async function echoing(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const { pathname } = new URL(String(input));
  const body = typeof init.body === "string" ? JSON.parse(init.body) : {};
  if (pathname === "/oauth2/token") {
    const access_token = body.instance_id ? `token-of-${body.instance_id}` : `stripped-${body.access_token}`;
    return Response.json({ access_token, token_type: "Bearer", expires_in: 14_400 });
  }
  // Random delays, so that concurrent calls end in a different order than they began.
  answered += 1;
  await new Promise((resolve) => setTimeout(resolve, (answered * 7) % 20));
  if (pathname === "/oauth2/token-info") return Response.json({ active: true, subjectId: body.token });
  const seen = new Headers(init.headers).get("authorization");
  return Response.json({ seen, product: { id: seen }, products: [], totalResults: 0 });
}
let answered = 0;

const app = createApp({ ...credentials, apiUrl, fetch: echoing });
const seenBy = async (): Promise<unknown> =>
  ((await (await httpClient.fetchWithAuth("/echo")).json()) as { seen: unknown }).seen;

const variables = ["APP_ID", "APP_SECRET", "APP_PUBLIC_KEY", "INSTANCE_ID", "LATCHKEY_URL"] as const;
beforeEach(() => {
  for (const name of variables) vi.stubEnv(name, "");
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

describe("without a context", () => {
  const text =
    "This code runs without a context. Call it in a handler of the app or in runAs(instance, …), " +
    "or set APP_ID, APP_SECRET and INSTANCE_ID in the environment.";

  test.each([
    ["a request", () => httpClient.fetchWithAuth("/echo")],
    ["token information", () => auth.getTokenInfo()],
    ["an elevated call", async () => auth.elevate(products.getProduct)("p1")],
  ])("%s is rejected", async (_, call) => {
    await expect(call()).rejects.toMatchObject({ code: "no_context", message: text });
  });

  test("the nil UUID is no instance", async () => {
    vi.stubEnv("APP_ID", credentials.appId);
    vi.stubEnv("APP_SECRET", credentials.appSecret);
    vi.stubEnv("INSTANCE_ID", "00000000-0000-0000-0000-000000000000");
    await expect(httpClient.fetchWithAuth("/echo")).rejects.toMatchObject({ code: "no_context" });
  });
});

describe("for the instance of the environment", () => {
  beforeEach(() => {
    vi.stubGlobal("fetch", echoing);
    vi.stubEnv("APP_ID", credentials.appId);
    vi.stubEnv("APP_SECRET", credentials.appSecret);
    vi.stubEnv("INSTANCE_ID", instanceOf(1));
    vi.stubEnv("LATCHKEY_URL", apiUrl);
  });

  test("requests are sent", async () => {
    expect(await seenBy()).toBe(`token-of-${instanceOf(1)}`);
  });

  test("the instance of a handler has priority", async () => {
    expect(await runAs(app.instance(instanceOf(2)), seenBy)).toBe(`token-of-${instanceOf(2)}`);
  });
});

test("200 concurrent handlers of different instances have separate contexts", async () => {
  const work = async (n: number) => {
    const first = await seenBy();
    const { subjectId } = (await auth.getTokenInfo()) as { subjectId: string };
    const elevated = await auth.elevate(products.getProduct)("p1");
    const module = (globalThis as unknown as { __wix_context__: WixContext }).__wix_context__;
    const wix = await (await module.client.fetchWithAuth("/echo")).json();
    expect([n, first, subjectId, elevated.product?._id, wix.seen]).toEqual([
      n,
      ...Array(4).fill(`token-of-${instanceOf(n)}`),
    ]);
  };
  const all = Array.from({ length: 200 }, (_, n) => runAs(app.instance(instanceOf(n)), () => work(n)));
  await Promise.all(all);
  expect((globalThis as { __wix_context__?: unknown }).__wix_context__).toBe(undefined);
});
interface WixContext {
  readonly client: { fetchWithAuth(path: string): Promise<{ json(): Promise<{ seen: string }> }> };
}

test("calls of a user act as the user, elevated calls as the app", async () => {
  const info = { active: true, subjectType: "USER", subjectId: "user-1", clientId: credentials.appId };
  const fetch = async (input: RequestInfo | URL, init?: RequestInit) =>
    String(input).endsWith("token-info")
      ? Response.json({ ...info, instanceId: instanceOf(1), siteId: "site-1" })
      : echoing(input, init);
  const request = new Request("http://127.0.0.1/api", { headers: { authorization: "Bearer page-token" } });
  const { user } = await createApp({ ...credentials, apiUrl, fetch }).authenticate.user(request);
  await runAs(user, async () => {
    expect(await seenBy()).toBe("stripped-page-token");
    expect((await auth.elevate(products.getProduct)("p1")).product?._id).toBe(`token-of-${instanceOf(1)}`);
  });
});

test("a context that other code has set for the third-party modules is kept", () => {
  const place = globalThis as { __wix_context__?: unknown };
  const theirs = { client: {} };
  place.__wix_context__ = theirs;
  runAs(app.instance(instanceOf(1)), () => {
    expect(place.__wix_context__).not.toBe(theirs);
    place.__wix_context__ = undefined;
    expect(place.__wix_context__).toBe(undefined);
  });
  expect(place.__wix_context__).toBe(theirs);
  place.__wix_context__ = undefined;
});

describe("credentials of the environment", () => {
  test("are the variables that npm start writes", () => {
    vi.stubEnv("APP_ID", credentials.appId);
    vi.stubEnv("APP_SECRET", credentials.appSecret);
    vi.stubEnv("APP_PUBLIC_KEY", "LS0tLS1C");
    expect(fromEnvironment()).toEqual({ ...credentials, publicKey: "LS0tLS1C" });
  });

  test("that are missing are listed in the error", () => {
    expect(() => fromEnvironment()).toThrow(
      expect.objectContaining({
        code: "missing_credentials",
        message:
          "APP_ID and APP_SECRET are missing in the environment. Run with: node --env-file=.latchkey/demo.env, " +
          "or set the values that POST /admin/v1/apps returned.",
      }),
    );
  });
});
