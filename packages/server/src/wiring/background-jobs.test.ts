import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { generateAppKey } from "../features/apps/index.ts";
import { createManualClock, type ManualClock, nextTurn } from "../infrastructure/clock/index.ts";
import { parseMasterKeys, Vault } from "../infrastructure/crypto/index.ts";
import { lowestIdAt } from "../infrastructure/database/index.ts";
import { engines, openTestDirectory } from "../testing/test-database.ts";
import { openTestSchema } from "../testing/test-schema.ts";
import { createPlatform, type Platform } from "./platform.ts";

const hour = 3_600_000;
const oldKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const newKey = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
const issuer = "http://127.0.0.1:4400";
const actor = { name: "test", requestId: "" };

const refuseToDeleteEvents = {
  sqlite: [`create trigger refuse before delete on events begin select raise(abort, 'refused'); end`],
  postgres: [
    `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$`,
    `create trigger refuse before delete on events execute function refuse()`,
  ],
};

/** The logs, and the column with the id of a row. */
const prunedLogs = {
  revoked_tokens: "jti",
  token_log: "entry_id",
  idempotency_keys: "idempotency_key",
  service_plugin_calls: "call_id",
};

const refuseToDeleteLast = {
  sqlite: Object.entries(prunedLogs).map(
    ([table, id]) =>
      `create trigger refuse_${table} before delete on ${table} when old.${id} like '%-11099' begin select raise(abort, 'refused'); end`,
  ),
  postgres: [
    `create function refuse_last() returns trigger language plpgsql as $$ begin
       if to_jsonb(old)::text like '%-11099"%' then raise exception 'refused'; end if; return old; end $$`,
    ...Object.keys(prunedLogs).map(
      (table) =>
        `create trigger refuse_${table} before delete on ${table} for each row execute function refuse_last()`,
    ),
  ],
};

