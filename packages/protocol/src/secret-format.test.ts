import { describe, expect, it } from "vitest";
import {
  apiKeyPrefix,
  appSecretPrefix,
  crc32,
  formatSecret,
  hasLatchkeyPrefix,
  parseSecret,
  secretPattern,
} from "./secret-format.ts";

const COUNTING = Uint8Array.from({ length: 32 }, (_, index) => index);

describe("secret format", () => {
  it("matches the published check value of CRC-32", () => {
    expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  });

  it.each([
    [new Uint8Array(32), appSecretPrefix, "lks_00000000000000000000000000000000000000000003GTfko"],
    [new Uint8Array(32).fill(255), appSecretPrefix, "lks_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp10TMIFu"],
    [COUNTING, apiKeyPrefix, "lka_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf14lw8b"],
  ] as const)("has a stable format", (bytes, prefix, secret) => {
    expect(formatSecret(bytes, prefix)).toBe(secret);
    expect(parseSecret(secret)).toEqual({ prefix, bytes });
  });

  it("has 53 characters, all of them letters, digits or the one underscore", () => {
    expect(formatSecret(COUNTING, appSecretPrefix)).toMatch(/^lks_[0-9A-Za-z]{49}$/);
  });

  it("detects every change of one character", () => {
    const secret = formatSecret(COUNTING, appSecretPrefix);
    for (let at = 0; at < secret.length; at += 1) {
      for (const other of "0Az_-") {
        if (secret[at] === other) continue;
        expect(parseSecret(secret.slice(0, at) + other + secret.slice(at + 1))).toBeUndefined();
      }
    }
  });

  it("detects the prefix of the other kind", () => {
    const secret = formatSecret(COUNTING, appSecretPrefix);
    expect(parseSecret(apiKeyPrefix + secret.slice(4))).toBeUndefined();
  });

  it.each(["", "lks_", ` ${formatSecret(COUNTING, appSecretPrefix)}`, `lks_${"z".repeat(49)}`])(
    "refuses %j",
    (text) => {
      expect(parseSecret(text)).toBeUndefined();
    },
  );

  it("rejects digits of more than 256 bits, even with a correct checksum", () => {
    expect(parseSecret("lks_zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz3pVhR5")).toBeUndefined();
  });

  it.each([0, 31, 33])("rejects %i bytes", (length) => {
    expect(() => formatSecret(new Uint8Array(length), appSecretPrefix)).toThrow(
      new TypeError("bytes must have a length of exactly 32."),
    );
  });

  it("is found in running text", () => {
    const secret = formatSecret(COUNTING, appSecretPrefix);
    expect(secretPattern.exec(`LATCHKEY_SECRET="${secret}";`)?.[0]).toBe(secret);
  });

  it("is recognized by its prefix, even when incomplete", () => {
    expect(hasLatchkeyPrefix("lks_0123")).toBe(true);
    expect(hasLatchkeyPrefix("\n lka_0123")).toBe(true);
    expect(hasLatchkeyPrefix("91de0000-0000-4000-8000-000000000001")).toBe(false);
  });
});
