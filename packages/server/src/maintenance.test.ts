import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { generateAppKey } from "./apps/index.ts";
import { createManualClock, type ManualClock, nextTurn } from "./clock/index.ts";
import { createVault, parseMasterKeys } from "./keys/index.ts";
import { createPlatform, type Platform } from "./platform.ts";
import { engines, openTestDirectory } from "./testing/test-database.ts";
import { openTestSchema } from "./testing/test-schema.ts";

const hour = 3_600_000;
const oldKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const newKey = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
const issuer = "http://127.0.0.1:4400";
const actor = { name: "test", requestId: "" };

describe.each(engines)("on %s", (engine) => {
  let storage: { databaseUrl: string; directory: string; remove(): Promise<void> };
  let clock: ManualClock;
  let platform: Platform;

  const start = async (masterKeys: string): Promise<Platform> => {
    platform = await createPlatform(
      {
        ...{ environment: "development", host: "127.0.0.1", port: 4400, publicUrl: issuer },
        ...{
          dataDirectory: storage.directory,
          databaseUrl: storage.databaseUrl,
          logLevel: "silent",
          drainDelayMs: 0,
          deliveryPolicy: "wix",
          outboundAllow: [],
          pluginIssuer: "wix.com",
        },
        ...{ masterKeys: parseMasterKeys(masterKeys), adminKey: randomBytes(32).toString("base64") },
      },
      { clock },
    );
    return platform;
  };

  beforeEach(async () => {
    storage = engine === "postgres" ? await openTestSchema() : openTestDirectory();
    clock = createManualClock(1_767_323_045_678);
    await start(oldKey);
  });
  afterEach(async () => {
    await platform.close();
    await storage.remove();
  });

  /** An app on a site, with so many secrets that sealing them again takes several steps. */
  async function installApp(secrets: number) {
    const key = await generateAppKey();
    const { apps, database, instances, sites } = platform;
    const vault = createVault(parseMasterKeys(oldKey), randomBytes);
    return await database.write(async (trx) => {
      const { appId, secret } = await apps.create(trx, actor, { name: "App", key });
      const { siteId } = await sites.create(trx, actor, { name: "Site" });
      const { instanceId } = await instances.install(trx, actor, { appId, siteId });
      const rows = Array.from({ length: secrets }, (_, index) => ({
        ...{
          secret_id: `secret ${index}`,
          app_id: appId,
          name: "Another",
          digest: vault.digest(`value ${index}`),
        },
        ...{ sealed: vault.seal(`value ${index}`, `app-secret ${appId} secret ${index}`), is_primary: 0 },
        ...{ created_at: 1, last_used_at: null, expires_at: null, compromised_at: null, deleted_at: null },
      }));
      if (rows.length > 0) await trx.insertInto("app_secrets").values(rows).execute();
      return { client_id: appId, client_secret: secret.value, instance_id: instanceId };
    });
  }

  async function mint(client: Record<string, string>): Promise<number> {
    const request = new Request(`${issuer}/oauth2/token`, {
      method: "POST",
      headers: { host: "127.0.0.1:4400", "content-type": "application/json" },
      body: JSON.stringify({ grant_type: "client_credentials", ...client }),
    });
    return (await platform.fetch(request, { requestId: "test", clientAddress: "127.0.0.1" })).status;
  }

  /** How many values of each table an older key has sealed. */
  async function outdated(newest: string): Promise<number[]> {
    const prefix = createVault(parseMasterKeys(newest), randomBytes).newestPrefix;
    const read = platform.database.read;
    const values = [
      await read.selectFrom("platform").select("key_check as value").execute(),
      await read.selectFrom("signing_keys").select("sealed_private_key as value").execute(),
      await read.selectFrom("app_keys").select("sealed_private_key as value").execute(),
      await read.selectFrom("app_secrets").select("sealed as value").execute(),
    ];
    return values.map((rows) => rows.filter(({ value }) => !value.startsWith(prefix)).length);
  }

  async function until(done: () => Promise<boolean>): Promise<void> {
    while (!(await done())) await nextTurn();
  }

  test("a new master key takes over while requests are served, and the old one can go", async () => {
    const client = await installApp(400);
    await platform.close();

    await start(`${newKey},${oldKey}`);
    // What arrives meanwhile has its turn before all is done.
    await nextTurn();
    expect((await outdated(newKey)).at(-1)).toBeGreaterThan(0);
    for (const client_secret of [client.client_secret, "value 0", "value 399"]) {
      expect(await mint({ ...client, client_secret })).toBe(200);
    }
    await until(async () => (await outdated(newKey)).every((count) => count === 0));
    expect(await mint(client)).toBe(200);
    await platform.close();

    await start(newKey);
    for (const client_secret of [client.client_secret, "value 0", "value 399"]) {
      expect(await mint({ ...client, client_secret })).toBe(200);
    }
    expect(await mint({ ...client, client_secret: "value 400" })).toBe(401);
  });

  test("while both keys are in use, a secret of either works", async () => {
    const old = await installApp(0);
    await platform.close();
    await start(`${newKey},${oldKey}`);
    const fresh = await installApp(0);
    expect([await mint(old), await mint(fresh)]).toEqual([200, 200]);
  });

  test("what could not be sealed again is tried again in the next hour", async () => {
    const client = await installApp(0);
    const keep = await platform.database.read
      .selectFrom("app_secrets")
      .select("sealed")
      .executeTakeFirstOrThrow();
    const setSealed = (sealed: string) =>
      platform.database.write((trx) => trx.updateTable("app_secrets").set({ sealed }).execute());
    await setSealed("damaged");
    await platform.close();

    await start(`${newKey},${oldKey}`);
    await clock.advance(hour);
    expect((await outdated(newKey)).at(-1)).toBe(1);
    await setSealed(keep.sealed);
    await clock.advance(hour);
    expect(await outdated(newKey)).toEqual([0, 0, 0, 0]);
    expect(await mint(client)).toBe(200);
  });

  test("stopping does not wait until all is sealed again", async () => {
    await installApp(500);
    await platform.close();
    await start(`${newKey},${oldKey}`);
    await platform.close();
    await start(`${newKey},${oldKey}`);
    expect((await outdated(newKey)).at(-1)).toBeGreaterThan(0);
  });

  test("forgets each hour what has ended, and nothing before", async () => {
    const now = clock.now();
    await platform.database.write(async (trx) => {
      const entry = { request_id: "r", app_id: "a", instance_id: null, reason: "wrong_secret" };
      const kept = { request_digest: "d", status: 200, sealed_body: "", principal: "admin" };
      await trx
        .insertInto("revoked_tokens")
        .values({ jti: "token", expires_at: now + 2 * hour })
        .execute();
      await trx
        .insertInto("token_log")
        .values({ ...entry, entry_id: "entry", occurred_at: now })
        .execute();
      await trx
        .insertInto("idempotency_keys")
        .values({ ...kept, idempotency_key: "key", created_at: now })
        .execute();
    });
    const left = async () => ({
      tokens: (await platform.database.read.selectFrom("revoked_tokens").select("jti").execute()).length,
      log: (await platform.database.read.selectFrom("token_log").select("entry_id").execute()).length,
      keys: (await platform.database.read.selectFrom("idempotency_keys").select("principal").execute())
        .length,
    });
    await clock.advance(23 * hour);
    expect(await left()).toEqual({ tokens: 1, log: 1, keys: 1 });
    await clock.advance(hour);
    expect(await left()).toEqual({ tokens: 1, log: 1, keys: 0 });
    // A token is denied for a day longer than it lives.
    await clock.advance(2 * hour);
    expect(await left()).toEqual({ tokens: 0, log: 1, keys: 0 });
    await clock.advance(6 * 24 * hour);
    expect(await left()).toEqual({ tokens: 0, log: 0, keys: 0 });
  });

  test("stores at the end what usage was still waiting", async () => {
    const client = await installApp(0);
    expect(await mint(client)).toBe(200);
    expect(await mint({ ...client, client_secret: "wrong" })).toBe(401);
    await platform.close();
    await start(oldKey);
    const read = platform.database.read;
    expect(await read.selectFrom("app_secrets").select("last_used_at").execute()).toEqual([
      { last_used_at: 1_767_323_045_678 },
    ]);
    expect(await read.selectFrom("instances").select("last_token_at").execute()).toEqual([
      { last_token_at: 1_767_323_045_678 },
    ]);
    expect(await read.selectFrom("token_log").select("reason").execute()).toEqual([
      { reason: "wrong_secret" },
    ]);
  });
});
