import type { ParsedToken } from "@latchkey/protocol";
import { expect, test } from "vitest";
import { ParsedTokenCache } from "./parsed-token-cache.ts";

const parsed = (kid: string) => ({ kid, signed: "header.payload" }) as ParsedToken;

test("returns a token that was added, and no other", () => {
  const cache = new ParsedTokenCache(10);
  expect(cache.get("token")).toBeUndefined();
  cache.add("token", parsed("a"));
  expect(cache.get("token")).toMatchObject({ kid: "a" });
  for (const other of ["toke", "token ", "TOKEN", ""]) expect(cache.get(other)).toBeUndefined();
});

test("evicts the least recently used token when it is full", () => {
  const cache = new ParsedTokenCache(3);
  for (const token of ["a", "b", "c"]) cache.add(token, parsed(token));
  cache.get("a");
  cache.add("d", parsed("d"));
  expect(["a", "b", "c", "d"].filter((token) => cache.get(token))).toEqual(["a", "c", "d"]);
});

test("evicts nothing when a token is added again", () => {
  const cache = new ParsedTokenCache(2);
  cache.add("a", parsed("a"));
  cache.add("b", parsed("b"));
  cache.add("b", parsed("b"));
  expect(cache.get("a")).toMatchObject({ kid: "a" });
});

test("has at most maxEntries tokens", () => {
  const cache = new ParsedTokenCache(100);
  for (let index = 0; index < 5_000; index += 1) cache.add(`token ${index}`, parsed("x"));
  const cached = Array.from({ length: 5_000 }, (_, index) => index).filter((index) =>
    cache.get(`token ${index}`),
  );
  expect(cached).toEqual(Array.from({ length: 100 }, (_, index) => 4_900 + index));
});