describe.each(engines)("on %s", (engine) => {
  let storage: { databaseUrl: string; directory: string; remove(): Promise<void> };
  let clock: ManualClock;
  let platform: Platform;

  const start = async (masterKeys: string): Promise<Platform> => {
    platform = await createPlatform(
      {
        ...{ environment: "development", host: "127.0.0.1", port: 4400, publicUrl: issuer },
        ...{ dataDirectory: storage.directory, databaseUrl: storage.databaseUrl, logLevel: "silent" },
        ...{ resources: [], outboundAllow: [], trustedProxies: [], pluginIssuer: "wix.com" },
        ...{ drainDelayMs: 0, deliveryPolicy: "wix", confirmWebhooks: false },
        ...{ eventBytesPerApp: 1_000_000, pendingDeliveriesPerApp: 1_000, logRowsPerApp: 1_500 },
        ...{ masterKeys: parseMasterKeys(masterKeys), adminKey: randomBytes(32).toString("base64") },
      },
      { clock },
    );
    return platform;
  };

  beforeEach(async () => {
    storage = engine === "postgres" ? await openTestSchema([]) : openTestDirectory();
    clock = createManualClock(1_767_323_045_678);
    await start(oldKey);
  });
  afterEach(async () => {
    await platform.close();
    await storage.remove();
  });

  /** Installs an app with so many secrets that resealing takes several steps. */
  async function installApp(secrets: number) {
    const key = await generateAppKey();
    const { apps, database, instances, sites } = platform;
    const vault = new Vault(parseMasterKeys(oldKey), randomBytes);
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
          prefix: "",
        },
        ...{ sealed: vault.seal(`value ${index}`, `app-secret ${appId} secret ${index}`), is_primary: 0 },
        ...{ created_at: 1, expires_at: null, compromised_at: null, deleted_at: null },
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

  /** Number of values in each table that an older key sealed. */
  async function outdated(newest: string): Promise<number[]> {
    const prefix = new Vault(parseMasterKeys(newest), randomBytes).newestPrefix;
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

  test("a new master key replaces the old one while requests are served", async () => {
    const client = await installApp(400);
    await platform.close();

    await start(`${newKey},${oldKey}`);
    // Resealing yields to requests.
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

  test("resealing that failed is retried an hour later", async () => {
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

  test("a value that cannot be decrypted is skipped, and the rest is sealed again (FR-B12)", async () => {
    const damaged = await installApp(0);
    const client = await installApp(0);
    await platform.database.write((trx) =>
      trx
        .updateTable("app_secrets")
        .set({ sealed: "damaged" })
        .where("app_id", "=", damaged.client_id)
        .execute(),
    );
    await platform.close();
    await start(`${newKey},${oldKey}`);
    await clock.advance(hour);
    expect(await outdated(newKey)).toEqual([0, 0, 0, 1]);
    await platform.close();
    await start(newKey);
    expect(await mint(client)).toBe(200);
  });

  test("stopping does not wait for resealing", async () => {
    await installApp(500);
    await platform.close();
    await start(`${newKey},${oldKey}`);
    await platform.close();
    await start(`${newKey},${oldKey}`);
    expect((await outdated(newKey)).at(-1)).toBeGreaterThan(0);
  });

  test("deletes expired rows each hour, and no others", async () => {
    const now = clock.now();
    await platform.database.write(async (trx) => {
      const kept = { request_digest: "d", status: 200, sealed_body: "", principal: "admin" };
      await trx
        .insertInto("revoked_tokens")
        .values({ jti: "token", expires_at: now + 2 * hour })
        .execute();
      await trx
        .insertInto("token_log")
        .values({
          ...{ entry_id: lowestIdAt(now), app_id: "a", instance_id: "", kind: "client", requests: 1 },
          ...{
            route: "POST /oauth2/token",
            reason: "wrong_secret",
            first_request_id: "r",
            last_request_id: "r",
          },
          ...{ hour: now, first_at: now, last_at: now },
        })
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
    // A revoked token stays in the deny list for a day after it expires.
    await clock.advance(2 * hour);
    expect(await left()).toEqual({ tokens: 0, log: 1, keys: 0 });
    await clock.advance(6 * 24 * hour);
    expect(await left()).toEqual({ tokens: 0, log: 0, keys: 0 });
  });

  /** Inserts deliveries of the current time, each with an event and an attempt, numbered from `from`. */
  async function insertDeliveries({
    appId = "app",
    count,
    from,
    status,
  }: {
    appId?: string;
    count: number;
    from: number;
    status: string;
  }) {
    const now = clock.now();
    const ended = status === "delivered" ? now : null;
    const ids = Array.from({ length: count }, (_, index) => `${lowestIdAt(now)}-${from + index + 10_000}`);
    await platform.database.write(async (trx) => {
      for (const id of ids) {
        await sql`insert into events (event_id, event_type, site_id, payload, occurred_at, fanned_out_at)
          values (${id}, 'own', 'site', '{}', ${now}, ${now})`.execute(trx);
        await sql`insert into deliveries (delivery_id, event_id, webhook_id, app_id, event_type, status, attempts,
            attempt_offset, ordered, blocks_until_attempted, created_at, ended_at)
          values (${id}, ${id}, 'webhook', ${appId}, 'own', ${status}, 1, 0, 0, 0, ${now}, ${ended})`.execute(
          trx,
        );
        await sql`insert into delivery_attempts (delivery_id, attempt, started_at, duration_ms, format, outcome)
          values (${id}, 1, ${now}, 5, 'jwt', 'delivered')`.execute(trx);
      }
    });
  }

  async function readMetrics(): Promise<string> {
    const request = new Request(`${issuer}/metrics`, { headers: { host: "127.0.0.1:4400" } });
    return await (await platform.fetch(request, { requestId: "test", clientAddress: "127.0.0.1" })).text();
  }

  async function countRows(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const table of ["deliveries", "delivery_attempts", "events"] as const) {
      counts[table] = (await platform.database.read.selectFrom(table).selectAll().execute()).length;
    }
    return counts;
  }

  test("FR-B1: old deliveries that have not ended stay, and those behind them are deleted", async () => {
    await insertDeliveries({ from: 0, count: 600, status: "pending" });
    await insertDeliveries({ from: 600, count: 600, status: "delivered" });
    await insertDeliveries({ from: 1_200, count: 1, status: "pending" });
    await clock.set(clock.now() + 30 * 24 * hour);
    expect(await countRows()).toEqual({ deliveries: 1_201, delivery_attempts: 1_201, events: 1_201 });
    await clock.advance(hour);
    expect(await countRows()).toEqual({ deliveries: 601, delivery_attempts: 601, events: 601 });
  });

  test("FR-B1: a failed deletion does not affect other steps, is counted and is retried", async () => {
    await insertDeliveries({ from: 0, count: 600, status: "delivered" });
    const execute = (statement: string) => platform.database.write((trx) => sql.raw(statement).execute(trx));
    for (const statement of refuseToDeleteEvents[engine]) await execute(statement);
    await clock.set(clock.now() + 31 * 24 * hour);
    expect(await countRows()).toEqual({ deliveries: 0, delivery_attempts: 0, events: 600 });
    expect(await readMetrics()).toMatch(
      /\nlatchkey_maintenance_failures_total\{work="delete events"\} [1-9]/,
    );
    await execute(`drop trigger refuse${engine === "postgres" ? " on events" : ""}`);
    await clock.advance(hour);
    expect(await countRows()).toEqual({ deliveries: 0, delivery_attempts: 0, events: 0 });
  });

  test("FR-A8: an app keeps its newest log rows, up to its quota, and all deliveries that have not ended", async () => {
    const { client_id: appId } = await installApp(0);
    const { client_id: other } = await installApp(0);
    await insertDeliveries({ appId, from: 0, count: 100, status: "pending" });
    await insertDeliveries({ appId: other, from: 100, count: 700, status: "delivered" });
    await insertDeliveries({ appId, from: 800, count: 2_200, status: "delivered" });
    const now = clock.now();
    await platform.database.write(async (trx) => {
      for (let number = 10_000; number < 12_200; number += 1) {
        await sql`insert into service_plugin_calls values (${`${lowestIdAt(now)}-${number}`}, 'r', ${appId}, 'i', 's', 't',
          'm', 'ANSWERED', 200, null, ${now}, 5)`.execute(trx);
      }
    });
    await clock.advance(hour);
    const oldest = async (table: "deliveries" | "service_plugin_calls", of: string) =>
      await sql<{ id: string }>`select ${sql.ref(table === "deliveries" ? "delivery_id" : "call_id")} as id
        from ${sql.table(table)} where app_id = ${of} order by id`.execute(platform.database.read);
    const left = (await oldest("deliveries", appId)).rows.map(({ id }) => Number(id.slice(-5)) - 10_000);
    expect([left.length, left[99], left[100]]).toEqual([1_600, 99, 1_500]);
    expect((await oldest("deliveries", other)).rows).toHaveLength(700);
    expect((await countRows()).delivery_attempts).toBe(2_300);
    const calls = (await oldest("service_plugin_calls", appId)).rows;
    expect([calls.length, calls[0]?.id.slice(-5)]).toEqual([1_500, "10700"]);
    expect(await readMetrics()).toContain('\nlatchkey_quota_exceeded_total{quota="log_rows"} 2\n');
  });

  test("FR-B13: logs are pruned in steps that each commit", async () => {
    const now = clock.now();
    const { database } = platform;
    const numbers = Array.from({ length: 1_100 }, (_, index) => 10_000 + index);
    await database.write(async (trx) => {
      for (const number of numbers) {
        const [id, time] = [`${lowestIdAt(now)}-${number}`, now + number];
        await sql`insert into revoked_tokens values (${id}, ${time})`.execute(trx);
        await sql`insert into token_log values (${id}, 'a', ${now}, '', ${number},
          'wrong_secret', 'client', 1, ${now}, ${now}, 'r', 'r')`.execute(trx);
        await sql`insert into idempotency_keys values (${`of ${number % 10}`}, ${id}, '', 200, '', ${time})`.execute(
          trx,
        );
        await sql`insert into service_plugin_calls values (${id}, 'r', 'a', 'i', 's', 't', 'm',
          'ANSWERED', 200, null, ${now}, 5)`.execute(trx);
      }
    });
    const counts = () =>
      Promise.all(
        Object.keys(prunedLogs).map(async (table) => {
          const { rows } = await sql<object>`select 1 from ${sql.table(table)}`.execute(database.read);
          return rows.length;
        }),
      );
    const execute = (statement: string) => database.write((trx) => sql.raw(statement).execute(trx));
    for (const statement of refuseToDeleteLast[engine]) await execute(statement);
    await clock.advance(8 * 24 * hour);
    expect(await counts()).toEqual([50, 50, 50, 50]);
    for (const table of Object.keys(prunedLogs)) {
      await execute(`drop trigger refuse_${table}${engine === "postgres" ? ` on ${table}` : ""}`);
    }
    await clock.advance(hour);
    expect(await counts()).toEqual([0, 0, 0, 0]);
  });

  test("stores pending usage when it stops", async () => {
    const client = await installApp(0);
    expect(await mint(client)).toBe(200);
    expect(await mint({ ...client, client_secret: "wrong" })).toBe(401);
    await platform.close();
    await start(oldKey);
    const read = platform.database.read;
    expect(await read.selectFrom("last_uses").select("used_at").execute()).toEqual([
      { used_at: 1_767_323_045_678 },
      { used_at: 1_767_323_045_678 },
    ]);
    expect(await read.selectFrom("token_log").select("reason").execute()).toEqual([
      { reason: "wrong_secret" },
    ]);
  });
});
