import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPlatform, readConfig } from "@latchkey/server";
import { errorBody, managementCaller, violations } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "./index.ts";
import { createManage } from "./methods/index.ts";
import { engines } from "./test-database.ts";

const own = {
  appId: "0a0a0a0a-0000-4000-8000-000000000001",
  siteId: "0a0a0a0a-0000-4000-8000-000000000002",
  instanceId: "0a0a0a0a-0000-4000-8000-000000000003",
};
const secret = "0b0b0b0b-0000-4000-8000-00000000abcd";
const taken = errorBody(
  "ID_TAKEN",
  "Another object has this id; one that was deleted or removed keeps it too. Choose another id.",
);

describe.each(engines)("own ids on %s", (database) => {
  let platform: TestPlatform;

  beforeAll(async () => {
    platform = await createTestPlatform({ database });
  });
  afterAll(() => platform.close());

  test("FR-D §5: make the credentials in the .env of an app valid", async () => {
    const app = await platform.createApp({ appId: own.appId.toUpperCase(), secret });
    expect([app.appId, app.secret.value]).toEqual([own.appId, secret]);
    await platform.createSite({ siteId: own.siteId });
    const instance = await platform.install(own);
    expect(instance.instanceId).toBe(own.instanceId);
    expect(await platform.token({ ...own, secret })).toMatch(/^eyJ/);
    expect(await platform.env(instance)).toMatchObject({ APP_SECRET: secret, WIX_CLIENT_SECRET: secret });
  });

  test("survive removal and reinstall", async () => {
    await platform.remove(own.instanceId);
    expect((await platform.install(own)).instanceId).toBe(own.instanceId);
    await platform.remove(own.instanceId);
    const other = { ...own, instanceId: own.siteId };
    await expect(platform.install(other)).rejects.toMatchObject({
      violations: [
        {
          field: "instanceId",
          description: `must be ${own.instanceId}, which the app has on this site already`,
        },
      ],
    });
  });

  test("belong to one object", async () => {
    await expect(platform.createApp({ appId: own.appId })).rejects.toMatchObject({ code: "ID_TAKEN" });
    const call = managementCaller(platform);
    for (const [path, body] of [
      ["/apps", { name: "A", appId: own.appId }],
      ["/sites", { name: "A", siteId: own.siteId }],
    ] as const) {
      const refused = await call(`POST ${path}`, { body });
      expect([refused.status, refused.body]).toEqual([409, taken]);
    }
    const { siteId } = await platform.createSite();
    const body = { appId: own.appId, instanceId: own.instanceId };
    const refused = await call(`POST /sites/${siteId}/instances`, { body });
    expect([refused.status, refused.body]).toEqual([409, taken]);
  });
});

test.each([
  ["POST /apps", { name: "A", appId: "my-app" }, "appId", "must be a GUID", "FORMAT"],
  [
    "POST /apps",
    { name: "A", secret: "short" },
    "secret",
    "must have 16 to 200 visible ASCII characters",
    "FORMAT",
  ],
])("%s refuses %j", async (operation, body, field, description, violatedRule) => {
  await using platform = await createTestPlatform();
  const refused = await managementCaller(platform)(operation, { body });
  expect([refused.status, refused.body]).toEqual([400, violations({ field, description, violatedRule })]);
  const message = `${field} of createApp ${description}.`;
  await expect(platform.createApp(body)).rejects.toMatchObject({ code: "invalid_option", message });
});

test("production refuses own ids and secrets, by name", async () => {
  const key = () => randomBytes(32).toString("base64");
  const directory = mkdtempSync(join(tmpdir(), "latchkey-production-"));
  const adminKey = key();
  const keys = { LATCHKEY_ENCRYPTION_KEY: key(), LATCHKEY_ADMIN_KEY: adminKey };
  const platform = await createPlatform(
    readConfig({ ...keys, LATCHKEY_DATA_DIR: directory, LATCHKEY_LOG_LEVEL: "silent" }),
  );
  try {
    expect([platform.faults, platform.stub]).toEqual([undefined, undefined]);
    const manage = createManage({ platform, url: "http://127.0.0.1:4400", adminKey });
    const { appId } = await manage<{ appId: string }>("POST /apps", { name: "A" });
    const { siteId } = await manage<{ siteId: string }>("POST /sites", { name: "A" });
    for (const [path, body, field] of [
      ["/apps", { name: "B", appId: own.appId }, "appId"],
      ["/apps", { name: "B", secret }, "secret"],
      ["/sites", { name: "B", siteId: own.siteId }, "siteId"],
      [`/sites/${siteId}/instances`, { appId, instanceId: own.instanceId }, "instanceId"],
    ] as const) {
      await expect(manage(`POST ${path}`, body)).rejects.toThrow(
        `POST ${path}: ${field} must not be given: only a development server (LATCHKEY_ENV=development) takes it; in production the platform chooses it.`,
      );
    }
    expect(await manage("GET /apps")).toMatchObject({ items: [{ appId }] });
  } finally {
    await platform.close();
    rmSync(directory, { recursive: true });
  }
});
