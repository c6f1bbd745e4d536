import {
  type CallManagement,
  errorBody,
  managementCaller,
  violations,
} from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../testing/index.ts";
import { hours } from "../clock/index.ts";

describe.each(["sqlite", "postgres"] as const)("a repeated request on %s", (engine) => {
  let platform: TestPlatform;
  let call: CallManagement;

  beforeAll(async () => {
    platform = await createTestPlatform({ database: engine });
    call = managementCaller(platform);
  });
  afterAll(() => platform.close());

  const sitesNamed = async (name: string): Promise<number> => {
    const { body } = await call("GET /sites?limit=100");
    return body.items.filter((site) => site.name === name).length;
  };
  const storedRows = () =>
    platform.platform.database.read.selectFrom("idempotency_keys").selectAll().execute();

  test("gets the first response and changes nothing", async () => {
    const request = { body: { name: "Once" }, headers: { "idempotency-key": "once" } };
    const first = await call("POST /sites", request);
    const second = await call("POST /sites", request);
    expect(first.status).toBe(200);
    expect(first.headers.get("idempotent-replayed")).toBeNull();
    expect(second.status).toBe(200);
    expect(second.headers.get("idempotent-replayed")).toBe("true");
    expect(second.text).toBe(first.text);
    expect(await sitesNamed("Once")).toBe(1);
    const { body } = await call("GET /audit?limit=100");
    expect(body.items.filter((entry) => entry.siteId === first.body.siteId)).toHaveLength(1);
  });

  test("gets the secret that the first one created, which is stored sealed", async () => {
    const request = { body: { name: "Once" }, headers: { "idempotency-key": "app" } };
    const first = await call("POST /apps", request);
    const second = await call("POST /apps", request);
    expect(second.text).toBe(first.text);
    const secret = (first.body.secret as { value: string }).value;
    expect(secret).toMatch(/^lks_/);
    expect(JSON.stringify(await storedRows())).not.toContain(secret);
  });

  test("runs once when many arrive at the same time", async () => {
    const request = { body: { name: "Race" }, headers: { "idempotency-key": "race" } };
    const responses = await Promise.all(Array.from({ length: 8 }, () => call("POST /sites", request)));
    expect(responses.map((response) => response.status)).toEqual(Array(8).fill(200));
    expect(new Set(responses.map((response) => response.text)).size).toBe(1);
    expect(
      responses.filter((response) => response.headers.get("idempotent-replayed") === "true"),
    ).toHaveLength(7);
    expect(await sitesNamed("Race")).toBe(1);
  });

  test("does not repeat its preparation", async () => {
    const request = { body: { advance: "1h" }, headers: { "idempotency-key": "clock" } };
    const first = await call("POST /dev/clock", request);
    const second = await call("POST /dev/clock", request);
    expect([second.status, second.text]).toEqual([200, first.text]);
    expect(platform.clock.now()).toBe(Date.parse(first.body.now as string));
  });

  test("is rejected when the key was used for a different request", async () => {
    const headers = { "idempotency-key": "other" };
    const first = await call("POST /sites", { body: { name: "First", locale: "en" }, headers });
    const reused = errorBody(
      "IDEMPOTENCY_KEY_REUSED",
      "This Idempotency-Key was already used for a different request; use a new one.",
    );
    for (const [operation, body] of [
      ["POST /sites", { name: "Second" }],
      // Looks the same, but is a different text.
      ["POST /sites", { locale: "en", name: "First" }],
      ["POST /apps", { name: "First" }],
      [`POST /sites/${first.body.siteId}/copy`, {}],
    ] as const) {
      const response = await call(operation, { body, headers });
      expect([response.status, response.body]).toEqual([409, reused]);
    }
    expect(await sitesNamed("Second")).toBe(0);
  });

  test("may use the key of another caller", async () => {
    const key = await call("POST /api-keys", { body: { name: "Other", scopes: ["sites:write"] } });
    const request = { body: { name: "Both" }, headers: { "idempotency-key": "both" } };
    await call("POST /sites", request);
    const other = await managementCaller(platform, key.body.value)("POST /sites", request);
    expect([other.status, other.headers.get("idempotent-replayed")]).toEqual([200, null]);
    expect(await sitesNamed("Both")).toBe(2);
  });

  test("runs again after an error, which is not stored", async () => {
    const headers = { "idempotency-key": "refused" };
    const app = await call("POST /apps", { body: { name: "Refused" } });
    const site = await call("POST /sites", { body: { name: "Refused" } });
    const install = { body: { appId: app.body.appId }, headers };
    await call(`PATCH /apps/${app.body.appId}`, { body: { enabled: false } });
    expect((await call(`POST /sites/${site.body.siteId}/instances`, install)).status).toBe(409);
    await call(`PATCH /apps/${app.body.appId}`, { body: { enabled: true } });
    const second = await call(`POST /sites/${site.body.siteId}/instances`, install);
    expect([second.status, second.headers.get("idempotent-replayed")]).toEqual([200, null]);
  });

  test.each(["", "a b", "ü".normalize("NFC"), "k".repeat(256)])("is refused for the key %j", async (key) => {
    const response = await call("POST /sites", {
      body: { name: "Never" },
      headers: { "idempotency-key": key },
    });
    expect([response.status, response.body]).toEqual([
      400,
      violations({
        field: "Idempotency-Key",
        description: "must have 1 to 255 visible ASCII characters",
        violatedRule: "FORMAT",
      }),
    ]);
    expect(await sitesNamed("Never")).toBe(0);
  });

  test("is a new request after 24 hours", async () => {
    const request = { body: { name: "Later" }, headers: { "idempotency-key": "later" } };
    await call("POST /sites", request);
    await platform.clock.advance(hours(23));
    await call("POST /sites", request);
    expect(await sitesNamed("Later")).toBe(1);
    await platform.clock.advance(hours(2));
    const response = await call("POST /sites", request);
    expect([response.status, response.headers.get("idempotent-replayed")]).toEqual([200, null]);
    expect(await sitesNamed("Later")).toBe(2);
  });
});
