import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { claimsOf, encode, headerOf, partsOf, signToken } from "@latchkey/test-support/forged-token";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { askAbout, callApi, createTarget, installApp, mint, type Target, tokenInfo } from "./target.ts";

// The signatures of these tokens are valid, so the other checks decide.
let target: Target;
let privateKey: KeyObject;
let header: Record<string, unknown>;
let claims: Record<string, unknown>;
let now: number;

beforeAll(async () => {
  target = await createTarget();
  ({ privateKey } = await target.platform.signingKey());
});
afterAll(() => target.platform.close());

beforeEach(async () => {
  const token = await mint(target);
  header = headerOf(token);
  claims = claimsOf(token);
  now = Math.floor(target.platform.clock.now() / 1_000);
});

function signed(changes: Record<string, unknown>): string {
  return signToken(header, { ...claims, ...changes }, privateKey);
}

async function expectDead(token: string): Promise<void> {
  expect(await tokenInfo(target, token)).toEqual({ active: false });
  expect((await callApi(target, `Bearer ${token}`)).status).toBe(401);
}

test("D2 accepts a regular token that the platform's key signed", async () => {
  expect(await tokenInfo(target, signed({}))).toMatchObject({ active: true });
});

test.each([
  ["is missing", () => undefined],
  ["is null", () => null],
  ["is text", () => String(now + 60)],
  ["has a fraction", () => now + 60.5],
  ["is negative", () => -1],
  ["is zero", () => 0],
  ["is an array", () => [now + 60]],
  ["is above the largest safe integer", () => 2 ** 53],
  ["is infinite", () => "Infinity"],
  ["is in the year 9999", () => 253_402_300_799],
  ["is a second later than a token may live", () => now + 14_401],
])("D9 rejects a token whose exp %s", async (_, exp) => {
  await expectDead(signed({ exp: exp() }));
});

test.each(["iat", "jti", "sub", "client_id", "instance_id", "site_id", "scope", "gen", "secret_id", "iss"])(
  "D9 rejects a token without %s",
  async (name) => {
    await expectDead(signed({ [name]: undefined }));
    await expectDead(signed({ [name]: null }));
    await expectDead(signed({ [name]: { x: 1 } }));
  },
);

test.each([
  ["text", "not JSON"],
  ["an array", "[]"],
  ["null", "null"],
  ["a number", "1"],
  ["JSON with a key twice", () => JSON.stringify(claims).replace("{", `{"exp":${now + 60},`)],
  ["JSON with the key __proto__", () => JSON.stringify(claims).replace("{", '{"__proto__":{},')],
  ["JSON with a byte order mark", () => `\ufeff${JSON.stringify(claims)}`],
])("D9 rejects a payload that is %s", async (_, payload) => {
  await expectDead(signToken(header, typeof payload === "string" ? payload : payload(), privateKey));
});

test.each([
  ["missing", () => undefined],
  ["another API's", () => "https://api.example"],
  ["a list that contains the audience", () => [target.url, "https://api.example"]],
  ["a list of only the audience", () => [target.url]],
  ["a prefix of the audience", () => target.url.slice(0, -1)],
  ["the audience with a trailing slash", () => `${target.url}/`],
  ["the audience in another case", () => target.url.toUpperCase()],
  ["empty", () => ""],
])("D10 rejects a token whose audience is %s", async (_, aud) => {
  await expectDead(signed({ aud: aud() }));
});

test.each([
  ["with a trailing slash", () => `${target.url}/`],
  ["in another case", () => target.url.toUpperCase()],
  ["of another platform", () => "https://latchkey.example"],
  ["with another port", () => target.url.replace(/:\d+$/, ":1")],
  ["as a list", () => [target.url]],
])("D11 rejects an issuer %s", async (_, iss) => {
  await expectDead(signed({ iss: iss() }));
});

