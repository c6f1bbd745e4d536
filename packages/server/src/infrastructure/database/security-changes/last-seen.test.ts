import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase, engines, type TestDatabase } from "../../../testing/test-database.ts";
import type { Write } from "../database.ts";
import { openDatabase } from "../index.ts";
import { markSecurityChange } from "./security-changes.queries.ts";

describe.each(engines)("the number of security changes on %s (FR-B5)", (engine) => {
  let storage: TestDatabase;
  beforeEach(async () => {
    storage = await createTestDatabase(engine);
    const row = {
      id: 1,
      platform_id: "platform",
      gen: 1,
      security_changes: 0,
      key_check: "",
      created_at: 0,
    };
    await storage.database.write((trx) => trx.insertInto("platform").values(row).execute());
  });
  afterEach(() => storage.remove());

  if (engine === "postgres") {
    test("does not delay a change that skips counting while another one is counted", async () => {
      const other = openDatabase(storage.url, () => {});
      await storage.database.write(async (trx) => {
        await trx.updateTable("platform").set({ security_changes: 1 }).execute();
        await other.write(async (second) => markSecurityChange(second, "skip"));
      });
      await other.close();
      expect(await read()).toMatchObject({ security_changes: 1 });
      await storage.database.write(async (trx) => markSecurityChange(trx, "skip"));
      expect(await read()).toMatchObject({ security_changes: 2 });
    });
  }

  const change = () => storage.database.write(async (trx) => markSecurityChange(trx));
  const read = () =>
    storage.database.lastSeen.read(() =>
      storage.database.read
        .selectFrom("platform")
        .select(["gen as platform_gen", "security_changes"])
        .executeTakeFirstOrThrow(),
    );
  const replace = (values: { gen?: number; security_changes?: number }) =>
    storage.database.write((trx: Write) => trx.updateTable("platform").set(values).execute());

  test("rises by one with each transaction that is marked, and with no other", async () => {
    await Promise.all(Array.from({ length: 20 }, change));
    await storage.database.write(async () => {});
    const failing = storage.database.write(async (trx) => {
      markSecurityChange(trx);
      throw new Error("refused");
    });
    await expect(failing).rejects.toThrow("refused");
    expect(await read()).toEqual({ platform_gen: 1, security_changes: 20 });
  });

  test("is known to the process as soon as the change is committed", async () => {
    await change();
    expect(storage.database.lastSeen.newest).toEqual({ gen: 1, changes: 1 });
  });

  test.each([
    ["a lower number of changes", { security_changes: 0 }],
    ["a lower generation", { gen: 0, security_changes: 9 }],
  ])("refuses every read after one that found %s", async (_, older) => {
    await change();
    await replace(older);
    for (let count = 0; count < 2; count += 1) {
      await expect(read()).rejects.toMatchObject({ status: 503, cause: { code: "database_outdated" } });
      await replace({ gen: 5 });
    }
    expect((await storage.database.lastSeen.outdated).message).toContain("run latchkey restore");
  });

  test("may be lower after the generation rose, as after a restore", async () => {
    await change();
    await replace({ gen: 2, security_changes: 0 });
    expect(await read()).toEqual({ platform_gen: 2, security_changes: 0 });
  });

  test("is compared with what was known when the read began", async () => {
    const { lastSeen } = storage.database;
    const row = await lastSeen.read(async () => {
      const before = { platform_gen: 1, security_changes: 0 };
      await change();
      return before;
    });
    expect(row).toEqual({ platform_gen: 1, security_changes: 0 });
    expect(lastSeen.newest).toEqual({ gen: 1, changes: 1 });
  });
});
