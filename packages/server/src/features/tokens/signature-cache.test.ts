import type { ParsedToken } from "@latchkey/protocol";
import { expect, test } from "vitest";
import { createSignatureCache } from "./signature-cache.ts";

const parsed = (kid: string) => ({ kid, signed: "header.payload" }) as ParsedToken;

test("knows a token that was found genuine, and no other", () => {
  const cache = createSignatureCache(10);
  expect(cache.get("token")).toBeUndefined();
  cache.add("token", parsed("a"));
  expect(cache.get("token")).toMatchObject({ kid: "a" });
  for (const other of ["toke", "token ", "TOKEN", ""]) expect(cache.get(other)).toBeUndefined();
});

test("forgets the one unused longest when it is full", () => {
  const cache = createSignatureCache(3);
  for (const token of ["a", "b", "c"]) cache.add(token, parsed(token));
  cache.get("a");
  cache.add("d", parsed("d"));
  expect(["a", "b", "c", "d"].filter((token) => cache.get(token))).toEqual(["a", "c", "d"]);
});

test("adding one that it knows pushes none out", () => {
  const cache = createSignatureCache(2);
  cache.add("a", parsed("a"));
  cache.add("b", parsed("b"));
  cache.add("b", parsed("b"));
  expect(cache.get("a")).toMatchObject({ kid: "a" });
});

test("stays bounded", () => {
  const cache = createSignatureCache(100);
  for (let index = 0; index < 5_000; index += 1) cache.add(`token ${index}`, parsed("x"));
  const known = Array.from({ length: 5_000 }, (_, index) => index).filter((index) =>
    cache.get(`token ${index}`),
  );
  expect(known).toEqual(Array.from({ length: 100 }, (_, index) => 4_900 + index));
});
