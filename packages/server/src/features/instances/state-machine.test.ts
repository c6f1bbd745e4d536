import { stores } from "@latchkey/stores";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Actor } from "../../infrastructure/management/index.ts";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";
import { engines } from "../../testing/test-database.ts";
import type { Instance, InstanceState } from "./instance.ts";

const actor: Actor = { name: "key:one", requestId: "request-1" };
const scopes = ["SCOPE.DC-STORES.READ-PRODUCTS", "SCOPE.DC-STORES.MANAGE-PRODUCTS"];
const [readProducts = ""] = scopes;

type Operation = "install" | "remove" | "suspend" | "resume" | "approve" | "revokeTokens";

/** The expected result of an operation in a state: the next state, and the recorded entries. */
interface Change {
  readonly to: InstanceState;
  /** Whether the tokens of the instance are invalid afterwards. */
  readonly invalidates?: true;
  readonly audit: readonly string[];
  readonly events?: readonly string[];
}

const table: Readonly<Record<InstanceState, Readonly<Record<Operation, Change | string>>>> = {
  installed: {
    install: "INSTANCE_ALREADY_INSTALLED",
    remove: { to: "removed", invalidates: true, audit: ["instance.removed"], events: ["AppRemoved"] },
    suspend: {
      to: "suspended",
      invalidates: true,
      audit: ["instance.suspended"],
      events: ["latchkey.instance_suspended"],
    },
    resume: "INSTANCE_NOT_INSTALLED",
    approve: { to: "installed", audit: ["instance.approved"], events: ["AppGrantChanged"] },
    revokeTokens: {
      to: "installed",
      invalidates: true,
      audit: ["instance.tokens.revoked"],
      events: ["latchkey.tokens_revoked"],
    },
  },
  suspended: {
    install: "INSTANCE_ALREADY_INSTALLED",
    remove: { to: "removed", invalidates: true, audit: ["instance.removed"], events: ["AppRemoved"] },
    suspend: "INSTANCE_NOT_INSTALLED",
    resume: { to: "installed", audit: ["instance.resumed"], events: ["latchkey.instance_resumed"] },
    approve: "INSTANCE_NOT_INSTALLED",
    revokeTokens: {
      to: "suspended",
      invalidates: true,
      audit: ["instance.tokens.revoked"],
      events: ["latchkey.tokens_revoked"],
    },
  },
  removed: {
    install: { to: "installed", audit: ["instance.installed"], events: ["AppInstalled"] },
    remove: { to: "removed", audit: [] },
    suspend: "INSTANCE_NOT_INSTALLED",
    resume: "INSTANCE_NOT_INSTALLED",
    approve: "INSTANCE_NOT_INSTALLED",
    revokeTokens: { to: "removed", invalidates: true, audit: ["instance.tokens.revoked"] },
  },
};

const states = Object.keys(table) as InstanceState[];
const cells = states.flatMap((state) =>
  Object.entries(table[state]).map(([operation, outcome]) => ({ state, operation, outcome })),
);

