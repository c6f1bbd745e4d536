import { createPublicKey, verify, type webcrypto } from "node:crypto";
import { claimsOf, headerOf, partsOf } from "@latchkey/test-support/forged-token";
import { type CallManagement, managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, callApi, createTarget, mint, type Target, tokenInfo } from "./target.ts";

type PublicKey = webcrypto.JsonWebKey & { readonly kid: string };

const day = 86_400_000;
let target: Target;
let manage: CallManagement;

beforeAll(async () => {
  target = await createTarget();
  manage = managementCaller(target.platform);
});
afterAll(() => target.platform.close());

test("D13 accepts tokens of a retired key, and rejects those of a leaked key", async () => {
  const token = await mint(target);
  const kid = String(headerOf(token).kid);
  await manage("POST /keys", { body: { activateNow: true } });
  await target.platform.clock.advance(1);
  expect(headerOf(await mint(target)).kid).not.toBe(kid);

  expect(await manage(`POST /keys/${kid}/retire`, { body: {} })).toMatchObject({ status: 200 });
  expect(await tokenInfo(target, token)).toMatchObject({ active: true });
  expect((await publishedKeys()).map((key) => key.kid)).toContain(kid);

  await manage(`POST /keys/${kid}/retire`, { body: { compromised: true } });
  expect(await tokenInfo(target, token)).toEqual({ active: false });
  expect((await callApi(target, token)).status).toBe(401);
  expect((await publishedKeys()).map((key) => key.kid)).not.toContain(kid);

  await manage(`POST /keys/${kid}/retire`, { body: {} });
  expect(await tokenInfo(target, token)).toEqual({ active: false });
});

test("D15 publishes public keys and nothing else, for caches that keep them five minutes (FR-B10)", async () => {
  const { body, headers, status } = await call(`${target.url}/.well-known/jwks.json`);
  expect(status).toBe(200);
  expect(headers.get("content-type")).toBe("application/jwk-set+json");
  expect(headers.get("cache-control")).toBe("public, max-age=300");
  for (const key of body.keys) {
    expect(Object.keys(key).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x", "y"]);
    expect(key).toMatchObject({ alg: "ES256", crv: "P-256", kty: "EC", use: "sig" });
  }
  const kids = body.keys.map((key: PublicKey) => key.kid);
  expect(new Set(kids).size).toBe(kids.length);
});

test("D15 responds with 304 for a current ETag", async () => {
  const address = `${target.url}/.well-known/jwks.json`;
  const etag = (await call(address)).headers.get("etag") ?? "";
  expect(etag).toMatch(/^"[\w-]{22}"$/);
  const again = await call(address, { headers: { "if-none-match": etag } });
  expect([again.status, again.text]).toEqual([304, ""]);
  await manage("POST /keys", { body: {} });
  expect((await call(address, { headers: { "if-none-match": etag } })).status).toBe(200);
});

test("D16 rotates keys without a failure for clients with the announced key set", async () => {
  const announced = await manage("POST /keys", { body: {} });
  expect(announced.body.state).toBe("announced");
  const cached = await publishedKeys();
  const signers = new Set<unknown>();
  for (let days = 0; days <= 15; days += 1) {
    for (let count = 0; count < 5; count += 1) {
      const token = await mint(target);
      signers.add(headerOf(token).kid);
      expect(hasSignatureOf(cached, token)).toBe(true);
    }
    await target.platform.clock.advance(day);
  }
  expect(signers).toContain(announced.body.kid);
  expect(signers.size).toBeGreaterThan(1);
});

test("D17 gives 2,000 tokens distinct jti and nonces", async () => {
  const tokens: string[] = [];
  for (let batch = 0; batch < 40; batch += 1) {
    tokens.push(...(await Promise.all(Array.from({ length: 50 }, () => mint(target)))));
  }
  const ids = tokens.map((token) => claimsOf(token).jti);
  const nonces = tokens.map((token) => partsOf(token)[2].slice(0, 43));
  expect([new Set(ids).size, new Set(nonces).size]).toEqual([2_000, 2_000]);
});

async function publishedKeys(): Promise<PublicKey[]> {
  return (await call(`${target.url}/.well-known/jwks.json`)).body.keys;
}

/** Verifies a token with only the key set. */
function hasSignatureOf(keys: readonly PublicKey[], token: string): boolean {
  const key = keys.find(({ kid }) => kid === headerOf(token).kid);
  if (key === undefined) return false;
  const [header, payload, signature] = partsOf(token);
  const publicKey = createPublicKey({ key, format: "jwk" });
  const options = { key: publicKey, dsaEncoding: "ieee-p1363" } as const;
  return verify("sha256", Buffer.from(`${header}.${payload}`), options, Buffer.from(signature, "base64url"));
}
