import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createIds, type Database, openDatabase } from "../../../infrastructure/database/index.ts";
import { createLog, createMetrics, type Metrics } from "../../../infrastructure/observability/index.ts";
import { readAllRows } from "../../../testing/support/database-contents.queries.ts";
import { createTestDatabase, engines, type TestDatabase } from "../../../testing/test-database.ts";
import { TokenUsage } from "./usage.ts";

const at = 1_767_323_045_678;

describe.each(engines)("usage on %s", (engine) => {
  let storage: TestDatabase;
  let usage: TokenUsage;
  let metrics: Metrics;
  beforeEach(async () => {
    metrics = createMetrics();
    storage = await createTestDatabase(engine);
    usage = usageOn(storage.database);
  });
  afterEach(async () => {
    await usage.stop();
    await storage.remove();
  });

  const usageOn = (database: Database) => {
    const { clock } = storage;
    const ids = createIds({ clock, randomUuid: randomUUID });
    return new TokenUsage({ clock, database, ids, log: createLog("silent"), metrics });
  };

  /** Seeds an app with `count` secrets, and an instance of it on each of `count` sites. */
  async function seed(count: number): Promise<void> {
    const times = { created_at: 1, updated_at: 1, deleted_at: null };
    const all = Array.from({ length: count }, (_, index) => String(index));
    await storage.database.write(async (trx) => {
      await trx
        .insertInto("apps")
        .values({
          app_id: "app",
          name: "App",
          gen: 1,
          scopes: "[]",
          legacy: 0,
          enabled: 1,
          token_format: "jwt",
          token_lifetime: 14_400,
          ...times,
        })
        .execute();
      for (const id of all) {
        await trx
          .insertInto("app_secrets")
          .values({
            secret_id: id,
            app_id: "app",
            name: id,
            digest: id,
            sealed: "",
            is_primary: 0,
            created_at: 1,
            expires_at: null,
            compromised_at: null,
            deleted_at: null,
          })
          .execute();
        await trx
          .insertInto("sites")
          .values({
            site_id: id,
            name: "Site",
            external_id: null,
            locale: "en",
            currency: "USD",
            url: null,
            ...times,
          })
          .execute();
        await trx
          .insertInto("instances")
          .values({
            instance_id: id,
            app_id: "app",
            site_id: id,
            state: "installed",
            gen: 1,
            granted_scopes: "[]",
            origin_instance_id: null,
            created_at: 1,
            updated_at: 1,
          })
          .execute();
      }
    });
  }

  const uses = () => storage.database.read.selectFrom("last_uses").selectAll().orderBy("id").execute();
  const log = async () =>
    await storage.database.read.selectFrom("token_log").selectAll().orderBy("entry_id").execute();
  const request = (reason: string, appId = "app") => ({
    request_id: "r",
    app_id: appId,
    instance_id: null,
    reason,
    occurred_at: at,
  });
  const leftOut = async () => (await metrics.tokenLogLeftOut.get()).values[0]?.value;

  test("is stored five seconds after the first use, and not before", async () => {
    usage.minted({ secretId: "secret", instanceId: "instance", at });
    await storage.clock.advance(4_999);
    expect(await uses()).toEqual([]);
    await storage.clock.advance(1);
    expect(await uses()).toEqual([
      { id: "instance", used_at: at },
      { id: "secret", used_at: at },
    ]);
    usage.minted({ secretId: "secret", instanceId: "other", at: at + 7_000 });
    await storage.clock.advance(5_000);
    expect(await uses()).toEqual([
      { id: "instance", used_at: at },
      { id: "other", used_at: at + 7_000 },
      { id: "secret", used_at: at + 7_000 },
    ]);
  });

  test("changes one table and nothing else", async () => {
    await seed(2);
    const before = await readAllRows(storage.database);
    usage.minted({ secretId: "0", instanceId: "1", at });
    usage.minted({ secretId: "0", instanceId: "1", at: at + 5 });
    await usage.flush();
    expect({ ...(await readAllRows(storage.database)), last_uses: [] }).toEqual(before);
  });

  test("of more than one batch is stored in full", async () => {
    for (let id = 0; id < 450; id += 1) {
      usage.minted({ secretId: String(id), instanceId: String(id), at: at + id });
    }
    await usage.flush();
    const stored = await uses();
    expect(stored).toHaveLength(450);
    expect(stored.filter((row) => row.used_at !== at + Number(row.id))).toEqual([]);
  });

  test("of rejected requests is stored once when two flushes run at the same time", async () => {
    usage.refused(request("wrong_secret"));
    await Promise.all([usage.flush(), usage.flush()]);
    usage.refused(request("unknown_instance"));
    await Promise.all([usage.flush(), usage.stop()]);
    expect((await log()).map((entry) => entry.reason)).toEqual(["wrong_secret", "unknown_instance"]);
    expect((await log())[0]).toMatchObject(request("wrong_secret"));
  });

  test("of a flood stores 100 entries and one entry for all others, and starts again after a flush", async () => {
    for (let count = 0; count < 1_500; count += 1) usage.refused(request(`reason ${count}`));
    await usage.flush();
    const reasons = (await log()).map((entry) => entry.reason);
    expect(reasons).toHaveLength(101);
    expect(reasons.slice(98)).toEqual(["reason 98", "reason 99", "1400 more"]);
    expect(await leftOut()).toBe(1_400);
    usage.refused(request("later"));
    await usage.flush();
    expect((await log()).map((entry) => entry.reason).slice(100)).toEqual(["1400 more", "later"]);
  });

  test("of a flood for one app hides no entry of another app", async () => {
    for (let count = 0; count < 1_500; count += 1) usage.refused(request("wrong_secret", "flooded"));
    usage.refused(request("instance_removed", "quiet"));
    await usage.flush();
    const quiet = (await log()).filter((entry) => entry.app_id === "quiet");
    expect(quiet.map((entry) => entry.reason)).toEqual(["instance_removed"]);
  });

  test("of rejected requests of several apps is listed in the order of the requests", async () => {
    for (const [appId, reason] of ["b1", "a2", "b3", "a4"].entries()) {
      usage.refused(request(reason, appId % 2 === 0 ? "b" : "a"));
    }
    await usage.flush();
    expect((await log()).map((entry) => entry.reason)).toEqual(["b1", "a2", "b3", "a4"]);
  });

  test("of more than 500 apps is bounded, and counted", async () => {
    for (let count = 0; count < 600; count += 1) usage.refused(request("wrong_secret", `app ${count}`));
    await usage.flush();
    expect(await log()).toHaveLength(500);
    expect(await leftOut()).toBe(100);
  });

  test("keeps the newest 10,000 rejected requests of an app, and all of other apps", async () => {
    const seeded = (appId: string, count: number) =>
      Array.from({ length: count }, (_, index) => ({
        ...request(`old ${index}`, appId),
        entry_id: `0 ${appId} ${String(index).padStart(5, "0")}`,
      }));
    await storage.database.write(async (trx) => {
      const rows = [...seeded("app", 10_000), ...seeded("quiet", 3)];
      for (let start = 0; start < rows.length; start += 2_000) {
        await trx
          .insertInto("token_log")
          .values(rows.slice(start, start + 2_000))
          .execute();
      }
    });
    usage.refused(request("new"));
    usage.refused(request("newer"));
    await usage.flush();
    const entries = await log();
    const ofApp = entries.filter((entry) => entry.app_id === "app").map((entry) => entry.reason);
    expect(ofApp).toHaveLength(10_000);
    expect([ofApp[0], ofApp.at(-2), ofApp.at(-1)]).toEqual(["old 2", "new", "newer"]);
    expect(entries).toHaveLength(10_003);
  });

  test("that cannot be stored is stored once by the next run", async () => {
    await seed(1);
    usage.minted({ secretId: "0", instanceId: "0", at });
    usage.refused(request("wrong_secret"));
    const rename = (from: string, to: string) =>
      storage.database.write((trx) => trx.schema.alterTable(from).renameTo(to).execute());
    await rename("token_log", "elsewhere");
    await storage.clock.advance(5_000);
    await rename("elsewhere", "token_log");
    expect(await log()).toEqual([]);
    await storage.clock.advance(5_000);
    expect((await log()).map((entry) => entry.reason)).toEqual(["wrong_secret"]);
    expect(await uses()).toEqual([{ id: "0", used_at: at }]);
  });
});

