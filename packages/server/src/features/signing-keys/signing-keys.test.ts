import { createPublicKey, randomBytes, sign, verify } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseMasterKeys, Vault } from "../../infrastructure/crypto/index.ts";
import { createTestDatabase, engines, type TestDatabase } from "../../testing/test-database.ts";
import {
  generateSigningKey,
  insertSigningKey,
  KeyRing,
  listSigningKeys,
  readJwks,
  resealSigningKeys,
  retireSigningKey,
  rotateSigningKeys,
  signingKeyState,
} from "./index.ts";

const day = 86_400_000;
const start = 1_767_323_045_678;
const oldKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const newKey = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
const vault = new Vault(parseMasterKeys(oldKey), randomBytes);
const schedule = { interval: 90 * day, announcement: 14 * day, retention: 14 * day };

describe.each(engines)("signing keys on %s", (engine) => {
  let storage: TestDatabase;
  beforeEach(async () => {
    storage = await createTestDatabase(engine);
  });
  afterEach(() => storage.remove());

  const add = async (kid: string, activeAt: number) => {
    const key = await generateSigningKey(kid);
    await storage.database.write((trx) =>
      insertSigningKey(trx, key, { vault, announcedAt: start, activeAt }),
    );
    return key;
  };
  const retire = (kid: string, now: number, retention: number = schedule.retention) =>
    storage.database.write((trx) => retireSigningKey(trx, kid, { now, retention }));
  const rotate = (now: number) =>
    storage.database.write(async (trx) => (await rotateSigningKeys(trx, { now, schedule })).due);
  const states = async (now: number) => {
    const keys = await listSigningKeys(storage.database.read);
    return Object.fromEntries(keys.map((key) => [key.kid, signingKeyState(key, now)]));
  };

  test("go from announced to active to retired to removed, each at its time", async () => {
    await add("first", start);
    await add("second", start + 14 * day);
    expect(await states(start + 14 * day - 1)).toEqual({ first: "active", second: "announced" });
    expect(await states(start + 14 * day)).toEqual({ first: "active", second: "active" });
    await retire("first", start + 14 * day);
    expect(await states(start + 14 * day)).toEqual({ first: "retired", second: "active" });
    expect(await states(start + 28 * day - 1)).toEqual({ first: "retired", second: "active" });
    expect(await states(start + 28 * day)).toEqual({ first: "removed", second: "active" });
  });

  test("are published from their announcement to their removal, without a private member", async () => {
    await add("first", start);
    await add("second", start + day);
    await retire("first", start + day);
    const published = async (now: number) => (await readJwks(storage.database.read, now)).keys;
    expect(await published(start)).toEqual([
      expect.objectContaining({ kid: "first", kty: "EC", crv: "P-256", use: "sig", alg: "ES256" }),
      expect.objectContaining({ kid: "second" }),
    ]);
    expect(await published(start + 15 * day)).toEqual([expect.objectContaining({ kid: "second" })]);
    expect(JSON.stringify(await published(start))).not.toContain('"d"');
  });

  test.each([
    ["the only one", ["only"], "only", "KEY_IS_ACTIVE"],
    ["the only active one, though another is announced", ["only", "announced"], "only", "KEY_IS_ACTIVE"],
    ["an unknown one", ["only", "other"], "unknown", "KEY_NOT_FOUND"],
  ])("are not retired: %s", async (_, kids, kid, code) => {
    for (const one of kids) await add(one, one === "announced" ? start + day : start);
    const before = await listSigningKeys(storage.database.read);
    await expect(retire(kid, start)).rejects.toMatchObject({ code });
    expect(await listSigningKeys(storage.database.read)).toEqual(before);
  });

  test("an announced one can be retired before it signs", async () => {
    await add("active", start);
    await add("announced", start + day);
    await retire("announced", start);
    expect(await states(start + 2 * day)).toEqual({ active: "active", announced: "retired" });
  });

  test("one that leaked is removed at once, also when it was retired already, and stays removed", async () => {
    await add("other", start - 1);
    await add("leaked", start);
    await retire("leaked", start);
    expect((await states(start + 1)).leaked).toBe("retired");
    await retire("leaked", start + 1, 0);
    expect((await states(start + 1)).leaked).toBe("removed");
    await retire("leaked", start + 2);
    expect((await states(start + 2)).leaked).toBe("removed");
  });

  test("never become active in the same millisecond: the key that was added last is the newest", async () => {
    for (const kid of ["c", "a", "b"]) await add(kid, start);
    const keys = await listSigningKeys(storage.database.read);
    expect(keys.map((key) => [key.kid, key.active_at - start])).toEqual([
      ["c", -2],
      ["a", -1],
      ["b", 0],
    ]);
  });

  test("keep one active key when two are retired concurrently", async () => {
    await add("one", start);
    await add("two", start);
    const outcomes = await Promise.allSettled([retire("one", start), retire("two", start)]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(Object.values(await states(start)).sort()).toEqual(["active", "retired"]);
  });

  test("a successor is due without a key or by the schedule, and not while one is announced", async () => {
    expect(await rotate(start)).toBe(true);
    await add("first", start);
    expect(await rotate(start)).toBe(false);
    expect(await rotate(start + 76 * day - 1)).toBe(false);
    expect(await rotate(start + 76 * day)).toBe(true);
    await add("second", start + 90 * day);
    expect(await rotate(start + 76 * day)).toBe(false);
    expect(await rotate(start + 89 * day)).toBe(false);
  });

  test("a key is retired when its successor becomes active, not earlier", async () => {
    await add("first", start);
    await add("second", start + 90 * day);
    await rotate(start + 90 * day - 1);
    expect((await states(start + 90 * day - 1)).first).toBe("active");
    await rotate(start + 90 * day);
    expect(await states(start + 90 * day)).toEqual({ first: "retired", second: "active" });
    await rotate(start + 91 * day);
    expect((await states(start + 104 * day)).first).toBe("removed");
  });

  test("the schedule continues after years without a rotation", async () => {
    await add("first", start);
    expect(await rotate(start + 1_000 * day)).toBe(true);
    expect(await states(start + 1_000 * day)).toEqual({ first: "active" });
  });

  test("are encrypted, and encrypted again only when the master key is newer", async () => {
    const key = await add("first", start);
    const both = new Vault(parseMasterKeys(`${newKey},${oldKey}`), randomBytes);
    const stored = async () => (await listSigningKeys(storage.database.read))[0]?.sealed_private_key;
    expect(await stored()).not.toContain(key.privatePem.slice(30, 60));
    expect((await stored())?.startsWith(vault.newestPrefix)).toBe(true);
    await storage.database.write((trx) => resealSigningKeys(trx, both, new Set()));
    const resealed = await stored();
    expect(resealed?.startsWith(both.newestPrefix)).toBe(true);
    await storage.database.write((trx) => resealSigningKeys(trx, both, new Set()));
    expect(await stored()).toBe(resealed);
    const ring = new KeyRing(storage.database, new Vault(parseMasterKeys(newKey), randomBytes));
    expect((await ring.privateKey("first")).export({ format: "pem", type: "pkcs8" })).toBe(key.privatePem);
  });

  test("the key ring returns the key pair of a kid, and undefined for an unknown kid", async () => {
    const key = await add("first", start);
    const ring = new KeyRing(storage.database, vault);
    const signature = sign("sha256", Buffer.from("text"), await ring.privateKey("first"));
    const published = createPublicKey({ key: JSON.parse(key.publicJwk), format: "jwk" });
    expect(verify("sha256", Buffer.from("text"), published, signature)).toBe(true);
    expect((await ring.publicKey("first"))?.equals(published)).toBe(true);
    expect(await ring.publicKey("unknown")).toBeUndefined();
    await expect(ring.privateKey("unknown")).rejects.toThrow("There is no signing key unknown.");
  });

  test("the key ring does not use a public key that was written into the database", async () => {
    const { publicJwk } = await add("first", start);
    const forged = await generateSigningKey("first");
    await storage.database.write((trx) =>
      trx
        .updateTable("signing_keys")
        .set({ public_jwk: forged.publicJwk })
        .where("kid", "=", "first")
        .execute(),
    );
    const real = createPublicKey({ key: JSON.parse(publicJwk), format: "jwk" });
    expect((await new KeyRing(storage.database, vault).publicKey("first"))?.equals(real)).toBe(true);
  });

  test("the key ring rejects a private key that was copied from another row", async () => {
    await add("first", start);
    await add("second", start);
    const rows = await listSigningKeys(storage.database.read);
    await storage.database.write((trx) =>
      trx
        .updateTable("signing_keys")
        .set({ sealed_private_key: rows[0]?.sealed_private_key ?? "" })
        .where("kid", "=", "second")
        .execute(),
    );
    await expect(new KeyRing(storage.database, vault).publicKey("second")).rejects.toMatchObject({
      code: "sealed_value_damaged",
    });
  });
});
