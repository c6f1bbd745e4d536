import { stores } from "@latchkey/stores";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";
import { readAllRows } from "../../testing/support/database-contents.queries.ts";
import { engines } from "../../testing/test-database.ts";

describe.each(engines)("on %s", (engine) => {
  let platform: TestPlatform;
  let client: Record<string, string>;
  let used: { id: string; used_at: number; app_id: string | null; uses: number }[];

  beforeEach(async () => {
    platform = await createTestPlatform({ resources: [stores], database: engine, now: 1_767_323_045_678 });
    const app = await platform.createApp({ scopes: ["SCOPE.DC-STORES.READ-PRODUCTS"] });
    const { siteId } = await platform.createSite();
    const { instanceId } = await platform.install({ appId: app.appId, siteId });
    await platform.settled();
    used = [
      { id: instanceId, used_at: 1_767_323_045_678, app_id: app.appId, uses: 100 },
      { id: app.secret.secretId, used_at: 1_767_323_045_678, app_id: null, uses: 100 },
    ];
    client = { client_id: app.appId, client_secret: app.secret.value, instance_id: instanceId };
  });
  afterEach(() => platform.close());

  const post = (path: string, body: object) =>
    fetch(platform.url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const mint = async (): Promise<string> => {
    const response = await post("/oauth2/token", { grant_type: "client_credentials", ...client });
    return ((await response.json()) as { access_token: string }).access_token;
  };
  const allRows = () => readAllRows(platform.platform.database);
  const countsIn = (rows: readonly string[] = []) =>
    rows.map((row) => {
      const { app_id, metric, outcome, requests, step } = JSON.parse(row);
      return [app_id, step, metric, outcome, requests].join(" ");
    });
  const countedOnce = (outcome: string) =>
    ["", client.client_id].flatMap((appId) =>
      ["hour", "minute"].map((step) => `${appId} ${step} tokens ${outcome} 100`),
    );

  test("minting and checking a hundred tokens writes no row; their use is stored later", async () => {
    const before = await allRows();
    const tokens = await Promise.all(Array.from({ length: 100 }, mint));
    expect(new Set(tokens).size).toBe(100);
    for (const token of tokens) {
      expect(await (await post("/oauth2/token-info", { token })).json()).toMatchObject({ active: true });
    }
    expect(await allRows()).toEqual(before);

    await platform.clock.advance(5_000);
    const { counts, last_uses, ...others } = await allRows();
    expect({ ...others, counts: [], last_uses: [] }).toEqual(before);
    expect(countsIn(counts)).toEqual(countedOnce("issued"));
    expect(last_uses).toEqual(used.map((row) => JSON.stringify(row)).sort());
  });

  test("a hundred rejected requests write nothing before the next flush, and then only to the token log and the counts", async () => {
    const before = await allRows();
    for (let count = 0; count < 100; count += 1) {
      await post("/oauth2/token", { grant_type: "client_credentials", ...client, client_secret: "wrong" });
    }
    expect(await allRows()).toEqual(before);
    await platform.clock.advance(5_000);
    const { counts, token_log, ...others } = await allRows();
    expect(token_log?.map((row) => JSON.parse(row).requests)).toEqual([100]);
    expect({ ...others, counts: [], token_log: [] }).toEqual(before);
    expect(countsIn(counts)).toEqual(countedOnce("wrong_secret"));
  });
});

test("minting does not change the SQLite file", async () => {
  const platform = await createTestPlatform({ resources: [stores], now: 1_767_323_045_678 });
  const app = await platform.createApp();
  const { siteId } = await platform.createSite();
  const { instanceId } = await platform.install({ appId: app.appId, siteId });
  await platform.settled();
  // data_version changes when another connection commits.
  const version = async () =>
    (await sql<{ data_version: number }>`pragma data_version`.execute(platform.platform.database.read)).rows;
  const before = await version();
  const client = { client_id: app.appId, client_secret: app.secret.value, instance_id: instanceId };
  for (let count = 0; count < 100; count += 1) {
    const response = await fetch(`${platform.url}/oauth2/token`, {
      method: "POST",
      body: new URLSearchParams({ grant_type: "client_credentials", ...client }),
    });
    expect(response.status).toBe(200);
  }
  expect(await version()).toEqual(before);
  await platform.remove(instanceId);
  expect(await version()).not.toEqual(before);
  await platform.close();
});
