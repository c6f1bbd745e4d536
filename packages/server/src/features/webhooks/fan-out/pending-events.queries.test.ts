import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createIds } from "../../../infrastructure/database/index.ts";
import { createMetrics } from "../../../infrastructure/observability/index.ts";
import { engines, type TestDatabase } from "../../../testing/test-database.ts";
import { createDeliveryDatabase, insertWebhookRow } from "../testing/delivery-rows.ts";
import { fanOut } from "./fan-out.ts";
import { claimPendingEvents, readPendingSites } from "./pending-events.queries.ts";
import { PendingLimits } from "./pending-limits.ts";

describe.each(engines)("fan-out (FR-B3) on %s", (engine) => {
  let storage: TestDatabase;
  beforeEach(async () => {
    storage = await createDeliveryDatabase(engine);
  });
  afterEach(() => storage.remove());

  const append = (site_id: string, eventIds: readonly string[]) =>
    storage.database.write((trx) =>
      trx
        .insertInto("events")
        .values(
          eventIds.map((event_id) => ({
            ...{ event_id, event_type: "own", app_id: null, site_id, instance_id: null, payload: "{}" },
            ...{ identity: null, occurred_at: 1, fan_out_cursor: null, fanned_out_at: null },
          })),
        )
        .execute(),
    );
  const burst = (site: string, count: number): string[] =>
    Array.from({ length: count }, (_, index) => `${site}-${String(index).padStart(5, "0")}`);
  /** Runs one pass. @returns the site where the next one continues */
  const pass = async (lastSite: string): Promise<string> => {
    const { clock, database } = storage;
    const ids = createIds({ clock, randomUuid: randomUUID });
    const pendingLimits = new PendingLimits({ clock, maxPendingPerApp: 100_000 });
    const deps = { clock, database, ids, metrics: createMetrics(), pendingLimits };
    return (await fanOut(deps, lastSite)).lastSite;
  };
  const pending = async (): Promise<Record<string, number>> => {
    const rows = await storage.database.read
      .selectFrom("events")
      .select(["site_id", (eb) => eb.fn.countAll<number>().as("count")])
      .where("fanned_out_at", "is", null)
      .groupBy("site_id")
      .execute();
    return Object.fromEntries(rows.map(({ count, site_id }) => [site_id, Number(count)]));
  };
  const subscribe = async (sites: readonly string[], webhooks: number): Promise<void> => {
    const { database } = storage;
    for (let index = 0; index < webhooks; index += 1) {
      await insertWebhookRow(database, {
        webhook_id: `webhook-${index}`,
        url: `http://127.0.0.1:9/${index}`,
      });
    }
    const rows = sites.map((site_id) => ({ instance_id: `instance-${site_id}`, app_id: "app", site_id }));
    const state = { state: "installed" as const, last_sequence: 0 };
    await database.write((trx) =>
      trx
        .insertInto("instance_sequences")
        .values(rows.map((row) => ({ ...row, ...state })))
        .execute(),
    );
  };

  /** Runs work while another transaction holds claims. SQLite has one writer, so that there is nothing to run. */
  const whileClaimed = async <T>(count: number, work: () => T): Promise<Awaited<T>> => {
    const { promise: claimed, resolve: onClaimed } = Promise.withResolvers<void>();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const other = storage.database.write(async (trx) => {
      await claimPendingEvents(trx, "site", count);
      onClaimed();
      await released;
    });
    await claimed;
    const result = await work();
    release();
    await other;
    return result;
  };

  test("lets an event overtake a burst of another site", async () => {
    await append("busy", burst("a", 300));
    await append("quiet", ["b"]);
    await pass("");
    expect(await pending()).toEqual({ busy: 250 });
  });

  test("gives each site a share of a pass", async () => {
    await subscribe(["busy", "other"], 100);
    await append("busy", burst("a", 40));
    await append("other", burst("b", 40));
    await pass("");
    expect(await pending()).toEqual({ busy: 35, other: 35 });
  });

  test("lets sites take turns when more of them wait than fit in a pass", async () => {
    const sites = burst("site", 25);
    for (const site of sites) await append(site, burst(`event-${site}`, 10));
    const last = await pass("");
    expect(last).toBe("site-00019");
    expect(await pass(last)).toBe("site-00014");
    const left = await pending();
    expect(sites.map((site) => left[site] ?? 0)).toEqual([...Array(15).fill(0), ...Array(10).fill(5)]);
  });

  test("looks for sites after the last one first, then from the beginning", async () => {
    for (const site of ["a", "b", "c"]) await append(site, burst(site, 2));
    const { read } = storage.database;
    expect(await readPendingSites(read, { after: "a", limit: 20 })).toEqual(["b", "c", "a"]);
    expect(await readPendingSites(read, { after: "c", limit: 2 })).toEqual(["a", "b"]);
  });

  test("claims no event whose site has an earlier one that another process has claimed", async () => {
    await append("site", ["1", "2", "3"]);
    const first = await whileClaimed(1, () =>
      engine === "postgres" ? storage.database.write((trx) => claimPendingEvents(trx, "site", 2)) : [],
    );
    expect(first).toEqual([]);
    const events = await storage.database.write((trx) => claimPendingEvents(trx, "site", 2));
    expect(events.map((event) => event.event_id)).toEqual(["1", "2"]);
  });
});
