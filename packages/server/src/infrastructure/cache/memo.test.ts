import { expect, test } from "vitest";
import { createMemo } from "./memo.ts";

test("makes a thing once for each key", () => {
  const memo = createMemo<string, object>(10);
  const first = memo("a", () => ({}));
  expect(memo("a", () => ({}))).toBe(first);
  expect(memo("b", () => ({}))).not.toBe(first);
});

test("keeps no more than it was told to", () => {
  const memo = createMemo<number, number>(2);
  const made: number[] = [];
  for (const key of [1, 2, 1, 3, 3, 1]) memo(key, () => made.push(key));
  expect(made).toEqual([1, 2, 3, 1]);
});

test("does not keep a failure", () => {
  const memo = createMemo<string, string>(10);
  const failing = () => {
    throw new Error("not now");
  };
  expect(() => memo("a", failing)).toThrow("not now");
  expect(memo("a", () => "made")).toBe("made");
});
