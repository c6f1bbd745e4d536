import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  apiKeyPrefix,
  appSecretPrefix,
  formatSecret,
  hasLatchkeyPrefix,
  secretPattern,
} from "./secret-format.ts";

const COUNTING = Uint8Array.from({ length: 32 }, (_, index) => index);

describe("secret format", () => {
  it("ends with the CRC-32 of the rest, as 6 base62 digits", () => {
    const secret = formatSecret(COUNTING, appSecretPrefix);
    const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const checksum = Array.from(secret.slice(-6)).reduce((sum, digit) => sum * 62 + digits.indexOf(digit), 0);
    expect(checksum).toBe(crc32(secret.slice(0, -6)));
  });

  it.each([
    [new Uint8Array(32), appSecretPrefix, "lks_00000000000000000000000000000000000000000003GTfko"],
    [new Uint8Array(32).fill(255), appSecretPrefix, "lks_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp10TMIFu"],
    [COUNTING, apiKeyPrefix, "lka_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf14lw8b"],
  ] as const)("has a stable format", (bytes, prefix, secret) => {
    expect(formatSecret(bytes, prefix)).toBe(secret);
  });

  it("has 53 characters, all of them letters, digits or the one underscore", () => {
    expect(formatSecret(COUNTING, appSecretPrefix)).toMatch(/^lks_[0-9A-Za-z]{49}$/);
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
