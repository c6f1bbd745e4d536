import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createIds, type TokenLogTable } from "../../../infrastructure/database/index.ts";
import { createLog, createMetrics, type Metrics } from "../../../infrastructure/observability/index.ts";
import { createTestDatabase, engines, type TestDatabase } from "../../../testing/test-database.ts";
import { TokenLog } from "./token-log.ts";

const start = Date.parse("2026-01-02T10:32:04.000Z");
const minute = 60_000;

describe.each(engines)("the token log on %s", (engine) => {
  let storage: TestDatabase;
  let metrics: Metrics;
  let log: TokenLog;
  let lines: object[];
  beforeEach(async () => {
    storage = await createTestDatabase(engine);
    await storage.clock.set(start);
    metrics = createMetrics();
    lines = [];
    log = createTokenLog();
  });
  afterEach(() => storage.remove());

  const createTokenLog = () => {
    const { clock, database } = storage;
    const ids = createIds({ clock, randomUuid: randomUUID });
    const info = (fields: object) => void lines.push(fields);
    return new TokenLog({ clock, database, ids, metrics, log: { ...createLog("silent"), info } });
  };

  const refuse = (reason: string, caller: { appId: string; instanceId?: string } = { appId: "app" }) =>
    log.add({
      requestId: `request of ${reason}`,
      kind: "client",
      route: "POST /oauth2/token",
      reason,
      caller,
    });
  const rows = async () =>
    await storage.database.read.selectFrom("token_log").selectAll().orderBy("entry_id").execute();
  const reasons = async () => (await rows()).map((row) => [row.reason, row.requests]);
  const valuesOf = async (name: "refusedRequests" | "tokenLogLeftOut") =>
    (await metrics[name].get()).values.map(({ labels, value }) => [...Object.values(labels), value]);

  test("counts requests of one hour with the same instance, route and reason in one entry (FR-B6)", async () => {
    const caller = { appId: "app", instanceId: "instance" };
    for (const [requestId, at] of [
      ["first", start],
      ["second", start + minute],
      ["third", start + 27 * minute],
      ["next hour", start + 28 * minute],
    ] as const) {
      await storage.clock.set(at);
      const request = { requestId, route: "GET /apps/v1/instance", reason: "generation_raised", caller };
      log.add({ ...request, kind: "access-token" });
      await log.store();
    }
    expect(await rows()).toEqual([
      {
        entry_id: expect.stringMatching(/^019b7e43-b0a0-7/),
        app_id: "app",
        hour: Date.parse("2026-01-02T10:00:00.000Z"),
        instance_id: "instance",
        route: "GET /apps/v1/instance",
        reason: "generation_raised",
        kind: "access-token",
        requests: 3,
        first_at: start,
        last_at: start + 27 * minute,
        first_request_id: "first",
        last_request_id: "third",
      },
      expect.objectContaining({ requests: 1, hour: Date.parse("2026-01-02T11:00:00.000Z") }),
    ]);
  });

  test("of two processes has one entry for the same requests", async () => {
    const other = createTokenLog();
    refuse("wrong_secret");
    other.add({
      ...{ requestId: "other", kind: "client", route: "POST /oauth2/token", reason: "wrong_secret" },
      caller: { appId: "app" },
    });
    await Promise.all([log.store(), other.store()]);
    expect(await reasons()).toEqual([["wrong_secret", 2]]);
  });

  test("has an entry for each instance up to 100 of an app, and one for each reason above", async () => {
    for (let count = 0; count < 250; count += 1) {
      refuse("expired", { appId: "app", instanceId: `instance ${count}` });
    }
    refuse("revoked", { appId: "app", instanceId: "instance" });
    refuse("expired", { appId: "quiet" });
    await log.store();
    const stored = await rows();
    expect(stored.filter((row) => row.app_id === "app")).toHaveLength(102);
    expect(
      stored.filter((row) => row.route === "").map(({ reason, requests }) => [reason, requests]),
    ).toEqual([
      ["expired", 150],
      ["revoked", 1],
    ]);
    expect(stored.filter((row) => row.app_id === "quiet")).toMatchObject([
      { requests: 1, reason: "expired" },
    ]);
    expect(await valuesOf("tokenLogLeftOut")).toEqual([[151]]);
  });

  test("has no entries of more than 500 apps between two flushes", async () => {
    for (let count = 0; count < 600; count += 1) refuse("wrong_secret", { appId: `app ${count}` });
    await log.store();
    expect(await rows()).toHaveLength(500);
    expect(await valuesOf("tokenLogLeftOut")).toEqual([[100]]);
  });

  test("only counts requests of no app", async () => {
    log.add({ requestId: "r", kind: "client", route: "POST /oauth2/token", reason: "unknown_app" });
    log.add({ requestId: "r", kind: "access-token", route: "GET /x", reason: "bad_signature" });
    await log.store();
    expect(await rows()).toEqual([]);
    expect(await valuesOf("refusedRequests")).toEqual([
      ["client", "unknown_app", 1],
      ["access-token", "bad_signature", 1],
    ]);
  });

  test("writes a line for each request, up to ten a minute for each app and reason", async () => {
    for (let count = 0; count < 50; count += 1)
      refuse("wrong_secret", { appId: "app", instanceId: "instance" });
    expect(lines).toHaveLength(10);
    expect(lines[0]).toEqual({
      requestId: "request of wrong_secret",
      appId: "app",
      instanceId: "instance",
      kind: "client",
      route: "POST /oauth2/token",
      reason: "wrong_secret",
      sampled: true,
    });
    refuse("unknown_instance");
    refuse("wrong_secret", { appId: "quiet" });
    expect(lines).toHaveLength(12);
  });

  test("keeps the newest 10,000 entries of an app, and all of other apps", async () => {
    const seeded = (app_id: string, count: number): TokenLogTable[] =>
      Array.from({ length: count }, (_, index) => ({
        ...{
          app_id,
          hour: index,
          instance_id: "",
          route: "",
          reason: `old ${index}`,
          kind: "client",
          requests: 1,
        },
        ...{ first_at: 0, last_at: 0, first_request_id: "", last_request_id: "" },
        entry_id: `0 ${app_id} ${String(index).padStart(5, "0")}`,
      }));
    await storage.database.write(async (trx) => {
      const all = [...seeded("app", 10_000), ...seeded("quiet", 3)];
      for (let from = 0; from < all.length; from += 1_000) {
        await trx
          .insertInto("token_log")
          .values(all.slice(from, from + 1_000))
          .execute();
      }
    });
    refuse("new");
    refuse("newer");
    await log.store();
    const ofApp = (await rows()).filter((row) => row.app_id === "app").map((row) => row.reason);
    expect(ofApp).toHaveLength(10_000);
    expect([ofApp[0], ...ofApp.slice(-2)]).toEqual(["old 2", "new", "newer"]);
    expect(await rows()).toHaveLength(10_003);
  });

  test("keeps what cannot be stored, with the requests that came meanwhile", async () => {
    const rename = (from: string, to: string) =>
      storage.database.write((trx) => trx.schema.alterTable(from).renameTo(to).execute());
    refuse("wrong_secret");
    await rename("token_log", "elsewhere");
    await expect(log.store()).rejects.toThrow(/token_log/);
    refuse("wrong_secret");
    await rename("elsewhere", "token_log");
    await log.store();
    expect(await reasons()).toEqual([["wrong_secret", 2]]);
  });

  test("drops a row that the database refuses, and stores all others", async () => {
    refuse(null as unknown as string, { appId: "one" });
    refuse("wrong_secret", { appId: "one" });
    refuse("wrong_secret", { appId: "two" });
    await log.store();
    expect((await rows()).map((row) => [row.app_id, row.reason])).toEqual([
      ["one", "wrong_secret"],
      ["two", "wrong_secret"],
    ]);
  });
});
