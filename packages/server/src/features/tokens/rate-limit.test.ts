import { stores } from "@latchkey/stores";
import { requestToken } from "@latchkey/test-support/request-token";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";

let platform: TestPlatform;

beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores], apiRateLimit: 5 });
});
afterAll(() => platform.close());

/** Creates an app with an instance on a new site. */
async function installed(scope = "SCOPE.DC-STORES.READ-PRODUCTS"): Promise<{ token(): Promise<string> }> {
  const app = await platform.createApp({ scopes: [scope] });
  const { siteId } = await platform.createSite();
  const { instanceId } = await platform.install({ appId: app.appId, siteId, grant: [scope] });
  const client = { appId: app.appId, secret: app.secret.value, instanceId };
  return { token: () => requestToken(platform.url, client) };
}

async function call(token: string, path = "/stores-reader/v1/products/query-platformized") {
  const response = await fetch(platform.url + path, { headers: { authorization: token } });
  return {
    status: response.status,
    retryAfter: response.headers.get("retry-after"),
    body: await response.json(),
  };
}

async function statuses(token: string, count: number, path?: string): Promise<number[]> {
  const all: number[] = [];
  for (let calls = 0; calls < count; calls += 1) all.push((await call(token, path)).status);
  return all;
}

test("rejects calls above the limit, with the time of the next one", async () => {
  const { token } = await installed();
  const bearer = await token();
  expect(await statuses(bearer, 5)).toEqual([200, 200, 200, 200, 200]);
  const text = "This instance may make 5 calls a minute; the next one may come in 12 s.";
  expect(await call(bearer)).toEqual({
    status: 429,
    retryAfter: "12",
    body: {
      message: text,
      details: {
        applicationError: { code: "RESOURCE_EXHAUSTED", description: text, data: { callsPerMinute: 5 } },
      },
    },
  });
  await platform.clock.advance(12_000);
  expect(await statuses(bearer, 2)).toEqual([200, 429]);
});

test("counts the calls of an instance for all its tokens and all APIs", async () => {
  const { token } = await installed();
  const [one, two] = [await token(), await token()];
  expect(await statuses(one, 2)).toEqual([200, 200]);
  expect(await statuses(two, 2, "/apps/v1/instance")).toEqual([200, 200]);
  expect(await statuses(one, 2)).toEqual([200, 429]);
  expect((await call(two)).status).toBe(429);
});

test("does not count the calls of other instances", async () => {
  const [busy, quiet] = [await installed(), await installed()];
  expect(await statuses(await busy.token(), 6)).toEqual([200, 200, 200, 200, 200, 429]);
  expect((await call(await quiet.token())).status).toBe(200);
});

test("counts calls without a permission, but not calls without a valid token", async () => {
  const { token } = await installed("SCOPE.DC.MANAGE-YOUR-APP");
  const bearer = await token();
  expect(await statuses(`${bearer}x`, 9)).toEqual([401, 401, 401, 401, 401, 401, 401, 401, 401]);
  expect(await statuses(bearer, 6)).toEqual([403, 403, 403, 403, 403, 429]);
});

test("does not limit token requests", async () => {
  const { token } = await installed();
  const bearer = await token();
  await statuses(bearer, 6);
  expect(await token()).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
});
