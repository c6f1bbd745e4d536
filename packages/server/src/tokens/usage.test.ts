import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createIds, type Database, openDatabase } from "../db/index.ts";
import { createLog } from "../observability/index.ts";
import { readAllRows } from "../testing/all-rows.ts";
import { createTestDatabase, engines, type TestDatabase } from "../testing/test-database.ts";
import { createTokenUsage, type TokenUsage } from "./usage.ts";

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
    return createTokenUsage({
      ...{ clock, database, ids: createIds({ clock, randomUuid: randomUUID }), log: createLog("silent") },
    });
  };

  /** An app with these secrets, and an instance on as many sites. */
  async function plant(count: number): Promise<void> {
    const times = { created_at: 1, updated_at: 1, deleted_at: null };
    const all = Array.from({ length: count }, (_, index) => String(index));
    await storage.database.write(async (trx) => {
      await trx
        .insertInto("apps")
        .values({
          ...{ app_id: "app", name: "App", gen: 1, scopes: "[]", legacy: 0, enabled: 1 },
          ...{ token_format: "jwt", token_lifetime: 14_400, ...times },
        })
        .execute();
      for (const id of all) {
        await trx
          .insertInto("app_secrets")
          .values({
            ...{
              secret_id: id,
              app_id: "app",
              name: id,
              digest: id,
              sealed: "",
              is_primary: 0,
              created_at: 1,
            },
            ...{ last_used_at: null, expires_at: null, compromised_at: null, deleted_at: null },
          })
          .execute();
        await trx
          .insertInto("sites")
          .values({
            ...{ site_id: id, name: "Site", external_id: null, locale: "en", currency: "USD", url: null },
            ...times,
          })
          .execute();
        await trx
          .insertInto("instances")
          .values({
            ...{
              instance_id: id,
              app_id: "app",
              site_id: id,
              state: "installed",
              gen: 1,
              granted_scopes: "[]",
            },
            ...{ origin_instance_id: null, created_at: 1, updated_at: 1, last_token_at: null },
          })
          .execute();
      }
    });
  }

  const secrets = () =>
    storage.database.read.selectFrom("app_secrets").select(["secret_id", "last_used_at"]).execute();
  const log = async () =>
    await storage.database.read.selectFrom("token_log").selectAll().orderBy("entry_id").execute();
  const refusal = (reason: string) => ({
    ...{ requestId: "r", appId: "app", instanceId: null, reason, occurredAt: at },
  });

  test("is stored five seconds after it began to wait, and not before", async () => {
    await plant(1);
    usage.minted({ secretId: "0", instanceId: "0", at });
    await storage.clock.advance(4_999);
    expect(await secrets()).toEqual([{ secret_id: "0", last_used_at: null }]);
    await storage.clock.advance(1);
    expect(await secrets()).toEqual([{ secret_id: "0", last_used_at: at }]);
    usage.minted({ secretId: "0", instanceId: "0", at: at + 7_000 });
    await storage.clock.advance(5_000);
    expect(await secrets()).toEqual([{ secret_id: "0", last_used_at: at + 7_000 }]);
  });

  test("changes two columns and nothing else", async () => {
    await plant(2);
    const before = await readAllRows(storage.database);
    usage.minted({ secretId: "0", instanceId: "1", at });
    usage.minted({ secretId: "0", instanceId: "1", at: at + 5 });
    await usage.flush();
    const after = await readAllRows(storage.database);
    const changed = Object.keys(after).filter((table) => after[table]?.join() !== before[table]?.join());
    expect(changed.sort()).toEqual(["app_secrets", "instances"]);
    expect(after.app_secrets?.map((row) => row.replace(String(at + 5), "null"))).toEqual(before.app_secrets);
    expect(after.instances?.map((row) => row.replace(String(at + 5), "null"))).toEqual(before.instances);
  });

  test("of more than one batch is stored in full", async () => {
    await plant(450);
    for (let id = 0; id < 450; id += 1) {
      usage.minted({ secretId: String(id), instanceId: String(id), at: at + id });
    }
    await usage.flush();
    expect((await secrets()).filter((row) => row.last_used_at !== at + Number(row.secret_id))).toEqual([]);
  });

  test("of what is gone is forgotten", async () => {
    usage.minted({ secretId: "gone", instanceId: "gone", at });
    await usage.flush();
    expect(await secrets()).toEqual([]);
  });

  test("of refused requests is stored once, though two flushes meet", async () => {
    usage.refused(refusal("wrong_secret"));
    await Promise.all([usage.flush(), usage.flush()]);
    usage.refused(refusal("unknown_instance"));
    await Promise.all([usage.flush(), usage.stop()]);
    expect((await log()).map((entry) => entry.reason)).toEqual(["wrong_secret", "unknown_instance"]);
    expect((await log())[0]).toMatchObject({
      ...{ request_id: "r", app_id: "app", instance_id: null, occurred_at: at },
    });
  });

  test("of a flood keeps the first thousand, and makes room again", async () => {
    for (let count = 0; count < 1_500; count += 1) usage.refused(refusal(`reason ${count}`));
    await usage.flush();
    expect(await log()).toHaveLength(1_000);
    usage.refused(refusal("later"));
    await usage.flush();
    expect(await log()).toHaveLength(1_001);
  });

  test("that cannot be stored waits for the next turn, and nothing of it is lost or doubled", async () => {
    await plant(1);
    usage.minted({ secretId: "0", instanceId: "0", at });
    usage.refused(refusal("wrong_secret"));
    const rename = (from: string, to: string) =>
      storage.database.write((trx) => trx.schema.alterTable(from).renameTo(to).execute());
    await rename("token_log", "elsewhere");
    await storage.clock.advance(5_000);
    await rename("elsewhere", "token_log");
    expect(await log()).toEqual([]);
    await storage.clock.advance(5_000);
    expect((await log()).map((entry) => entry.reason)).toEqual(["wrong_secret"]);
    expect(await secrets()).toEqual([{ secret_id: "0", last_used_at: at }]);
  });
});

test("two processes that store the use of the same rows do not wait for each other crosswise", async () => {
  const storage = await createTestDatabase("postgres");
  const other = openDatabase(storage.url, () => {});
  const usages = [storage.database, other].map((database) => {
    const { clock } = storage;
    const ids = createIds({ clock, randomUuid: randomUUID });
    return createTokenUsage({ clock, database, ids, log: createLog("silent") });
  });
  const times = { created_at: 1, updated_at: 1, deleted_at: null };
  const ids = Array.from({ length: 100 }, (_, index) => `id ${index}`);
  await storage.database.write(async (trx) => {
    await trx
      .insertInto("apps")
      .values({
        ...{ app_id: "app", name: "App", gen: 1, scopes: "[]", legacy: 0, enabled: 1, token_format: "jwt" },
        ...{ token_lifetime: 14_400, ...times },
      })
      .execute();
    await trx
      .insertInto("app_secrets")
      .values(
        ids.map((id) => ({
          ...{ secret_id: id, app_id: "app", name: id, digest: id, sealed: "", is_primary: 0, created_at: 1 },
          ...{ last_used_at: null, expires_at: null, compromised_at: null, deleted_at: null },
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
