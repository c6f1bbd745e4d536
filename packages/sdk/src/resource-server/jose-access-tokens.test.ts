import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { createTestPlatform } from "@latchkey/server/testing";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify, SignJWT } from "jose";
import { describe, expect, onTestFinished, test } from "vitest";
import { AccessRefused } from "./access-refused.ts";
import { createResourceServer } from "./index.ts";

// The same access tokens, checked offline by this package and by `jose`, with the same keys and requirements.

const issuer = "https://platform.example";
const audience = "https://api.example.com/bookings";
const now = 1_767_323_045;
const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" });
const jwkOf = (key: KeyObject, members: object) => ({ ...key.export({ format: "jwk" }), ...members });
const keySet = [jwkOf(publicKey, { kid: "key-1", alg: "ES256", use: "sig" })];

const header = { alg: "ES256", typ: "at+jwt", kid: "key-1" };
const claims = {
  iss: issuer,
  aud: audience,
  client_id: "app",
  sub: "app",
  instance_id: "instance",
  site_id: "site",
  scope: "A B",
  iat: now,
  exp: now + 300,
  jti: "token",
  gen: [1, 2, 3],
  secret_id: "secret",
};
const encode = (part: object | string) =>
  Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url");
const signatureOf = (signed: string, dsaEncoding: "ieee-p1363" | "der" = "ieee-p1363") =>
  sign("sha256", Buffer.from(signed), { key: privateKey, dsaEncoding });
const signed = (head: object | string, payload: object | string) => {
  const input = `${encode(head)}.${encode(payload)}`;
  return `${input}.${signatureOf(input).toString("base64url")}`;
};
const withHeader = (change: object) => signed({ ...header, ...change }, claims);
const withClaims = (change: object) => signed(header, { ...claims, ...change });
const valid = signed(header, claims);
const input = valid.slice(0, valid.lastIndexOf("."));
const withSignature = (bytes: Uint8Array) => `${input}.${Buffer.from(bytes).toString("base64url")}`;

async function ours(token: string, keys: readonly object[]): Promise<unknown> {
  const server = createResourceServer({
    issuer,
    audience,
    offline: true,
    clock: { now: () => now * 1_000, after: () => ({ cancel() {} }) },
    fetch: async () => Response.json({ keys }),
  });
  try {
    await server.require({ headers: { authorization: `Bearer ${token}` } });
    return "accepted";
  } catch (error) {
    if (!(error instanceof AccessRefused)) throw error;
    return error.reason;
  }
}

async function theirs(token: string, keys: readonly object[]): Promise<unknown> {
  const options = { algorithms: ["ES256"], typ: "at+jwt", issuer, audience };
  try {
    await jwtVerify(token, createLocalJWKSet({ keys } as unknown as JSONWebKeySet), {
      ...options,
      currentDate: new Date(now * 1_000),
      requiredClaims: ["exp", "iat", "sub", "client_id", "jti"],
    });
    return "accepted";
  } catch (error) {
    const { code, name } = error as Error & { code?: unknown };
    return typeof code === "string" ? code : name;
  }
}

// Error codes of `jose`.
const algNotAllowed = "ERR_JOSE_ALG_NOT_ALLOWED";
const wrongSignature = "ERR_JWS_SIGNATURE_VERIFICATION_FAILED";
const wrongClaim = "ERR_JWT_CLAIM_VALIDATION_FAILED";
const noKey = "ERR_JWKS_NO_MATCHING_KEY";

/** A token, the expected result of this package (a reason, or that it is accepted), and that of `jose`. */
type Case = [name: string, token: string, here: string, there: string, keys?: readonly object[]];

async function compare(...[, token, here, there, keys = keySet]: Case): Promise<void> {
  expect({ here: await ours(token, keys), there: await theirs(token, keys) }).toEqual({ here, there });
}

test("an access token that jose signs is accepted here", async () => {
  const key = createPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" }));
  const token = await new SignJWT({ ...claims }).setProtectedHeader(header).sign(key);
  expect(await ours(token, keySet)).toBe("accepted");
});

