import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createIds, type Write } from "../../../infrastructure/database/index.ts";
import { createLog, createMetrics } from "../../../infrastructure/observability/index.ts";
import { createTestDatabase, engines, type TestDatabase } from "../../../testing/test-database.ts";
import { AuditLog } from "../../audit/index.ts";
import { EventLog } from "../../events/index.ts";
import { ContentWork } from "../../sites/index.ts";
import { Instances } from "../index.ts";

const actor = { name: "test", requestId: "" };
const added = "SCOPE.ADDED";
const times = { created_at: 1, updated_at: 1 };

describe.each(engines)("instances of an app whose scopes change on %s", (engine) => {
  let storage: TestDatabase;
  let instances: Instances;
  beforeEach(async () => {
    storage = await createTestDatabase(engine);
    instances = newProcess();
  });
  afterEach(() => storage.remove());

  /** Instances whose background work runs only when the test calls it. */
  function newProcess(maxBytesPerApp = 1_000_000): Instances {
    const { clock, database } = storage;
    const ids = createIds({ clock, randomUuid: randomUUID });
    const deps = { clock, database, ids, metrics: createMetrics(), log: createLog("silent") };
    return new Instances({
      ...deps,
      audit: new AuditLog(deps),
      events: new EventLog({ ...deps, maxBytesPerApp }),
      contentWork: new ContentWork(deps),
      publicUrl: "https://platform.example",
      development: true,
    });
  }

  const write = <T>(work: (trx: Write) => Promise<T>) => storage.database.write(work);

  /** Creates an app that added a scope, and its instances. */
  async function installOn(sites: number): Promise<void> {
    const app = { app_id: "app", name: "App", gen: 1, enabled: 1, token_format: "jwt", token_lifetime: 300 };
    const scopes = JSON.stringify([{ scopeId: added, optional: false, reason: "New" }]);
    const site = { name: "Site", locale: "en", currency: "USD" };
    await write(async (trx) => {
      await trx
        .insertInto("apps")
        .values({ ...app, scopes, ...times })
        .execute();
      for (let number = 0; number < sites; number += 1) {
        const site_id = `site ${number}`;
        await trx
          .insertInto("sites")
          .values({ ...site, site_id, ...times })
          .execute();
        const id = { instance_id: `instance ${String(number).padStart(3, "0")}`, app_id: "app", site_id };
        const state = number === 1 ? "removed" : "installed";
        await trx
          .insertInto("instances")
          .values({ ...id, state, gen: 1, granted_scopes: "[]", ...times })
          .execute();
      }
      await instances.approvals.scopesChanged(trx, "app");
    });
  }

  const count = async (table: "approvals" | "scope_changes" | "events") =>
    (await storage.database.read.selectFrom(table).select("app_id").execute()).length;

  test("are compared 100 at a time, each time in a transaction of its own", async () => {
    await installOn(250);
    const approvals = [await count("approvals")];
    while (await instances.approvals.continueWork()) approvals.push(await count("approvals"));
    // The second instance is removed.
    expect(approvals).toEqual([0, 99, 199, 249, 249]);
    expect([await count("events"), await count("scope_changes")]).toEqual([249, 0]);
  });

  test("are compared from the first one when the scopes change again", async () => {
    await installOn(150);
    await instances.approvals.continueWork();
    await write((trx) => instances.approvals.scopesChanged(trx, "app"));
    let steps = 0;
    while (await instances.approvals.continueWork()) steps += 1;
    expect([steps, await count("approvals"), await count("events")]).toEqual([3, 149, 149]);
  });

  test("are all listed, also when the app has used up its quota of events", async () => {
    await installOn(150);
    const { approvals } = newProcess(15_000);
    while (await approvals.continueWork());
    expect([await count("approvals"), await count("events"), await count("scope_changes")]).toEqual([
      149, 99, 0,
    ]);
  });

  test("are asked once when two processes work and an owner decides meanwhile", async () => {
    await installOn(150);
    const processes = [instances, newProcess()];
    const approved = write((trx) => instances.approve(trx, actor, { instanceId: "instance 149" }));
    const work = async (process: Instances) => {
      while ((await count("scope_changes")) > 0) await process.approvals.continueWork();
    };
    await Promise.all([approved, ...processes.map(work)]);
    const asked = await storage.database.read
      .selectFrom("events")
      .select("instance_id")
      .where("event_type", "=", "AppApprovalPending")
      .where("instance_id", "<>", "instance 149")
      .execute();
    expect([asked.length, new Set(asked.map((row) => row.instance_id)).size]).toEqual([148, 148]);
    expect(await count("approvals")).toBe(148);
  });
});