describe.each(engines)("on %s", (engine) => {
  let testPlatform: TestPlatform;
  let instance: Instance;

  beforeAll(async () => {
    testPlatform = await createTestPlatform({ resources: [stores], database: engine });
  });
  afterAll(() => testPlatform.close());

  async function createIn(state: InstanceState): Promise<void> {
    const { appId } = await testPlatform.createApp({
      scopes: scopes.map((scopeId) => ({ scopeId, optional: true })),
    });
    const { siteId } = await testPlatform.createSite();
    instance = await testPlatform.install({ appId, siteId, grant: [readProducts] });
    if (state === "suspended") await testPlatform.suspend(instance.instanceId);
    if (state === "removed") await testPlatform.remove(instance.instanceId);
    await testPlatform.settled();
  }

  async function run(operation: Operation): Promise<Instance> {
    const { database, instances } = testPlatform.platform;
    const { appId, instanceId, siteId } = instance;
    return await database.write((trx) => {
      if (operation === "install") return instances.install(trx, actor, { appId, siteId });
      if (operation === "approve") return instances.approve(trx, actor, { instanceId });
      return instances[operation](trx, actor, instanceId);
    });
  }

  const row = () =>
    testPlatform.platform.database.read
      .selectFrom("instances")
      .selectAll()
      .where("instance_id", "=", instance.instanceId)
      .executeTakeFirstOrThrow();
  const auditOf = () =>
    testPlatform.platform.database.read
      .selectFrom("audit")
      .selectAll()
      .where("instance_id", "=", instance.instanceId)
      .orderBy("entry_id")
      .execute();
  const eventsOf = async () => {
    await testPlatform.settled();
    return await testPlatform.platform.database.read
      .selectFrom("events")
      .selectAll()
      .where("instance_id", "=", instance.instanceId)
      .orderBy("event_id")
      .execute();
  };

  test.each(cells)("$state, $operation", async ({ state, operation, outcome }) => {
    await createIn(state);
    await testPlatform.clock.advance(1_000);
    const [rowBefore, auditBefore, eventsBefore] = [await row(), await auditOf(), await eventsOf()];
    const change = run(operation as Operation);
    if (typeof outcome === "string") {
      await expect(change).rejects.toMatchObject({
        code: outcome,
        status: 409,
        data: { state },
        message:
          outcome === "INSTANCE_ALREADY_INSTALLED"
            ? "The app is already installed on this site."
            : `The instance is ${state}; this works only while it is ${operation === "resume" ? "suspended" : "installed"}.`,
      });
      expect(await row()).toEqual(rowBefore);
      expect([await auditOf(), await eventsOf()]).toEqual([auditBefore, eventsBefore]);
      return;
    }
    const after = await change;
    expect(after).toMatchObject({ instanceId: instance.instanceId, state: outcome.to });
    expect(await row()).toMatchObject({
      state: outcome.to,
      gen: rowBefore.gen + (outcome.invalidates ? 1 : 0),
      created_at: rowBefore.created_at,
      origin_instance_id: null,
    });
    const { appId, instanceId, siteId } = instance;
    const entries = (await auditOf()).slice(auditBefore.length);
    expect(entries.map((entry) => entry.action)).toEqual(outcome.audit);
    for (const entry of entries) {
      expect(entry).toMatchObject({
        actor: "key:one",
        request_id: "request-1",
        app_id: appId,
        site_id: siteId,
      });
      expect(entry.occurred_at).toBe(testPlatform.clock.now());
    }
    const published = (await eventsOf()).slice(eventsBefore.length);
    expect(published.map((event) => event.event_type)).toEqual(outcome.events ?? []);
    for (const event of published) {
      expect(event).toMatchObject({
        app_id: appId,
        site_id: siteId,
        instance_id: instanceId,
      });
      expect(JSON.parse(event.payload)).toMatchObject({ appId });
      expect(event.occurred_at).toBe(testPlatform.clock.now());
    }
  });

  test("approving the same grant again is no event", async () => {
    await createIn("installed");
    await run("approve");
    const before = await eventsOf();
    expect(JSON.parse(before.at(-1)?.payload ?? "")).toEqual({
      appId: instance.appId,
      granted: ["SCOPE.DC.MANAGE-YOUR-APP", ...scopes].sort(),
      added: ["SCOPE.DC-STORES.MANAGE-PRODUCTS"],
      dropped: [],
    });
    await run("approve");
    expect(await eventsOf()).toEqual(before);
  });

  test.each(["remove", "suspend", "resume", "approve", "revokeTokens"] as const)(
    "%s of an unknown instance is 404",
    async (operation) => {
      instance = { ...instance, instanceId: "00000000-0000-4000-8000-000000000000" };
      await expect(run(operation)).rejects.toMatchObject({ code: "INSTANCE_NOT_FOUND", status: 404 });
    },
  );

  describe("is atomic", () => {
    beforeEach(() => createIn("installed"));

    /** Renames a table while `work` runs, so that writing to it fails. */
    async function without(name: string, work: () => Promise<unknown>): Promise<void> {
      const { database } = testPlatform.platform;
      const rename = (from: string, to: string) =>
        database.write((trx) => trx.schema.alterTable(from).renameTo(to).execute());
      await rename(name, "renamed");
      try {
        await work();
      } finally {
        await rename("renamed", name);
      }
    }

    test.each(["audit", "events"])("a removal is rolled back when %s cannot be written", async (name) => {
      const before = [await row(), await auditOf(), await eventsOf()];
      await without(name, () => expect(run("remove")).rejects.toThrow(name));
      expect([await row(), await auditOf(), await eventsOf()]).toEqual(before);
    });

    test.each(["audit", "events"])("an install is rolled back when %s cannot be written", async (name) => {
      const { appId } = await testPlatform.createApp();
      const { siteId } = await testPlatform.createSite();
      await without(name, () => expect(testPlatform.install({ appId, siteId })).rejects.toThrow(name));
      const found = testPlatform.platform.database.read.selectFrom("instances").where("site_id", "=", siteId);
      expect(await found.select("instance_id").execute()).toEqual([]);
    });
  });
});
