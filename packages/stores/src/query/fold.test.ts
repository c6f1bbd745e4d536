import { describe, expect, test } from "vitest";
import { fold } from "./fold.ts";

describe("two texts match without case", () => {
  test.each([
    ["in upper and lower case", "MUG", "mug"],
    ["with accents", "ÉCLAIR", "éclair"],
    ["composed and decomposed", "Cafe\u0301", "café"],
    ["with a final sigma in lower case", "ΟΔΟΣ", "οδος"],
    ["with a final sigma in only one of them", "ΟΔΟΣ", "οδοσ"],
  ])("%s", (_, first, second) => {
    expect(fold(first)).toBe(fold(second));
  });
});

describe("two texts do not match", () => {
  test.each([
    ["ß and ss", "Straße", "Strasse"],
    ["the Turkish capital İ and i", "İ", "i"],
    ["with and without accent", "cafe", "café"],
    ["with different numbers of spaces", "a  b", "a b"],
  ])("%s", (_, first, second) => {
    expect(fold(first)).not.toBe(fold(second));
  });
});

test("a prefix stays a prefix when folded", () => {
  expect(fold("ΣΑΣΑ").startsWith(fold("ΣΑΣ"))).toBe(true);
});

test("folding is idempotent", () => {
  for (const text of ["İstanbul", "ΟΔΟΣ", "ẞ", "Ǆ", "K", "\u0344"]) expect(fold(fold(text))).toBe(fold(text));
});
