import { stores } from "@latchkey/stores";
import { type CallManagement, managementCaller, violations } from "@latchkey/test-support/management-client";
import { requestToken } from "@latchkey/test-support/request-token";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";
import { engines } from "../../testing/test-database.ts";
import { findByLastToken, findInstances } from "./list-instances.queries.ts";

const read = "SCOPE.DC-STORES.READ-PRODUCTS";
const manage = "SCOPE.DC-STORES.MANAGE-PRODUCTS";

describe.each(engines)("a list of instances on %s", (database) => {
  let platform: TestPlatform;
  let call: CallManagement;
  let appId: string;
  /** Of the sites A to E: the app got a token on A, then on B; C approved the new scope; D is suspended. */
  const instances: Record<string, string> = {};
  const sites: Record<string, string> = {};

  beforeAll(async () => {
    platform = await createTestPlatform({ database, resources: [stores], now: 1_767_323_045_678 });
    call = managementCaller(platform);
    const app = await platform.createApp({ scopes: [read] });
    appId = app.appId;
    const mint = async (name: string) => {
      const instanceId = String(instances[name]);
      await requestToken(platform.url, { appId, secret: app.secret.value, instanceId });
      await platform.clock.advance(5_000);
    };
    for (const name of ["A", "B", "C", "D", "E"]) {
      const { siteId } = await platform.createSite({ name, externalId: `tenant ${name}` });
      sites[name] = siteId;
      instances[name] = (await platform.install({ appId, siteId })).instanceId;
    }
    await mint("D");
    await mint("A");
    await mint("B");
    await call(`POST /instances/${instances.D}/suspend`);
    const added = { scopeId: manage, reason: "Changes prices." };
    await call(`PATCH /apps/${appId}`, { body: { scopes: [read, added] } });
    await platform.settled();
    await call(`POST /instances/${instances.C}/approve`, { body: {} });
  });
  afterAll(() => platform.close());

  const names = (items: readonly { instanceId: string }[]) =>
    items.map(({ instanceId }) => Object.keys(instances).find((name) => instances[name] === instanceId));
  const list = async (query: string, path = `/apps/${appId}/instances`) => {
    const { body, status } = await call(`GET ${path}${query}`);
    expect(status).toBe(200);
    return names(body.items);
  };

  test("has the instance on a site, by its id or its external id", async () => {
    expect(await list(`?siteId=${sites.C}`)).toEqual(["C"]);
    expect(await list("?externalId=tenant%20C")).toEqual(["C"]);
    expect(await list(`?externalId=tenant%20C&siteId=${sites.C}&state=installed`)).toEqual(["C"]);
    expect(await list(`?externalId=tenant%20C&siteId=${sites.A}`)).toEqual([]);
    expect(await list("?externalId=none")).toEqual([]);
    expect(await list(`?siteId=${sites.C}&state=removed`)).toEqual([]);
  });

  test("has those with an old grant", async () => {
    expect((await list("?grant=old")).sort()).toEqual(["A", "B", "D", "E"]);
    expect(await list("?grant=old&state=suspended")).toEqual(["D"]);
    expect(await list("?grant=old&token=never")).toEqual(["E"]);
    expect(await list(`?grant=old&siteId=${sites.C}`)).toEqual([]);
    expect(await list("?grant=old", `/sites/${sites.A}/instances`)).toEqual(["A"]);
    expect(await list("?grant=old", `/sites/${sites.C}/instances`)).toEqual([]);
  });

  test("has those that have never got a token", async () => {
    expect((await list("?token=never")).sort()).toEqual(["C", "E"]);
    expect(await list("?token=never&state=suspended")).toEqual([]);
    expect(await list("?token=never", `/sites/${sites.C}/instances`)).toEqual(["C"]);
    expect(await list("?token=never", `/sites/${sites.A}/instances`)).toEqual([]);
  });

  test("has the newest token first, in pages", async () => {
    expect(await list("?order=lastToken")).toEqual(["B", "A", "D"]);
    expect(await list("?order=lastToken&state=installed")).toEqual(["B", "A"]);
    expect(await list("?order=lastToken&grant=old")).toEqual(["B", "A", "D"]);
    expect(await list(`?order=lastToken&siteId=${sites.A}`)).toEqual(["A"]);
    expect(await list(`?order=lastToken&siteId=${sites.C}`)).toEqual([]);
    const pages: unknown[] = [];
    let query = "?order=lastToken&limit=1";
    for (let page = 0; page < 3; page += 1) {
      const { body } = await call(`GET /apps/${appId}/instances${query}`);
      pages.push([names(body.items), body.items[0]?.lastTokenAt]);
      if (body.nextCursor !== null) query = `?order=lastToken&limit=1&cursor=${body.nextCursor}`;
    }
    expect(pages).toEqual([
      [["B"], "2026-01-02T03:04:15.678Z"],
      [["A"], "2026-01-02T03:04:10.678Z"],
      [["D"], "2026-01-02T03:04:05.678Z"],
    ]);
  });

  test("cannot have the newest token first among instances without one", async () => {
    const { body, status } = await call(`GET /apps/${appId}/instances?order=lastToken&token=never`);
    expect([status, body]).toEqual([
      400,
      violations({
        field: "order",
        description: "cannot be used with token=never",
        violatedRule: "ONE_OF_ALIGNMENT",
      }),
    ]);
  });

  test("ends after 5,000 rows that a filter excludes, and continues after them", async () => {
    const db = platform.platform.database;
    const other = (await platform.createApp()).appId;
    const id = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
    await db.write(async (trx) => {
      for (let start = 0; start < 5_001; start += 1_000) {
        const numbers = Array.from({ length: Math.min(1_000, 5_001 - start) }, (_, index) => start + index);
        const times = { created_at: 1, updated_at: 1 };
        const site = {
          name: "",
          external_id: null,
          locale: "en",
          currency: "USD",
          url: null,
          deleted_at: null,
        };
        await trx
          .insertInto("sites")
          .values(numbers.map((index) => ({ site_id: id(index), ...site, ...times })))
          .execute();
        await trx
          .insertInto("instances")
          .values(
            numbers.map((index) => ({
              ...{ instance_id: id(index), app_id: other, site_id: id(index), state: "installed" as const },
              ...{ gen: 1, granted_scopes: "[]", declined_scopes: null, pre_approved_scopes: null },
              ...{ origin_instance_id: null, setup_completed_at: null, ...times },
            })),
          )
          .execute();
        await trx
          .insertInto("last_uses")
          .values(
            numbers.map((index) => ({ id: id(index), used_at: 10_000 - index, app_id: other, uses: 1 })),
          )
          .execute();
      }
      await trx.deleteFrom("last_uses").where("id", "=", id(5_000)).execute();
      await trx
        .insertInto("last_uses")
        .values({ id: id(5_000), used_at: 1, app_id: other, uses: 1 })
        .execute();
      await trx
        .updateTable("instances")
        .set({ state: "suspended" })
        .where("instance_id", "=", id(5_000))
        .execute();
    });
    const byToken = { appId: other, state: "suspended" } as const;
    const first = await findByLastToken(db.read, byToken, { after: "", limit: 101 });
    expect(first).toEqual({ rows: [], continueAfter: `5001 ${id(4_999)}` });
    const second = await findByLastToken(db.read, byToken, {
      after: String(first.continueAfter),
      limit: 101,
    });
    expect(second.rows.map(({ position }) => position)).toEqual([`1 ${id(5_000)}`]);
    expect(second.continueAfter).toBeUndefined();
    await db.write((trx) => trx.deleteFrom("last_uses").where("id", "=", id(5_000)).execute());
    const never = { appId: other, token: "never" } as const;
    const skipped = await findInstances(db.read, never, { after: "", limit: 101 });
    expect(skipped).toEqual({ rows: [], continueAfter: id(4_999) });
    const rest = await findInstances(db.read, never, { after: id(4_999), limit: 101 });
    expect(rest.rows.map(({ position }) => position)).toEqual([id(5_000)]);
  });
});
