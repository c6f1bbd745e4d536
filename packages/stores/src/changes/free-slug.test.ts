import { expect, test } from "vitest";
import { freeSlug } from "./free-slug.ts";

const random = () => "0123abcd-0000-4000-8000-000000000000";
const among = (taken: readonly string[]) => async (slugs: readonly string[]) =>
  new Set(slugs.filter((slug) => taken.includes(slug)));

test.each([
  ["unchanged when it is free", "mug", [], "mug"],
  ["with a number when it is in use", "mug", ["mug"], "mug-1"],
  ["with the first number that is free", "mug", ["mug", "mug-1", "mug-3"], "mug-2"],
  ["cut to the maximum length", "x".repeat(150), [], "x".repeat(100)],
  ["cut, with room for a number", "x".repeat(150), ["x".repeat(100)], `${"x".repeat(91)}-1`],
  ["without half a surrogate pair at its end", `${"x".repeat(99)}𝒳`, [], "x".repeat(99)],
] as const)("a slug is assigned %s", async (_, wanted, taken, given) => {
  expect(await freeSlug(wanted, among(taken), random)).toBe(given);
});

test("a slug gets random digits after 20 attempts", async () => {
  const everything = async (slugs: readonly string[]) => new Set(slugs);
  expect(await freeSlug("mug", everything, random)).toBe("mug-0123abcd");
});