test.each([
  "webhook+jwt",
  "service-plugin+jwt",
  "JWT",
  "AT+JWT",
  "application/at+jwt",
  "at+jwt ",
  "",
  1,
  undefined,
])("D12 rejects a token of the type %j", async (typ) => {
  await expectDead(signToken({ ...header, typ }, claims, privateKey));
});

test("D12 rejects a signature of another key that the platform created", async () => {
  const { privateKey: ofApp } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const text = `${encode({ ...header, alg: "RS256" })}.${encode(claims)}`;
  await expectDead(`${text}.${sign("sha256", Buffer.from(text), ofApp).toString("base64url")}`);
});

test.each([
  ["another app's", async () => ({ client_id: (await installApp(target.platform)).appId })],
  ["unknown", async () => ({ client_id: "00000000-0000-4000-8000-000000000000" })],
  ["spelled in upper case", async () => ({ client_id: target.appId.toUpperCase() })],
])("D12 rejects a token whose app is %s", async (_, changes) => {
  await expectDead(signed(await changes()));
});

test("D12 rejects a token whose instance is another app's, and one whose secret is", async () => {
  const other = await installApp(target.platform);
  await expectDead(signed({ instance_id: other.instanceId }));
  await expectDead(signed({ secret_id: other.secretId }));
});

test.each([
  ["older", [0, 1, 1]],
  ["newer", [1, 1, 2]],
  ["of another app", [1, 2, 1]],
  ["too short", [1, 1]],
  ["too long", [1, 1, 1, 1]],
  ["of text", ["1", "1", "1"]],
  ["of fractions", [1, 1, 1.5]],
  ["one number", 1],
])("D12 rejects a token with generation numbers that are %s", async (_, gen) => {
  await expectDead(signed({ gen }));
});

test("B6 rejects a token of a suspended or removed instance with current generation numbers", async () => {
  const other = { url: target.url, ...(await installApp(target.platform)) };
  const [, , generation] = claimsOf(await mint(other)).gen as number[];
  const numbered = (raised: number) => {
    const { appId: client_id, instanceId: instance_id, siteId: site_id, secretId: secret_id } = other;
    const names = { client_id, sub: client_id, instance_id, site_id, secret_id };
    return signed({ ...names, gen: [1, 1, Number(generation) + raised] });
  };
  expect(await tokenInfo(target, numbered(0))).toMatchObject({ active: true });
  await target.platform.suspend(other.instanceId);
  await expectDead(numbered(1));
  await target.platform.remove(other.instanceId);
  await expectDead(numbered(2));
});

test("D18 rejects a token from the second of exp on", async () => {
  const token = signed({ exp: now + 60 });
  await target.platform.clock.set((now + 60) * 1_000 - 1);
  expect(await tokenInfo(target, token)).toMatchObject({ active: true });
  await target.platform.clock.set((now + 60) * 1_000);
  await expectDead(token);
});

test.each([30, 301])("D18 accepts a token from a node whose clock is %d s ahead", async (ahead) => {
  const token = signed({ iat: now + ahead, exp: now + ahead + 14_400 });
  expect(await tokenInfo(target, token)).toMatchObject({ active: true });
});

test("D8 revokes a token together with its mirrored signature", async () => {
  const token = await mint(target);
  const mirrored = mirror(token);
  expect(mirrored).not.toBe(token);
  expect(await tokenInfo(target, mirrored)).toMatchObject({ active: true });
  await askAbout(target, "revoke", { token: mirrored });
  await expectDead(token);
  await expectDead(mirrored);
});

/** For every valid ECDSA signature (r, s), (r, n - s) is also valid. */
function mirror(token: string): string {
  const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const [head, payload, signature] = partsOf(token);
  const bytes = Buffer.from(signature, "base64url");
  const s = n - BigInt(`0x${bytes.subarray(32).toString("hex")}`);
  const twin = Buffer.concat([bytes.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, "0"), "hex")]);
  return `${head}.${payload}.${twin.toString("base64url")}`;
}
