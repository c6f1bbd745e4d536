import { describe, expect, it } from "vitest";
import { readHeaders } from "./request-headers.ts";

const FORMS: [form: string, init: HeadersInit][] = [
  ["an object", { AUTHORIZATION: "mine", "X-Mine": "1", "Idempotency-Key": "k" }],
  [
    "a list",
    [
      ["AUTHORIZATION", "mine"],
      ["X-Mine", "1"],
      ["Idempotency-Key", "k"],
    ],
  ],
  ["Headers", new Headers({ AUTHORIZATION: "mine", "X-Mine": "1", "Idempotency-Key": "k" })],
  [
    "an object without prototype",
    Object.assign(Object.create(null), { AUTHORIZATION: "mine", "X-Mine": "1", "Idempotency-Key": "k" }),
  ],
];

describe("headers of a request", () => {
  it.each(FORMS)("given as %s are kept, except Authorization, which has the token", (_form, init) => {
    const headers = readHeaders(init);
    expect(headers.has("idempotency-key")).toBe(true);
    expect(headers.has("x-other")).toBe(false);
    for (const token of ["token-1", "token-2"]) {
      expect([...new Headers(headers.withToken(token))]).toEqual([
        ["authorization", token],
        ["idempotency-key", "k"],
        ["x-mine", "1"],
      ]);
    }
  });

  it("do not change the caller's headers", () => {
    const mine = { "x-mine": "1" };
    readHeaders(mine).withToken("token-1");
    expect(mine).toEqual({ "x-mine": "1" });
    const headers = new Headers(mine);
    readHeaders(headers).withToken("token-1");
    expect([...headers]).toEqual([["x-mine", "1"]]);
  });

  it("may be missing", () => {
    expect(readHeaders(undefined).withToken("token-1")).toEqual({ authorization: "token-1" });
  });
});
