import { createHmac, createPublicKey, generateKeyPairSync, sign, type webcrypto } from "node:crypto";
import { encode, headerOf, partsOf, signToken } from "@latchkey/test-support/forged-token";
import { afterAll, beforeAll, expect, test } from "vitest";
import { callApi, createTarget, mint, type Target, tokenInfo } from "./target.ts";

let target: Target;
let good: string;
let kid: unknown;

beforeAll(async () => {
  target = await createTarget();
  good = await mint(target);
  ({ kid } = headerOf(good));
});
afterAll(() => target.platform.close());

/** Expects that token-info, introspection and the APIs reject the token. */
async function expectDead(token: string): Promise<void> {
  expect(await tokenInfo(target, token)).toEqual({ active: false });
  // HTTP headers cannot contain some characters, and lose trailing spaces.
  if (!/[\0\r\n]| $/.test(token)) expect((await callApi(target, `Bearer ${token}`)).status).toBe(401);
}

test.each(["none", "None", "nOnE", "NONE", ""])("D1 rejects the algorithm %j", async (alg) => {
  const [, payload, signature] = partsOf(good);
  const header = encode({ alg, typ: "at+jwt", kid });
  await expectDead(`${header}.${payload}.`);
  await expectDead(`${header}.${payload}.${signature}`);
  await expectDead(`${header}.${payload}`);
});

test("D2 rejects another payload under a valid signature, and another header", async () => {
  const [header, payload, signature] = partsOf(good);
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
  await expectDead(
    `${header}.${encode({ ...claims, scope: "SCOPE.DC-STORES.MANAGE-PRODUCTS" })}.${signature}`,
  );
  await expectDead(`${header}.${encode({ ...claims, exp: claims.exp + 1 })}.${signature}`);
  await expectDead(`${header}.${encode(claims).slice(0, -1)}.${signature}`);
  await expectDead(`${encode({ typ: "at+jwt", alg: "ES256", kid })}.${payload}.${signature}`);
});

test.each([
  ["PEM", (pem: string) => pem],
  ["PEM with a line feed more", (pem: string) => `${pem}\n`],
  ["PEM with a line feed less", (pem: string) => pem.trimEnd()],
  ["PEM with blanks around", (pem: string) => ` ${pem} `],
  ["DER", (pem: string) => createPublicKey(pem).export({ format: "der", type: "spki" })],
  ["JWK", (pem: string) => JSON.stringify(createPublicKey(pem).export({ format: "jwk" }))],
  ["the JWK as it is published", async () => JSON.stringify((await publishedKeys())[0])],
  ["nothing", () => ""],
])("D3 rejects HS256 keyed with the public key as %s", async (_, keyOf) => {
  const [jwk = {}] = await publishedKeys();
  const pem = createPublicKey({ key: jwk, format: "jwk" }).export({ format: "pem", type: "spki" }).toString();
  const [, payload] = partsOf(good);
  const signed = `${encode({ alg: "HS256", typ: "at+jwt", kid })}.${payload}`;
  const signature = createHmac("sha256", await keyOf(pem))
    .update(signed)
    .digest("base64url");
  await expectDead(`${signed}.${signature}`);
});

test.each(["ES384", "ES512", "RS256", "PS256", "EdDSA", "HS256", "es256", "ES256K"])(
  "D4 rejects a valid ES256 signature with the alg %s",
  async (alg) => {
    const { privateKey } = await target.platform.signingKey();
    const [, payload] = partsOf(good);
    await expectDead(signToken({ alg, typ: "at+jwt", kid }, decoded(payload), privateKey));
  },
);

test("D5 rejects keys inside a token, and fetches none", async () => {
  const attacker = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = attacker.publicKey.export({ format: "jwk" });
  const [, payload] = partsOf(good);
  // The setup fails a test that connects to another machine.
  for (const bait of [
    { jwk },
    { jku: "https://attacker.example/jwks.json" },
    { x5u: "https://attacker.example/cert.pem" },
    { x5c: ["MIIB"] },
    { x5t: "x" },
  ]) {
    for (const privateKey of [attacker.privateKey, (await target.platform.signingKey()).privateKey]) {
      const header = { alg: "ES256", typ: "at+jwt", kid, ...bait };
      await expectDead(signToken(header, decoded(payload), privateKey));
    }
  }
});

