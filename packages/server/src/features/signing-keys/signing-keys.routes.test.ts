import { type CallManagement, errorBody, managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";

const unknownId = "00000000-0000-4000-8000-000000000000";

describe.each(["sqlite", "postgres"] as const)("signing keys on %s", (engine) => {
  let platform: TestPlatform;
  let call: CallManagement;

  beforeAll(async () => {
    platform = await createTestPlatform({ database: engine, now: 1_767_323_045_678 });
    call = managementCaller(platform);
  });
  afterAll(() => platform.close());

  const published = async (): Promise<string[]> => {
    const response = await fetch(`${platform.url}/.well-known/jwks.json`);
    return ((await response.json()) as { keys: { kid: string }[] }).keys.map((key) => key.kid);
  };

  test("start with one active key", async () => {
    const { body } = await call("GET /keys");
    expect(body).toEqual({
      items: [
        {
          kid: expect.stringMatching(/^[0-9a-f-]{36}$/),
          state: "active",
          announcedAt: "2026-01-02T03:04:05.678Z",
          activeAt: "2026-01-02T03:04:05.678Z",
          retiredAt: null,
          removedAt: null,
        },
      ],
      nextCursor: null,
    });
    const only = await call(`POST /keys/${body.items[0]?.kid}/retire`);
    expect([only.status, only.body]).toEqual([
      409,
      errorBody("KEY_IS_ACTIVE", "This is the only active signing key; create another one first."),
    ]);
  });

  test("are announced before they sign, or are active at once", async () => {
    const announced = await call("POST /keys");
    expect([announced.status, announced.body]).toEqual([
      200,
      {
        kid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        state: "announced",
        announcedAt: "2026-01-02T03:04:05.678Z",
        activeAt: "2026-01-16T03:04:05.678Z",
        retiredAt: null,
        removedAt: null,
      },
    ]);
    const active = await call("POST /keys", { body: { activateNow: true } });
    expect(active.body).toMatchObject({ state: "active", activeAt: "2026-01-02T03:04:05.678Z" });
    expect(await published()).toEqual(expect.arrayContaining([announced.body.kid, active.body.kid]));
    const audit = await call("GET /audit?limit=1");
    expect(audit.body.items).toMatchObject([
      { actor: "admin", action: "signing-key.announced", details: { kid: active.body.kid } },
    ]);
  });

  test("are limited to five announced ones; a key that is active at once is not limited", async () => {
    const announce = () => call("POST /keys");
    let response = await announce();
    for (let count = 0; count < 5 && response.status === 200; count += 1) response = await announce();
    expect([response.status, response.body]).toMatchObject([
      409,
      {
        message: "As many signing keys are announced as may be; wait until one of them is active.",
        details: { applicationError: { code: "TOO_MANY_KEYS" } },
      },
    ]);
    const announced = (await call("GET /keys?limit=100")).body.items.filter(
      ({ state }) => state === "announced",
    );
    expect(announced).toHaveLength(5);
    expect((await call("POST /keys", { body: { activateNow: true } })).body.state).toBe("active");
  });

  test("verify for two weeks after they are retired, or not at all when they are compromised", async () => {
    const { body: first } = await call("POST /keys", { body: { activateNow: true } });
    const { body: second } = await call("POST /keys", { body: { activateNow: true } });
    const retired = await call(`POST /keys/${first.kid}/retire`);
    expect([retired.status, retired.body]).toMatchObject([
      200,
      { state: "retired", retiredAt: "2026-01-02T03:04:05.678Z", removedAt: "2026-01-16T03:04:05.678Z" },
    ]);
    const leaked = await call(`POST /keys/${second.kid}/retire`, { body: { compromised: true } });
    expect([leaked.status, leaked.body]).toMatchObject([
      200,
      { state: "removed", removedAt: "2026-01-02T03:04:05.678Z" },
    ]);
    expect(await published()).toContain(first.kid);
    expect(await published()).not.toContain(second.kid);
  });

  test("stay removed when they are retired again", async () => {
    const { body } = await call("POST /keys", { body: { activateNow: true } });
    await call(`POST /keys/${body.kid}/retire`, { body: { compromised: true } });
    await platform.clock.advance(1_000);
    const again = await call(`POST /keys/${body.kid}/retire`);
    expect(again.body).toMatchObject({ state: "removed", removedAt: "2026-01-02T03:04:05.678Z" });
  });

  test("keep one active key under concurrent retirements", async () => {
    for (let count = 0; count < 3; count += 1) await call("POST /keys", { body: { activateNow: true } });
    const { body } = await call("GET /keys?limit=100");
    await Promise.all(body.items.map(({ kid }) => call(`POST /keys/${kid}/retire`)));
    const after = await call("GET /keys?limit=100");
    expect(after.body.items.filter(({ state }) => state === "active")).toHaveLength(1);
  });

  test("that do not exist cannot be retired", async () => {
    for (const kid of [unknownId, "x"]) {
      const response = await call(`POST /keys/${kid}/retire`);
      expect([response.status, response.body]).toEqual([
        404,
        errorBody("KEY_NOT_FOUND", "There is no key with this id."),
      ]);
    }
  });
});

describe.each(["sqlite", "postgres"] as const)("the audit log on %s", (engine) => {
  let platform: TestPlatform;
  let call: CallManagement;

  beforeAll(async () => {
    platform = await createTestPlatform({ database: engine, now: 1_767_323_045_678 });
    call = managementCaller(platform);
  });
  afterAll(() => platform.close());

  test("lists the newest change first, and filters by app and by site", async () => {
    const app = await call("POST /apps", { body: { name: "A" } });
    const site = await call("POST /sites", { body: { name: "S" } });
    const { appId } = app.body;
    const { siteId } = site.body;
    const { body } = await call(`POST /sites/${siteId}/instances`, { body: { appId } });
    const actionsOf = async (query: string) =>
      (await call(`GET /audit${query}`)).body.items.map(({ action }) => action);
    expect(await actionsOf("")).toEqual([
      ...["instance.installed", "site.created", "app.created"],
      // The platform creates its first key when it starts.
      "signing-key.announced",
    ]);
    expect(await actionsOf(`?appId=${appId}`)).toEqual(["instance.installed", "app.created"]);
    expect(await actionsOf(`?siteId=${siteId.toUpperCase()}`)).toEqual([
      "instance.installed",
      "site.created",
    ]);
    expect(await actionsOf(`?appId=${unknownId}`)).toEqual([]);
    const [entry] = (await call("GET /audit?limit=1")).body.items;
    expect(entry).toEqual({
      entryId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      actor: "admin",
      action: "instance.installed",
      appId,
      siteId,
      instanceId: body.instanceId,
      details: { grant: [] },
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      occurredAt: "2026-01-02T03:04:05.678Z",
    });
  });

  test("has no entry for a rejected change", async () => {
    const before = await call("GET /audit?limit=100");
    await call("POST /apps", { body: { name: "A", scopes: ["SCOPE.UNKNOWN"] } });
    await call(`DELETE /sites/${unknownId}`);
    expect((await call("GET /audit?limit=100")).text).toBe(before.text);
  });
});
