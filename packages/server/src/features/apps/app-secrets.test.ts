import { randomBytes, randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseMasterKeys, Vault } from "../../infrastructure/crypto/index.ts";
import { createIds } from "../../infrastructure/database/index.ts";
import { readAllRows } from "../../testing/support/database-contents.queries.ts";
import { createTestDatabase, engines, type TestDatabase } from "../../testing/test-database.ts";
import { AuditLog } from "../audit/index.ts";
import { appSecretContext } from "./app-secrets.ts";
import { Apps, type CreatedApp, generateAppKey } from "./index.ts";

const day = 86_400_000;
const actor = { name: "admin", requestId: "request-1" };
const vault = new Vault(parseMasterKeys(randomBytes(32).toString("base64")), randomBytes);

describe.each(engines)("secrets of an app on %s", (engine) => {
  let storage: TestDatabase;
  let apps: Apps;
  let app: CreatedApp;

  beforeEach(async () => {
    storage = await createTestDatabase(engine);
    const { clock } = storage;
    const deps = { clock, ids: createIds({ clock, randomUuid: randomUUID }), random: randomBytes, vault };
    const appInstances = { scopesChanged: async () => {}, deleted: async () => {} };
    apps = new Apps({ ...deps, audit: new AuditLog(deps), appInstances, development: true });
    const key = await generateAppKey();
    app = await storage.database.write((trx) => apps.create(trx, actor, { name: "App", key }));
  });
  afterEach(() => storage.remove());

  const create = (expiresAt?: number) =>
    storage.database.write((trx) =>
      apps.createSecret(trx, actor, { appId: app.appId, name: "Another", expiresAt }),
    );
  const change = (secretId: string, what: "delete" | "promote" | "compromise") =>
    storage.database.write((trx) =>
      apps.changeSecret(trx, actor, { appId: app.appId, secretId, change: what }),
    );
  const rows = () =>
    storage.database.read.selectFrom("app_secrets").selectAll().orderBy("created_at").execute();

  test("are stored as a digest and encrypted for their own row", async () => {
    const { secretId, value } = app.secret;
    const [row] = await rows();
    expect(value).toMatch(/^lks_\w{40,}$/);
    expect(row).toMatchObject({ secret_id: secretId, is_primary: 1, digest: vault.digest(value) });
    expect(vault.unseal(row?.sealed ?? "", appSecretContext(app.appId, secretId))).toBe(value);
  });

  test("cannot be decrypted in the row of another secret", async () => {
    const { secretId } = await create();
    const [first] = await rows();
    await storage.database.write((trx) =>
      trx
        .updateTable("app_secrets")
        .set({ sealed: first?.sealed ?? "" })
        .where("secret_id", "=", secretId)
        .execute(),
    );
    const moved = (await rows()).find((row) => row.secret_id === secretId);
    expect(() => vault.unseal(moved?.sealed ?? "", appSecretContext(app.appId, secretId))).toThrow(
      expect.objectContaining({ code: "sealed_value_damaged" }),
    );
  });

  test("are in no table and no audit entry in the clear, nor is the private key", async () => {
    const { secretId, value } = await create();
    await change(secretId, "promote");
    await change(app.secret.secretId, "compromise");
    const everything = JSON.stringify(await readAllRows(storage.database));
    for (const secret of [app.secret.value, value]) {
      expect(everything).not.toContain(secret);
      expect(everything).not.toContain(secret.slice(4, 30));
    }
    expect(everything).not.toContain("PRIVATE KEY");
  });

  test.each(["delete", "promote", "compromise"] as const)(
    "%s is recorded once in the audit log, under its own action",
    async (what) => {
      const { secretId } = await create();
      await change(secretId, what);
      const entries = await storage.database.read
        .selectFrom("audit")
        .selectAll()
        .orderBy("entry_id")
        .execute();
      const verbs = { delete: "deleted", promote: "promoted", compromise: "compromised" };
      expect(entries.map((entry) => entry.action)).toEqual([
        "app.created",
        "app.secret.created",
        `app.secret.${verbs[what]}`,
      ]);
      expect(JSON.parse(entries.at(-1)?.details ?? "")).toEqual({ secretId });
      expect(entries.at(-1)).toMatchObject({ app_id: app.appId, actor: "admin", request_id: "request-1" });
    },
  );

  test("may expire in the future only", async () => {
    const now = storage.clock.now();
    for (const expiresAt of [now, now - 1, 0]) {
      await expect(create(expiresAt)).rejects.toMatchObject({
        violations: [{ field: "expiresAt", description: "must be in the future", violatedRule: "MIN" }],
      });
    }
    await create(now + 1);
    expect(await rows()).toHaveLength(2);
  });

  test("that expire, are compromised or are deleted cannot become primary", async () => {
    const expiring = await create(storage.clock.now() + day);
    const leaked = await create();
    const deleted = await create();
    await change(leaked.secretId, "compromise");
    await change(deleted.secretId, "delete");
    await expect(change(expiring.secretId, "promote")).rejects.toMatchObject({
      code: "SECRET_NOT_LIVE",
      message: "A secret that expires cannot become primary; create one without expiresAt and promote that.",
    });
    await expect(change(leaked.secretId, "promote")).rejects.toMatchObject({ code: "SECRET_NOT_LIVE" });
    await expect(change(deleted.secretId, "promote")).rejects.toMatchObject({ code: "SECRET_NOT_FOUND" });
    expect((await rows()).filter((row) => row.is_primary === 1).map((row) => row.secret_id)).toEqual([
      app.secret.secretId,
    ]);
  });

  test("that are expired do not count towards the limit", async () => {
    const ending = await create(storage.clock.now() + day);
    for (let count = 2; count < 10; count += 1) await create();
    await expect(create()).rejects.toMatchObject({ code: "TOO_MANY_SECRETS", status: 409 });
    await storage.clock.advance(day);
    await create();
    await expect(create()).rejects.toMatchObject({ code: "TOO_MANY_SECRETS" });
    await change(ending.secretId, "delete");
    await expect(create()).rejects.toMatchObject({ code: "TOO_MANY_SECRETS" });
  });

  test("that are marked as compromised twice keep the first time", async () => {
    const { secretId } = await create();
    await change(secretId, "compromise");
    await storage.clock.advance(day);
    await change(secretId, "compromise");
    const row = (await rows()).find((one) => one.secret_id === secretId);
    expect(row?.compromised_at).toBe(1_767_323_045_678);
  });

  test("that are deleted can be marked as compromised, and stay deleted", async () => {
    const { secretId } = await create();
    await change(secretId, "delete");
    await storage.clock.advance(day);
    await change(secretId, "compromise");
    const row = (await rows()).find((one) => one.secret_id === secretId);
    expect(row).toMatchObject({
      deleted_at: 1_767_323_045_678,
      compromised_at: 1_767_323_045_678 + day,
    });
    await expect(change(secretId, "delete")).rejects.toMatchObject({ code: "SECRET_NOT_FOUND" });
  });

  test("of another app, and unknown ones, are not found", async () => {
    const { database } = storage;
    const key = await generateAppKey();
    const other = await database.write((trx) => apps.create(trx, actor, { name: "Other", key }));
    await expect(change(other.secret.secretId, "compromise")).rejects.toMatchObject({
      code: "SECRET_NOT_FOUND",
    });
    await expect(change("unknown", "compromise")).rejects.toMatchObject({ code: "SECRET_NOT_FOUND" });
  });
});
