import { StatementSync } from "node:sqlite";
import { stores } from "@latchkey/stores";
import { managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";
import { engines } from "../../testing/test-database.ts";

const readProducts = "SCOPE.DC-STORES.READ-PRODUCTS";

let platform: TestPlatform;
let call: ReturnType<typeof managementCaller>;
let appId: string;
let instanceId: string;
let siteId: string;
let second: { secretId: string; value: string };
let token: string;

async function install(): Promise<void> {
  const app = await platform.createApp({ scopes: [{ scopeId: readProducts, optional: true }] });
  appId = app.appId;
  const { body } = await call(`POST /apps/${appId}/secrets`, { body: { name: "Second" } });
  second = body as typeof second;
  ({ siteId } = await platform.createSite());
  ({ instanceId } = await platform.install({ appId, siteId }));
  token = String((await mint()).body.access_token);
}

async function post(path: string, body: object, headers: Record<string, string> = {}) {
  const response = await fetch(platform.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const client = () => ({ client_id: appId, client_secret: second.value });
const mint = () =>
  post("/oauth2/token", { grant_type: "client_credentials", ...client(), instance_id: instanceId });
/** Calls an API with the existing token, and requests a new token. Returns both statuses. */
async function statuses(): Promise<[minting: number, calling: number]> {
  const called = await post("/stores/v1/products/query", {}, { authorization: token });
  return [(await mint()).status, called.status];
}

describe.each(engines)("on %s", (database) => {
  beforeAll(async () => {
    platform = await createTestPlatform({ resources: [stores], database });
    call = managementCaller(platform);
  });
  afterAll(() => platform.close());
  beforeEach(install);

  test.each<[change: string, make: () => Promise<unknown>, minting: number, calling: number]>([
    ["removal", () => call(`DELETE /instances/${instanceId}`), 404, 401],
    ["suspension", () => call(`POST /instances/${instanceId}/suspend`), 404, 401],
    ["revocation of all tokens", () => call(`POST /instances/${instanceId}/revoke-tokens`), 200, 401],
    ["revocation of the token", () => post("/oauth2/revoke", { ...client(), token }), 200, 401],
    ["deletion of the secret", () => call(`DELETE /apps/${appId}/secrets/${second.secretId}`), 401, 200],
    [
      "compromise of the secret",
      () => call(`POST /apps/${appId}/secrets/${second.secretId}/compromise`),
      401,
      401,
    ],
    [
      "a smaller grant",
      () => call(`POST /instances/${instanceId}/approve`, { body: { grant: [] } }),
      200,
      403,
    ],
    ["deletion of the site", () => call(`DELETE /sites/${siteId}`), 404, 401],
  ])(
    "A3 after the response to %s no request succeeds, however many came before",
    async (_, make, ...after) => {
      expect(await statuses()).toEqual([200, 200]);
      let changed = false;
      const late: [number, number][] = [];
      const requests = Array.from({ length: 8 }, async () => {
        while (late.length < 20) {
          const startedLate = changed;
          const result = await statuses();
          if (startedLate) late.push(result);
        }
      });
      await make();
      changed = true;
      await Promise.all(requests);
      expect(late).toEqual(late.map(() => after));
    },
  );

  test("a secret expires by the clock, although nothing is written", async () => {
    const expiresAt = new Date(platform.clock.now() + 60_000).toISOString();
    const { body } = await call(`POST /apps/${appId}/secrets`, { body: { name: "Short", expiresAt } });
    second = body as typeof second;
    expect((await mint()).status).toBe(200);
    await platform.clock.advance(60_000);
    expect((await mint()).status).toBe(401);
  });
});

test("on SQLite minting and checking read nothing again after their use is stored", async () => {
  platform = await createTestPlatform({ resources: [stores] });
  call = managementCaller(platform);
  await install();
  await statuses();
  await platform.clock.advance(5_000);
  expect(await platform.platform.database.read.selectFrom("last_uses").selectAll().execute()).toHaveLength(2);
  const all = vi.spyOn(StatementSync.prototype, "all");
  expect((await mint()).status).toBe(200);
  expect((await post("/oauth2/token-info", { token })).body).toMatchObject({ active: true });
  expect(all).not.toHaveBeenCalled();
  all.mockRestore();
  await platform.close();
});
