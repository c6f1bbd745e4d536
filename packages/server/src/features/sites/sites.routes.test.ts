import { createAccount } from "@latchkey/test-support/accounts";
import {
  type CallManagement,
  errorBody,
  managementCaller,
  violations,
} from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";

const taken = [409, errorBody("EXTERNAL_ID_TAKEN", "Another site has this externalId.")];
const siteNotFound = [404, errorBody("SITE_NOT_FOUND", "There is no site with this id.")];
const unknownId = "00000000-0000-4000-8000-000000000000";

describe.each(["sqlite", "postgres"] as const)("sites on %s", (engine) => {
  let platform: TestPlatform;
  let call: CallManagement;

  beforeAll(async () => {
    platform = await createTestPlatform({ database: engine, now: 1_767_323_045_678 });
    call = managementCaller(platform);
  });
  afterAll(() => platform.close());

  test("are created with the fields of the request", async () => {
    const fields = { name: "Demo Store", externalId: "tenant/1", locale: "de", currency: "EUR" };
    const { status, body } = await call("POST /sites", { body: { ...fields, url: "https://shop.example" } });
    expect([status, body]).toEqual([
      200,
      {
        ...fields,
        siteId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        url: "https://shop.example/",
        createdAt: "2026-01-02T03:04:05.678Z",
        updatedAt: "2026-01-02T03:04:05.678Z",
      },
    ]);
    expect((await call(`GET /sites/${body.siteId}`)).body).toEqual(body);
  });

  test("keep the text of names, and normalize URLs", async () => {
    for (const name of ["نامه\u200cای", "👩\u200d🚀 Shop", "Łódź — 漢字"]) {
      expect((await call("POST /sites", { body: { name } })).body.name).toBe(name);
    }
    const { body } = await call("POST /sites", {
      body: { name: "Shop", url: "HTTPS://Shop.Example:443/a b/../ö?q=ü#top" },
    });
    expect(body.url).toBe("https://shop.example/%C3%B6?q=%C3%BC#top");
    const { body: changed } = await call(`PATCH /sites/${body.siteId}`, {
      body: { url: "http://shop.example" },
    });
    expect(changed.url).toBe("http://shop.example/");
  });

  test("have defaults for everything except the name", async () => {
    const { body } = await call("POST /sites", { body: { name: "Plain" } });
    expect(body).toMatchObject({ externalId: null, locale: "en", currency: "USD", url: null });
  });

  test("H7 are found by their exact external id", async () => {
    const { body } = await call("POST /sites", { body: { name: "Found", externalId: "a%'\" OR 1=1" } });
    const find = async (externalId: string) =>
      (await call(`GET /sites?externalId=${encodeURIComponent(externalId)}`)).body;
    expect(await find("a%'\" OR 1=1")).toEqual({ items: [body], nextCursor: null });
    for (const other of ["a%", "%", "' OR 1=1 --", "A%'\" OR 1=1"]) {
      expect(await find(other)).toEqual({ items: [], nextCursor: null });
    }
  });

  test("are found by a part of the name", async () => {
    for (const name of ["Corner 50% Shop", "Corner Shop", "CORNERSTONE", "Ärzte"]) {
      await call("POST /sites", { body: { name } });
    }
    const found = async (name: string) => {
      const { body } = await call(`GET /sites?limit=100&name=${encodeURIComponent(name)}`);
      return body.items.map((one) => one.name).sort();
    };
    expect(await found("corner")).toEqual(["CORNERSTONE", "Corner 50% Shop", "Corner Shop"]);
    expect(await found("r S")).toEqual(["Corner Shop"]);
    expect(await found("0%")).toEqual(["Corner 50% Shop"]);
    expect(await found("Ärz")).toEqual(["Ärzte"]);
    for (const other of ["c_rner", "%%", "\\", "' OR 1=1 --"]) expect(await found(other)).toEqual([]);
  });

  test("never have the same external id", async () => {
    await call("POST /sites", { body: { name: "One", externalId: "only-one" } });
    const second = await call("POST /sites", { body: { name: "Two", externalId: "only-one" } });
    expect([second.status, second.body]).toEqual(taken);
    const { body } = await call("POST /sites", { body: { name: "Three" } });
    const third = await call(`PATCH /sites/${body.siteId}`, { body: { externalId: "only-one" } });
    expect([third.status, third.body]).toEqual(taken);
    const race = await Promise.all(
      Array.from({ length: 5 }, () => call("POST /sites", { body: { name: "Race", externalId: "race" } })),
    );
    expect(race.map((response) => response.status).sort()).toEqual([200, 409, 409, 409, 409]);
  });

  test("change field by field, and null clears an optional field", async () => {
    const { body } = await call("POST /sites", {
      body: { name: "Before", externalId: "clear-me", url: "https://shop.example" },
    });
    await platform.clock.advance(1_000);
    const changes = { name: "After", externalId: null, url: null };
    const changed = await call(`PATCH /sites/${body.siteId}`, { body: changes });
    expect([changed.status, changed.body]).toEqual([
      200,
      { ...body, ...changes, updatedAt: "2026-01-02T03:04:06.678Z" },
    ]);
    const refused = await call(`PATCH /sites/${body.siteId}`, { body: { name: null } });
    expect([refused.status, refused.body]).toEqual([
      400,
      violations({ field: "name", description: "must be text", violatedRule: "VALIDATION" }),
    ]);
  });

  test("are copied with new instances that have an originInstanceId", async () => {
    const app = await platform.createApp();
    const { body } = await call("POST /sites", { body: { name: "Origin", externalId: "origin" } });
    const origin = await platform.install({ appId: app.appId, siteId: body.siteId });
    const copy = await call(`POST /sites/${body.siteId}/copy`);
    expect([copy.status, copy.body]).toMatchObject([200, { name: "Origin", externalId: null }]);
    expect(copy.body.siteId).not.toBe(body.siteId);
    const instances = await call(`GET /sites/${copy.body.siteId}/instances`);
    expect(instances.body.items).toMatchObject([
      { appId: app.appId, state: "installed", originInstanceId: origin.instanceId },
    ]);
    expect(instances.body.items[0]?.instanceId).not.toBe(origin.instanceId);
  });

  test("belong to the developer who creates them, who copies and deletes them; others may not create any", async () => {
    const developer = await createAccount(platform, "developer", { isDeveloper: true });
    const { body: site } = await developer.call("POST /sites", { body: { name: "Own" } });
    const { body: copy } = await developer.call(`POST /sites/${site.siteId}/copy`);
    for (const { siteId } of [site, copy]) {
      expect((await developer.call(`GET /sites/${siteId}/members/${developer.accountId}`)).body).toEqual({
        siteId,
        accountId: developer.accountId,
        name: "developer",
        role: "OWNER",
      });
    }
    expect((await developer.call(`DELETE /sites/${copy.siteId}`)).status).toBe(200);
    expect((await developer.call("GET /sites")).body.items).toEqual([site]);
    const person = await createAccount(platform, "person");
    const refused = await person.call("POST /sites", { body: { name: "Own" } });
    expect([refused.status, refused.body]).toEqual([
      403,
      errorBody("PERMISSION_DENIED", "This call is for a developer."),
    ]);
  });

  test("with an id of the platform owner are created and deleted by an operator only", async () => {
    const developer = await createAccount(platform, "other-developer", { isDeveloper: true });
    const { body: site } = await call("POST /sites", { body: { name: "Tenant", externalId: "tenant/2" } });
    await call(`PUT /sites/${site.siteId}/members/${developer.accountId}`, { body: { role: "OWNER" } });
    for (const refused of [
      await developer.call(`DELETE /sites/${site.siteId}`),
      await developer.call("POST /sites", { body: { name: "Tenant", externalId: "tenant/3" } }),
    ]) {
      expect([refused.status, refused.body]).toEqual([
        403,
        errorBody("PERMISSION_DENIED", "This change is for an operator."),
      ]);
    }
    expect((await call(`GET /sites/${site.siteId}`)).status).toBe(200);
  });

  test("are limited to 100 for an account, and a deleted one makes room", async () => {
    const developer = await createAccount(platform, "limited", { isDeveloper: true });
    const create = () => developer.call("POST /sites", { body: { name: "One of many" } });
    const created = await Promise.all(Array.from({ length: 100 }, create));
    expect(new Set(created.map(({ status }) => status))).toEqual(new Set([200]));
    const [first] = created;
    for (const refused of [await create(), await developer.call(`POST /sites/${first?.body.siteId}/copy`)]) {
      expect([refused.status, refused.body]).toEqual([
        409,
        errorBody(
          "TOO_MANY_SITES",
          "The account owns as many sites as it may; delete one first, or ask an operator.",
        ),
      ]);
    }
    await developer.call(`DELETE /sites/${first?.body.siteId}`);
    expect((await create()).status).toBe(200);
  });

  test("remove their instances when they are deleted", async () => {
    const app = await platform.createApp();
    const { body } = await call("POST /sites", { body: { name: "Gone", externalId: "gone" } });
    const { instanceId } = await platform.install({ appId: app.appId, siteId: body.siteId });
    const deleted = await call(`DELETE /sites/${body.siteId}`);
    expect([deleted.status, deleted.body]).toEqual([200, {}]);
    expect((await call(`GET /instances/${instanceId}`)).body).toMatchObject({ state: "removed" });
    expect((await call("POST /sites", { body: { name: "Again", externalId: "gone" } })).status).toBe(200);
    for (const [operation, sent] of [
      [`GET /sites/${body.siteId}`],
      [`PATCH /sites/${body.siteId}`, { name: "X" }],
      [`DELETE /sites/${body.siteId}`],
      [`POST /sites/${body.siteId}/copy`],
      [`GET /sites/${body.siteId}/instances`],
      [`POST /sites/${body.siteId}/instances`, { appId: app.appId }],
      [`GET /sites/${unknownId}`],
    ] as const) {
      const response = await call(operation, { body: sent });
      expect([operation, response.status, response.body]).toEqual([operation, ...siteNotFound]);
    }
  });
});
