import { expect, test } from "vitest";
import { pageAddressViolation } from "./fields.ts";

test.each([
  ["https://app.example/callback?own=1", undefined],
  ["https://127.0.0.1:3000/", undefined],
  ["http://127.0.0.1:3000/", "must begin with https://"],
  ["http://localhost:3000/", "must begin with https://"],
])("without http for loopback, %s has the violation: %s", (url, violation) => {
  expect(pageAddressViolation(url, { loopback: false })).toBe(violation);
});

test.each([
  ["http://127.0.0.1:3000/", undefined],
  ["http://localhost/", undefined],
  ["http://[::1]:3000/", undefined],
  ["http://127.0.0.1.evil.example/", "must begin with https://, or with http:// for a loopback address"],
])("with http for loopback, %s has the violation: %s", (url, violation) => {
  expect(pageAddressViolation(url, { loopback: true })).toBe(violation);
});
