import { randomBytes } from "node:crypto";
import { stores } from "@latchkey/stores";
import { createProduct } from "@latchkey/stores/testing";
import { managementCaller } from "@latchkey/test-support/management-client";
import { startWebhookReceiver } from "@latchkey/test-support/webhook-receiver";
import { describe, expect, onTestFinished, test } from "vitest";
import { createTestPlatform, type State } from "./index.ts";
import { engines } from "./test-database.ts";

const resources = [stores];

describe.each([
  ["sqlite", "postgres"],
  ["postgres", "sqlite"],
] as const)("a state that was exported from %s and imported into %s", (from, into) => {
  test("has the apps with their credentials, the products and the webhooks", async () => {
    const receiver = await startWebhookReceiver();
    onTestFinished(() => receiver.close());
    await using platform = await createTestPlatform({ database: from, resources, seed: "exported" });
    const { appId, secret } = await platform.createApp({ scopes: ["SCOPE.DC-STORES.READ-PRODUCTS"] });
    const { siteId } = await platform.createSite({ name: "Shop" });
    const instance = { ...(await platform.install({ appId, siteId })), secret: secret.value };
    const product = await createProduct(platform, siteId, { name: "Mug" });
    await platform.createWebhook({ appId, eventType: "AppRemoved", url: receiver.url });
    await platform.clock.advance("4h");
    const state: State = JSON.parse(JSON.stringify(await platform.export()));
    expect(state).toMatchObject({ version: "0.0.0", about: expect.stringContaining("contains secrets") });

    await using copy = await createTestPlatform({ database: into, resources, state });
    expect(copy.clock.now()).toBe(platform.clock.now());
    expect(await copy.publicKey(appId)).toBe(await platform.publicKey(appId));
    const response = await fetch(`${copy.url}/stores/v1/products/${product.id}`, {
      headers: { authorization: await copy.token(instance) },
    });
    expect(await response.json()).toMatchObject({ product: { name: "Mug" } });
    await copy.remove(instance.instanceId);
    expect(await copy.delivery({ eventType: "AppRemoved" })).toMatchObject({ status: "delivered" });
    expect(await platform.token(instance)).toMatch(/^eyJ/);
  });
});

test("GET /dev/state has no encryption key, which the test kit then needs", async () => {
  await using platform = await createTestPlatform();
  const { appId } = await platform.createApp();
  const { body, status } = await managementCaller(platform)("GET /dev/state");
  expect(status).toBe(200);
  const state = body as unknown as State;
  expect(state.encryptionKey).toBeUndefined();
  const { encryptionKey = "" } = await platform.export();
  await using copy = await createTestPlatform({ state, encryptionKey });
  expect(await copy.manage(`GET /apps/${appId}`)).toMatchObject({ appId });
  const otherKey = randomBytes(32).toString("hex");
  await expect(createTestPlatform({ state, encryptionKey: otherKey })).rejects.toMatchObject({
    code: "wrong_encryption_key",
  });
});

describe.each(engines)("on %s a state is refused", (database) => {
  test("of another version, of other resources, and that is no state", async () => {
    await using platform = await createTestPlatform({ resources });
    const state = await platform.export();
    const [row] = state.tables.platform ?? [];
    const [permission] = state.tables.permissions ?? [];
    const cases: readonly (readonly [unknown, string])[] = [
      [
        { ...state, version: "9.1.0", tables: { ...state.tables, things: [] } },
        "It is not of this version: it has the table things. Import it with Latchkey 9.1.0, which exported it; this is 0.0.0.",
      ],
      [
        { ...state, version: "9.1.0", tables: { ...state.tables, platform: [{ ...row, more: 1 }] } },
        "It is not of this version: the columns of platform differ. Import it with Latchkey 9.1.0, which exported it; this is 0.0.0.",
      ],
      [{ tables: [] }, "Give the object that export() or GET /admin/v1/dev/state returned."],
      ["state.json", "Give the object that export() or GET /admin/v1/dev/state returned."],
      [
        { ...state, tables: { ...state.tables, permissions: [permission, permission] } },
        "The database refuses its rows of permissions. Export it again, and import it unchanged.",
      ],
    ];
    for (const [given, text] of cases) {
      const started = createTestPlatform({ database, resources, state: given as State });
      await expect(started).rejects.toMatchObject({
        code: "invalid_state",
        message: `The state cannot be imported. ${text}`,
      });
    }
    await expect(createTestPlatform({ database, state })).rejects.toThrow(
      "Import it with the same resources, and with the build that exported it.",
    );
  });
});

test("a state of another version is imported when it has the same tables and columns", async () => {
  await using platform = await createTestPlatform();
  const { appId } = await platform.createApp();
  await using copy = await createTestPlatform({ state: { ...(await platform.export()), version: "9.1.0" } });
  expect(await copy.manage(`GET /apps/${appId}`)).toMatchObject({ appId });
});

test.each([
  ["no object", null],
  ["no tables", { version: "0.0.0", tables: null }],
  ["a table that is no list", { version: "0.0.0", tables: { apps: {} } }],
  ["a key that is no text", { version: "0.0.0", encryptionKey: 5, tables: {} }],
  ["a row that is no object", { version: "0.0.0", tables: { apps: [null] } }],
])("a state is refused that is or has %s", async (_, state) => {
  await expect(createTestPlatform({ state: state as unknown as State })).rejects.toMatchObject({
    name: "OperatorError",
    code: "invalid_state",
    message:
      "The state cannot be imported. Give the object that export() or GET /admin/v1/dev/state returned.",
  });
});
