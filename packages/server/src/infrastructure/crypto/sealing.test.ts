import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { parseMasterKeys, Vault } from "./index.ts";

const oldKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const newKey = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
const vaultOf = (...keys: string[]) => new Vault(parseMasterKeys(keys.join(",")), randomBytes);

const secret = "lks_the secret: naïve — 漢字";
const vault = vaultOf(oldKey);
const damaged = {
  code: "sealed_value_damaged",
  message: "A sealed value cannot be opened: it was altered, or moved from another row.",
};

describe("a sealed value", () => {
  test("opens in its own context", () => {
    expect(vault.unseal(vault.seal(secret, "row 1"), "row 1")).toBe(secret);
    expect(vault.unseal(vault.seal("", "row 1"), "row 1")).toBe("");
  });

  test("does not contain the text, and is different each time", () => {
    const sealed = vault.seal(secret, "row 1");
    expect(sealed).toMatch(/^v1\.[0-9a-f]{8}\.[\w-]+$/);
    expect(Buffer.from(sealed.slice(12), "base64url").toString("latin1")).not.toContain("lks_");
    expect(vault.seal(secret, "row 1")).not.toBe(sealed);
  });

  test.each(["row 2", "", "row 1 ", "ROW 1"])("does not open in another context: %j", (context) => {
    expect(() => vault.unseal(vault.seal(secret, "row 1"), context)).toThrow(
      expect.objectContaining(damaged),
    );
  });

  test("is sealed again with the newest key, or named and unchanged when it does not open (FR-B12)", () => {
    const both = vaultOf(newKey, oldKey);
    const rows = new Set<string>();
    const fine = { sealed: vault.seal(secret, "row 1"), context: "row 1", row: "table 1" };
    expect(both.unseal(both.reseal(fine, rows), "row 1")).toBe(secret);
    expect(rows).toEqual(new Set());
    const moved = { ...fine, context: "row 2", row: "table 2" };
    const foreign = { ...fine, sealed: fine.sealed.replace(/^v1\.\w+/, "v1.00000000"), row: "table 3" };
    expect([both.reseal(moved, rows), both.reseal(foreign, rows)]).toEqual([moved.sealed, foreign.sealed]);
    expect(rows).toEqual(new Set(["table 2", "table 3"]));
  });

  test("does not open with any one bit changed", () => {
    const sealed = vault.seal("short", "row 1");
    const bytes = Buffer.from(sealed.slice(12), "base64url");
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      const text = sealed.slice(0, 12) + changed.toString("base64url");
      expect(() => vault.unseal(text, "row 1")).toThrow(expect.objectContaining(damaged));
    }
  });

  test.each([
    ["nothing", () => ""],
    ["plain text", () => secret],
    ["cut", (sealed: string) => sealed.slice(0, -4)],
    ["cut to less than a tag", (sealed: string) => sealed.slice(0, 30)],
    ["another form", (sealed: string) => sealed.replace("v1.", "v2.")],
    ["without a key id", (sealed: string) => sealed.replace(/\.[0-9a-f]{8}\./, ".")],
  ])("does not open: %s", (_, change) => {
    expect(() => vault.unseal(change(vault.seal(secret, "row 1")), "row 1")).toThrow(
      expect.objectContaining({ code: "sealed_value_damaged" }),
    );
  });

  test("does not open with another master key, and the error says so", () => {
    expect(() => vaultOf(newKey).unseal(vault.seal(secret, "row 1"), "row 1")).toThrow(
      expect.objectContaining({
        code: "wrong_encryption_key",
        message:
          "LATCHKEY_ENCRYPTION_KEY does not open this database. Put the key that sealed this value back into the list.",
      }),
    );
  });

  test("does not open when it names another key of the list", () => {
    const both = vaultOf(newKey, oldKey);
    const sealed = vault.seal(secret, "row 1").replace(vault.newestPrefix, both.newestPrefix);
    expect(() => both.unseal(sealed, "row 1")).toThrow(expect.objectContaining(damaged));
  });

  test("no error contains the secret or the sealed text", () => {
    const sealed = vault.seal(secret, "row 1");
    try {
      vault.unseal(sealed, "row 2");
    } catch (error) {
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(sealed.slice(12));
    }
  });
});

describe("with several master keys", () => {
  const both = vaultOf(newKey, oldKey);

  test("everything opens, and the newest key seals", () => {
    expect(both.unseal(vault.seal(secret, "row 1"), "row 1")).toBe(secret);
    const sealed = both.seal(secret, "row 1");
    expect(sealed.startsWith(both.newestPrefix)).toBe(true);
    expect(both.newestPrefix).toBe(vaultOf(newKey).newestPrefix);
    expect(() => vault.unseal(sealed, "row 1")).toThrow(
      expect.objectContaining({ code: "wrong_encryption_key" }),
    );
  });

  test("a secret has a digest under each key, newest first", () => {
    expect(both.digests("a secret")).toEqual([vaultOf(newKey).digest("a secret"), vault.digest("a secret")]);
    expect(both.digest("a secret")).toBe(both.digests("a secret")[0]);
  });
});

test("a digest is an HMAC under the key of its purpose", () => {
  expect(vault.digest("a secret")).toMatch(/^[0-9a-f]{64}$/);
  expect(vault.digest("a secret")).toBe(vaultOf(oldKey).digest("a secret"));
  expect(vault.digest("a secret")).not.toBe(vaultOf(newKey).digest("a secret"));
  expect(vault.digest("a secret")).not.toBe(vault.digest("A secret"));
});
