import { describe, expect, test } from "vitest";
import { parseMasterKeys } from "./master-keys.ts";

const hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const other = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

const derived = (text: string, purpose = "test") => {
  const keys = parseMasterKeys(text);
  return keys.derive(keys.newestId, purpose)?.toString("hex");
};

describe("reads", () => {
  test.each([
    ["hexadecimal", hex],
    ["hexadecimal in capitals", hex.toUpperCase()],
    ["base64", base64],
    ["base64 without padding", base64.slice(0, 43)],
    ["base64url", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"],
    ["with spaces around", `  ${base64}\n`],
  ])("32 bytes in %s, all to the same key", (_, text) => {
    expect(derived(text)).toBe("807cf40e5d88c74cd251a26292262022b04be8270feff9b471679e01f6e0ba97");
  });

  test("base64url and base64 as the same bytes", () => {
    const bytes = Buffer.from("fbeffe00112233445566778899aabbccddeeff0102030405060708090a0b0cff", "hex");
    expect(derived(bytes.toString("base64url"))).toBe(derived(bytes.toString("base64")));
    expect(bytes.toString("base64url")).toMatch(/[-_]/);
  });

  test("several, newest first", () => {
    const keys = parseMasterKeys(`${base64} , ${other}`);
    expect(keys.ids).toHaveLength(2);
    expect(keys.newestId).toBe(keys.ids[0]);
    expect(parseMasterKeys(other).newestId).toBe(keys.ids[1]);
  });

  test("a repeated key once", () => {
    expect(parseMasterKeys(`${base64},${hex}`).ids).toHaveLength(1);
  });
});

describe("rejects", () => {
  test.each([
    ["nothing", ""],
    ["a trailing comma", `${base64},`],
    ["31 bytes", Buffer.alloc(31, hex, "hex").toString("base64")],
    ["33 bytes", Buffer.alloc(33, hex, "hex").toString("base64")],
    ["63 hexadecimal digits", hex.slice(1)],
    ["more behind it", `${base64}abc`],
    ["other characters between", `${base64.slice(0, 20)} ${base64.slice(20)}`],
    ["a good one behind a bad one", `short,${base64}`],
    ["zeros", "0".repeat(64)],
    ["one byte again and again", "a1".repeat(32)],
    ["a word again and again", Buffer.from("changeme".repeat(4)).toString("base64")],
  ])("%s", (_, text) => {
    expect(() => parseMasterKeys(text)).toThrow(
      expect.objectContaining({
        code: "invalid_configuration",
        message:
          "The configuration is not usable. Each key in LATCHKEY_ENCRYPTION_KEY must be 32 random bytes as base64 " +
          "or hexadecimal, for example from: openssl rand -base64 32",
      }),
    );
  });
});

describe("derives", () => {
  test("a different key for each purpose, never the master key", () => {
    const keys = new Set([derived(hex, "seal"), derived(hex, "secret digest"), derived(hex, "test"), hex]);
    expect(keys.size).toBe(4);
  });

  test("the same key each time, also after parsing again", () => {
    expect(derived(hex)).toBe(derived(hex));
  });

  test("nothing from a key that is not configured", () => {
    expect(parseMasterKeys(hex).derive("00000000", "seal")).toBeUndefined();
  });
});

test("ids reveal nothing about the keys", () => {
  const [one = "", two = ""] = parseMasterKeys(`${base64},${other}`).ids;
  expect(one).toMatch(/^[0-9a-f]{8}$/);
  expect(one).not.toBe(two);
  expect(hex).not.toContain(one);
});