test("two processes that store the use of the same rows do not deadlock", async () => {
  const storage = await createTestDatabase("postgres");
  const other = openDatabase(storage.url, () => {});
  const usages = [storage.database, other].map((database) => {
    const { clock } = storage;
    const ids = createIds({ clock, randomUuid: randomUUID });
    return new TokenUsage({ clock, database, ids, log: createLog("silent"), metrics: createMetrics() });
  });
  const times = { created_at: 1, updated_at: 1, deleted_at: null };
  const ids = Array.from({ length: 100 }, (_, index) => `id ${index}`);
  await storage.database.write(async (trx) => {
    await trx
      .insertInto("apps")
      .values({
        app_id: "app",
        name: "App",
        gen: 1,
        scopes: "[]",
        legacy: 0,
        enabled: 1,
        token_format: "jwt",
        token_lifetime: 14_400,
        ...times,
      })
      .execute();
    await trx
      .insertInto("app_secrets")
      .values(
        ids.map((id) => ({
          secret_id: id,
          app_id: "app",
          name: id,
          digest: id,
          sealed: "",
          is_primary: 0,
          created_at: 1,
          expires_at: null,
          compromised_at: null,
          deleted_at: null,
        })),
      )
      .execute();
  });
  for (let round = 0; round < 5; round += 1) {
    for (const id of ids) usages[0]?.minted({ secretId: id, instanceId: "none", at: at + round });
    for (const id of [...ids].reverse())
      usages[1]?.minted({ secretId: id, instanceId: "none", at: at + round });
    await Promise.all(usages.map((usage) => usage.flush()));
  }
  await other.close();
  await storage.remove();
});