test("an access token that the platform signs is accepted by jose", async () => {
  const platform = await createTestPlatform();
  onTestFinished(() => platform.close());
  const { appId, secret } = await platform.createApp();
  const { siteId } = await platform.createSite();
  const { instanceId } = await platform.install({ appId, siteId });
  const minted = await fetch(`${platform.url}/oauth2/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      grant_type: "client_credentials",
      client_id: appId,
      client_secret: secret.value,
      instance_id: instanceId,
    }),
  });
  const { access_token } = (await minted.json()) as { access_token: string };
  const keys = (await (await fetch(`${platform.url}/.well-known/jwks.json`)).json()) as JSONWebKeySet;
  const { payload } = await jwtVerify(access_token, createLocalJWKSet(keys), {
    algorithms: ["ES256"],
    typ: "at+jwt",
    issuer: platform.url,
    audience: platform.url,
    currentDate: new Date(platform.clock.now()),
  });
  expect(payload).toMatchObject({ client_id: appId, instance_id: instanceId });
});

describe("the header", () => {
  test.each<Case>([
    ["is valid", valid, "accepted", "accepted"],
    ["has alg none", withHeader({ alg: "none" }), "malformed", algNotAllowed],
    ["has alg RS256", withHeader({ alg: "RS256" }), "malformed", algNotAllowed],
    ["has alg ES384", withHeader({ alg: "ES384" }), "malformed", algNotAllowed],
    ["has no typ", withHeader({ typ: undefined }), "malformed", wrongClaim],
    ["has another typ", withHeader({ typ: "JWT" }), "malformed", wrongClaim],
    ["has crit", withHeader({ crit: ["x"], x: 1 }), "malformed", "ERR_JOSE_NOT_SUPPORTED"],
    ["has b64 false", withHeader({ crit: ["b64"], b64: false }), "malformed", "ERR_JWT_INVALID"],
    ["has an unknown kid", withHeader({ kid: "key-2" }), "unknown_key", noKey],
    // The platform always writes a kid. jose takes the only key that fits.
    ["has no kid", withHeader({ kid: undefined }), "malformed", "accepted"],
    // RFC 7515 allows unknown members, and jose ignores them. Here only the members that the platform writes are valid.
    ["has a member more", withHeader({ x: 1 }), "malformed", "accepted"],
    ["has a key", withHeader({ jwk: keySet[0] }), "malformed", "accepted"],
  ])("%s", compare);
});

describe("the signature", () => {
  const zeros = (count: number) => new Uint8Array(count);
  const order = Buffer.from("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", "hex");
  const bytes = signatureOf(input);
  const [r, s] = [bytes.subarray(0, 32), bytes.subarray(32)];
  const negative = Buffer.from(
    (BigInt(`0x${order.toString("hex")}`) - BigInt(`0x${s.toString("hex")}`)).toString(16).padStart(64, "0"),
    "hex",
  );
  test.each<Case>([
    ["in DER", withSignature(signatureOf(input, "der")), "malformed", wrongSignature],
    ["r and s are zero", withSignature(zeros(64)), "bad_signature", wrongSignature],
    ["r is zero", withSignature(Buffer.concat([zeros(32), s])), "bad_signature", wrongSignature],
    ["s is zero", withSignature(Buffer.concat([r, zeros(32)])), "bad_signature", wrongSignature],
    ["r and s are the order", withSignature(Buffer.concat([order, order])), "bad_signature", wrongSignature],
    ["is empty", `${input}.`, "malformed", wrongSignature],
    ["is a byte too short", withSignature(bytes.subarray(0, 63)), "malformed", wrongSignature],
    ["is a byte too long", withSignature(Buffer.concat([bytes, zeros(1)])), "malformed", wrongSignature],
    [
      "is of another payload",
      `${encode(header)}.${encode({ ...claims, jti: "2" })}.${bytes.toString("base64url")}`,
      "bad_signature",
      wrongSignature,
    ],
    // The second valid signature of ECDSA, which anyone can compute. Tokens are therefore identified by `jti`.
    ["has the negative s", withSignature(Buffer.concat([r, negative])), "accepted", "accepted"],
  ])("%s", compare);
});

describe("the key", () => {
  test.each<Case>([
    ["of another curve", valid, "unavailable", noKey, [jwkOf(p384.publicKey, { kid: "key-1" })]],
    ["for encryption", valid, "unavailable", noKey, [jwkOf(publicKey, { kid: "key-1", use: "enc" })]],
    [
      "not on the curve",
      valid,
      "unavailable",
      "DataError",
      [{ ...keySet[0], y: encode("\u0001".repeat(32)) }],
    ],
  ])("%s", compare);
});

describe("the claims", () => {
  test.each<Case>([
    ["exp missing", withClaims({ exp: undefined }), "malformed", wrongClaim],
    ["exp as text", withClaims({ exp: String(now + 300) }), "malformed", wrongClaim],
    ["exp with a fraction", withClaims({ exp: now + 300.5 }), "malformed", "accepted"],
    ["iat missing", withClaims({ iat: undefined }), "malformed", wrongClaim],
    ["iat as text", withClaims({ iat: String(now) }), "malformed", wrongClaim],
    ["nbf as text", withClaims({ nbf: String(now) }), "malformed", wrongClaim],
    ["nbf in the future", withClaims({ nbf: now + 61 }), "from_future", wrongClaim],
    // jose checks iat only with maxTokenAge.
    ["iat in the future", withClaims({ iat: now + 61 }), "from_future", "accepted"],
    ["expired", withClaims({ exp: now, iat: now - 300 }), "expired", "ERR_JWT_EXPIRED"],
    // jose checks the lifetime only with maxTokenAge. The platform never sets more than four hours.
    ["a lifetime over four hours", withClaims({ exp: now + 14_401 }), "lives_too_long", "accepted"],
    ["another issuer", withClaims({ iss: "https://evil.example" }), "wrong_issuer", wrongClaim],
    ["another audience", withClaims({ aud: issuer }), "wrong_audience", wrongClaim],
    // A token is for one API. jose accepts a list that contains it.
    ["a list of audiences", withClaims({ aud: [audience] }), "malformed", "accepted"],
    [
      "a claim twice",
      signed(header, JSON.stringify(claims).replace("{", '{"aud":"another",')),
      "malformed",
      "accepted",
    ],
    // Only the platform's claims make an access token.
    ["no generations", withClaims({ gen: undefined }), "malformed", "accepted"],
  ])("%s", compare);
});
