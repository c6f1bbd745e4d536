import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createIds, type Database, openDatabase } from "../../../infrastructure/database/index.ts";
import { createLog, createMetrics } from "../../../infrastructure/observability/index.ts";
import { readAllRows } from "../../../testing/support/database-contents.queries.ts";
import { createTestDatabase, engines, type TestDatabase } from "../../../testing/test-database.ts";
import { TokenUsage } from "./usage.ts";

const at = 1_767_323_045_678;

describe.each(engines)("usage on %s", (engine) => {
  let storage: TestDatabase;
  let usage: TokenUsage;
  beforeEach(async () => {
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
    return new TokenUsage({ clock, database, ids, log: createLog("silent"), metrics: createMetrics() });
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
            prefix: "",
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

  test("is stored five seconds after the first use, and not before", async () => {
    usage.minted({ appId: "app", secretId: "secret", instanceId: "instance", at });
    await storage.clock.advance(4_999);
    expect(await uses()).toEqual([]);
    await storage.clock.advance(1);
    expect(await uses()).toEqual([
      { id: "instance", used_at: at, app_id: "app", uses: 1 },
      { id: "secret", used_at: at, app_id: null, uses: 1 },
    ]);
    usage.minted({ appId: "app", secretId: "secret", instanceId: "other", at: at + 7_000 });
    await storage.clock.advance(5_000);
    expect(await uses()).toEqual([
      { id: "instance", used_at: at, app_id: "app", uses: 1 },
      { id: "other", used_at: at + 7_000, app_id: "app", uses: 1 },
      { id: "secret", used_at: at + 7_000, app_id: null, uses: 2 },
    ]);
  });

  test("is counted once when it comes while others are stored", async () => {
    const mint = { appId: "app", secretId: "secret", instanceId: "instance", at };
    usage.minted(mint);
    const stored = usage.flush();
    usage.minted(mint);
    await stored;
    await usage.flush();
    expect((await uses()).map((row) => [row.id, row.uses])).toEqual([
      ["instance", 2],
      ["secret", 2],
    ]);
  });

  test("changes one table and nothing else", async () => {
    await seed(2);
    const before = await readAllRows(storage.database);
    usage.minted({ appId: "app", secretId: "0", instanceId: "1", at });
    usage.minted({ appId: "app", secretId: "0", instanceId: "1", at: at + 5 });
    await usage.flush();
    expect({ ...(await readAllRows(storage.database)), last_uses: [] }).toEqual(before);
  });

  test("of more than one batch is stored in full", async () => {
    for (let id = 0; id < 450; id += 1) {
      usage.minted({ appId: "app", secretId: String(id), instanceId: String(id), at: at + id });
    }
    await usage.flush();
    const stored = await uses();
    expect(stored).toHaveLength(450);
    expect(stored.filter((row) => row.used_at !== at + Number(row.id))).toEqual([]);
  });

  test("that cannot be stored is stored once by the next run", async () => {
    await seed(1);
    usage.minted({ appId: "app", secretId: "secret", instanceId: "0", at });
    usage.refused({
      ...{ requestId: "r", kind: "client", route: "POST /oauth2/token", reason: "wrong_secret" },
      caller: { appId: "app" },
    });
    const log = () => storage.database.read.selectFrom("token_log").select("requests").execute();
    const rename = (from: string, to: string) =>
      storage.database.write((trx) => trx.schema.alterTable(from).renameTo(to).execute());
    await rename("token_log", "elsewhere");
    await storage.clock.advance(5_000);
    await rename("elsewhere", "token_log");
    expect(await log()).toEqual([]);
    await storage.clock.advance(5_000);
    expect(await log()).toEqual([{ requests: 1 }]);
    expect(await uses()).toEqual([
      { id: "0", used_at: at, app_id: "app", uses: 1 },
      { id: "secret", used_at: at, app_id: null, uses: 1 },
    ]);
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
          prefix: "",
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
    for (const id of ids)
      usages[0]?.minted({ appId: "app", secretId: id, instanceId: "none", at: at + round });
    for (const id of [...ids].reverse())
      usages[1]?.minted({ appId: "app", secretId: id, instanceId: "none", at: at + round });
    await Promise.all(usages.map((usage) => usage.flush()));
  }
  await other.close();
  await storage.remove();
});
