import { describe, expect, it } from "vitest";
import { decodeBase64url, decodePortably, encodeBase64url, encodePortably } from "./base64url.ts";

const VECTORS: [text: string, bytes: number[]][] = [
  ["", []],
  ["Zg", [0x66]],
  ["Zm8", [0x66, 0x6f]],
  ["Zm9v", [0x66, 0x6f, 0x6f]],
  ["Zm9vYg", [0x66, 0x6f, 0x6f, 0x62]],
  ["_-8", [0xff, 0xef]],
  ["-_-_", [0xfb, 0xff, 0xbf]],
  ["AAAA", [0, 0, 0]],
  ["_____w", [0xff, 0xff, 0xff, 0xff]],
];

describe("base64url", () => {
  it.each(VECTORS)("encodes and decodes %j", (text, bytes) => {
    expect(encodeBase64url(Uint8Array.from(bytes))).toBe(text);
    expect(encodePortably(Uint8Array.from(bytes))).toBe(text);
    expect([...(decodeBase64url(text) ?? [999])]).toEqual(bytes);
    expect([...(decodePortably(text) ?? [999])]).toEqual(bytes);
  });

  it.each([
    ["a length that no bytes have", "A"],
    ["a length that no bytes have", "AAAAA"],
    ["padding", "Zg=="],
    ["padding", "Zm8="],
    ["padding of a whole group", "Zm9vZg=="],
    ["one padding character too few", "Zg="],
    ["the other alphabet", "+/+/"],
    ["a space inside", "Zm 9v"],
    ["spaces up to a whole group", "Zm9v    "],
    ["a line break at the end", "Zm9vZm\n"],
    ["a spare bit in a group of two", "Zh"],
    ["a spare bit in a group of three", "Zm9"],
    ["a NUL", "Zm9\u0000"],
    ["a letter outside ASCII", "Zm9\u00e9"],
    ["a letter with an ASCII compatibility form", "Zm9\uff41"],
    ["a dot", "Zm9."],
  ])("refuses %s: %j", (_why, text) => {
    expect(decodeBase64url(text)).toBeUndefined();
  });

  it("decodes what it encodes, natively and portably, for every length up to 300", () => {
    for (let length = 0; length <= 300; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 197 + length * 31) & 0xff);
      const text = encodeBase64url(bytes);
      expect(text).toBe(encodePortably(bytes));
      expect(decodeBase64url(text)).toEqual(bytes);
      expect(decodePortably(text)).toEqual(bytes);
    }
  });

  it("accepts exactly one text per value, for all texts of two characters", () => {
    let accepted = 0;
    for (let first = 0; first < 256; first += 1) {
      for (let second = 0; second < 256; second += 1) {
        const text = String.fromCharCode(first, second);
        const bytes = decodeBase64url(text);
        if (bytes === undefined) continue;
        accepted += 1;
        expect(encodeBase64url(bytes)).toBe(text);
      }
    }
    expect(accepted).toBe(256);
  });
});
