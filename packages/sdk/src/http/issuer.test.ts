import { expect, test } from "vitest";
import { isSameIssuer } from "./issuer.ts";

const spellings = ["http://localhost:4400", "http://127.0.0.1:4400", "http://[::1]:4400"];

test("loopback names with the same port are one issuer (FR-E9)", () => {
  for (const one of spellings) for (const other of spellings) expect(isSameIssuer(one, other)).toBe(true);
  expect(isSameIssuer("http://localhost", "http://127.0.0.1")).toBe(true);
});

test.each([
  ["another port", "http://localhost:4400", "http://127.0.0.1:4401"],
  ["no port", "http://localhost:4400", "http://127.0.0.1"],
  ["a path", "http://localhost:4400", "http://127.0.0.1:4400/"],
  ["https", "https://localhost:4400", "https://127.0.0.1:4400"],
  ["only one loopback name", "http://localhost:4400", "http://evil.example:4400"],
  ["a longer name", "http://localhost:4400", "http://localhost.evil.example:4400"],
  ["user information", "http://localhost:4400", "http://127.0.0.1:4400@evil.example"],
  ["two other names", "https://a.example", "https://b.example"],
  ["no text", "http://localhost:4400", undefined],
])("%s makes another issuer", (_, expected, issuer) => {
  expect(isSameIssuer(expected, issuer)).toBe(false);
});