test.each([
  ["a path", "../../../../dev/null"],
  ["SQL", "' OR '1'='1"],
  ["an address", "https://attacker.example/key"],
  ["10 kB long", "k".repeat(10_240)],
  ["unknown", "00000000-0000-4000-8000-000000000000"],
  ["empty", ""],
  ["a name of every object", "__proto__"],
  ["with a NUL", "a\0b"],
  ["a number", 1],
  ["null", null],
  ["an array", ["a"]],
  ["missing", undefined],
])("D6 rejects a key id that is %s", async (_, oddKid) => {
  const { privateKey } = await target.platform.signingKey();
  const [, payload] = partsOf(good);
  await expectDead(signToken({ alg: "ES256", typ: "at+jwt", kid: oddKid }, decoded(payload), privateKey));
});

test.each([
  ["a critical extension", { crit: ["exp"], exp: 1 }],
  ["an empty list of critical extensions", { crit: [] }],
  ["an unencoded payload", { b64: false, crit: ["b64"] }],
  ["compression", { zip: "DEF" }],
  ["a nested type", { cty: "JWT" }],
])("D7 rejects a header with %s", async (_, extra) => {
  const { privateKey } = await target.platform.signingKey();
  const [, payload] = partsOf(good);
  const header = { alg: "ES256", typ: "at+jwt", kid, ...extra };
  await expectDead(signToken(header, decoded(payload), privateKey));
});

test.each([
  ["of zeroes", () => Buffer.alloc(64).toString("base64url")],
  ["with r = 0", (s: Buffer) => Buffer.concat([Buffer.alloc(32), s.subarray(32)]).toString("base64url")],
  ["with s = 0", (s: Buffer) => Buffer.concat([s.subarray(0, 32), Buffer.alloc(32)]).toString("base64url")],
  ["of all ones", () => Buffer.alloc(64, 0xff).toString("base64url")],
  ["a byte short", (s: Buffer) => s.subarray(1).toString("base64url")],
  ["a byte long", (s: Buffer) => Buffer.concat([Buffer.alloc(1), s]).toString("base64url")],
  ["with padding", (s: Buffer) => `${s.toString("base64url")}==`],
  ["with a blank inside", (s: Buffer) => s.toString("base64url").replace(/^.{10}/, "$& ")],
  ["with a line feed inside", (s: Buffer) => s.toString("base64url").replace(/^.{10}/, "$&\n")],
  ["with spare bits set", (s: Buffer) => withSpareBit(s.toString("base64url"))],
  ["in hexadecimal", (s: Buffer) => s.toString("hex")],
  ["that is empty", () => ""],
])("D8 rejects a signature %s", async (_, change) => {
  const [header, payload, signature] = partsOf(good);
  await expectDead(`${header}.${payload}.${change(Buffer.from(signature, "base64url"))}`);
});

test("D8 rejects a signature in the other alphabet of base64, and one in DER", async () => {
  const { privateKey } = await target.platform.signingKey();
  const [header, payload] = partsOf(good);
  const signed = Buffer.from(`${header}.${payload}`);
  await expectDead(`${signed}.${sign("sha256", signed, privateKey).toString("base64url")}`);
  const other = Buffer.alloc(64, 0xfb).toString("base64");
  await expectDead(`${header}.${payload}.${other}`);
});

test("D14 rejects a truncated or extended token", async () => {
  for (const count of [1, 2, 3, 4, 5, 43, 86, 87, 88]) await expectDead(good.slice(0, -count));
  for (const count of [1, 2, 3]) await expectDead(good.slice(count));
  for (const more of ["A", "AA", "AAAA", ".", "..", ".A", "=", " ", "\0"]) await expectDead(good + more);
  for (const more of ["A", ".", "OauthNG.JWS", "OauthNG.JWS.OauthNG.JWS.", "oauthng.jws."]) {
    await expectDead(more + good);
  }
});

test("D14 rejects a token with a dot too many, and one of five parts", async () => {
  const [header, payload, signature] = partsOf(good);
  await expectDead(`${header}..${payload}.${signature}`);
  await expectDead(`${header}.${payload}..${signature}`);
  await expectDead(`${header}.${payload}.${signature}.${signature}.${signature}`);
  await expectDead("....");
});

test("D14 accepts the same token with the prefix of the Wix format", async () => {
  expect(await tokenInfo(target, `OauthNG.JWS.${good}`)).toMatchObject({ active: true });
});

function decoded(part: string): string {
  return Buffer.from(part, "base64url").toString();
}

async function publishedKeys(): Promise<webcrypto.JsonWebKey[]> {
  const reply = await fetch(`${target.url}/.well-known/jwks.json`);
  return ((await reply.json()) as { keys: webcrypto.JsonWebKey[] }).keys;
}

/** The last of 86 characters holds two bits of the last byte and four that must be zero. */
function withSpareBit(text: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return text.slice(0, -1) + alphabet.charAt(alphabet.indexOf(text.slice(-1)) + 1);
}
