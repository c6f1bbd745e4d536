import { describe, expect, test } from "vitest";
import { encodeBase64url } from "./base64url.ts";
import { parseAccessToken } from "./index.ts";

const header = { alg: "ES256", typ: "at+jwt", kid: "key-1" };
const claims = {
  iss: "https://platform.example",
  aud: "https://api.example.com",
  client_id: "app",
  sub: "user",
  instance_id: "instance",
  site_id: "site",
  scope: "A B",
  iat: 1,
  exp: 2,
  jti: "token",
  gen: [1, 2, 3, 4],
  secret_id: "secret",
};
const encode = (part: object | string) =>
  encodeBase64url(new TextEncoder().encode(typeof part === "string" ? part : JSON.stringify(part)));
const signature = encodeBase64url(new Uint8Array(64));
const tokenOf = (head: object | string, payload: object | string, end = signature) =>
  `${encode(head)}.${encode(payload)}.${end}`;

describe("an access token", () => {
  test("is parsed in either format, without verification", () => {
    const text = tokenOf(header, claims);
    const expected = {
      kid: "key-1",
      claims,
      signed: text.slice(0, text.lastIndexOf(".")),
      signature: new Uint8Array(64),
    };
    expect(parseAccessToken(text)).toEqual(expected);
    expect(parseAccessToken(`OauthNG.JWS.${text}`)).toEqual(expected);
  });

  test("can list the permissions at the time of minting", () => {
    expect(parseAccessToken(tokenOf(header, { ...claims, permissions: ["A.READ"] }))?.claims).toMatchObject({
      permissions: ["A.READ"],
    });
    for (const permissions of ["A.READ", [1], {}, [["A.READ"]]]) {
      expect(parseAccessToken(tokenOf(header, { ...claims, permissions }))).toBeUndefined();
    }
  });

  test("of an app has three revocation counters, of a user a fourth one", () => {
    const withGen = (sub: string, gen: unknown) => parseAccessToken(tokenOf(header, { ...claims, sub, gen }));
    for (const [sub, gen] of [
      ["app", [1, 2, 3]],
      ["user", [1, 2, 3, 4]],
    ] as const) {
      expect(withGen(sub, gen)?.claims.gen).toEqual(gen);
    }
    for (const [sub, gen] of [
      ["app", [1, 2, 3, 4]],
      ["user", [1, 2, 3]],
      ["user", [1, 2, 3, null]],
      ["user", [1, 2, 3, 4, 5]],
    ] as const) {
      expect(withGen(sub, gen)).toBeUndefined();
    }
  });

  test("lists up to three tokens that it was exchanged from", () => {
    const derived = (derived_from: unknown) =>
      parseAccessToken(tokenOf(header, { ...claims, derived_from }))?.claims.derived_from;
    expect(derived(["a", "b", "c"])).toEqual(["a", "b", "c"]);
    for (const other of ["a", [1], {}, ["a", "b", "c", "d"]]) expect(derived(other)).toBeUndefined();
  });

  test.each([
    ["another algorithm", tokenOf({ ...header, alg: "none" }, claims)],
    ["another type", tokenOf({ ...header, typ: "JWT" }, claims)],
    ["one more header", tokenOf({ ...header, jku: "https://evil.example" }, claims)],
    ["a kid that is a path", tokenOf({ ...header, kid: "../key" }, claims)],
    ["a missing claim", tokenOf(header, { ...claims, aud: undefined })],
    ["a list of audiences", tokenOf(header, { ...claims, aud: [claims.aud] })],
    ["an exp that is not a number", tokenOf(header, { ...claims, exp: "2" })],
    ["a claim twice", tokenOf(header, JSON.stringify(claims).replace("{", '{"exp":3,'))],
    ["a signature too short", tokenOf(header, claims, encodeBase64url(new Uint8Array(63)))],
    ["a padded signature", tokenOf(header, claims, `${signature}==`)],
    ["five parts", `${tokenOf(header, claims)}.x.y`],
    ["20,000 characters", tokenOf(header, { ...claims, scope: "x".repeat(20_000) })],
    ["an empty text", ""],
  ])("is rejected with %s", (_, text) => {
    expect(parseAccessToken(text)).toBeUndefined();
  });
});
