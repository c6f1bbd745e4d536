import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { Passwords } from "./passwords.ts";

const passwords = new Passwords(randomBytes);
const network = "192.0.2.1";
const busy = {
  code: "RESOURCE_EXHAUSTED",
  status: 429,
  message: "Too many people are signing in; try again in a few seconds.",
  headers: { "retry-after": "5" },
};

test("a hash names its costs, has a salt of its own, and matches its password only", async () => {
  const hash = await passwords.hash("correct horse battery", network);
  expect(hash).toMatch(/^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
  expect(await passwords.hash("correct horse battery", network)).not.toBe(hash);
  expect(await passwords.matches("correct horse battery", hash, network)).toBe(true);
  expect(await passwords.matches("Correct horse battery", hash, network)).toBe(false);
});

test("a password matches in every form of Unicode", async () => {
  const hash = await passwords.hash("pässwörter für alle".normalize("NFC"), network);
  expect(await passwords.matches("pässwörter für alle".normalize("NFD"), hash, network)).toBe(true);
});

test("nothing matches an account without a password", async () => {
  for (const stored of [null, undefined]) {
    expect(await passwords.matches("", stored, network)).toBe(false);
  }
});

test("a network cannot let more than a few passwords wait, and delays no other network by more than one", async () => {
  const flood = Array.from({ length: 12 }, () => passwords.matches("guess", null, "198.51.100.1"));
  const outcomes = Promise.allSettled(flood);
  expect(await passwords.matches("guess", null, network)).toBe(false);
  const refused = (await outcomes).flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  expect(refused).toHaveLength(6);
  expect(refused[0]).toMatchObject(busy);
});

test("thirty passwords of many networks wait, and no more", async () => {
  const guess = (_: unknown, index: number) => passwords.matches("guess", null, `network ${index}`);
  const flood = Array.from({ length: 33 }, guess);
  const outcomes = Promise.allSettled(flood);
  await expect(flood.at(-1)).rejects.toMatchObject(busy);
  expect((await outcomes).filter(({ status }) => status === "rejected")).toHaveLength(1);
}, 120_000);
