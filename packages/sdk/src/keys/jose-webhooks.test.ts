import { createHmac, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { APP_ID, createScriptedPlatform, json } from "@latchkey/test-support/sdk/scripted-platform";
import { claimsOf, ISSUER, NOW } from "@latchkey/test-support/sdk/signed-webhook";
import { CompactSign, createLocalJWKSet, importSPKI, type JSONWebKeySet, jwtVerify, SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { AppStrategy } from "../app-strategy.ts";
import { createClient } from "../create-client.ts";
import { LatchkeyError } from "../errors.ts";

// The same JWTs, checked by this package and by `jose`, with the same keys and the same requirements.

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const other = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const short = generateKeyPairSync("rsa", { modulusLength: 1_024 });
const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
const jwkOf = (key: KeyObject, members: object) => ({ ...key.export({ format: "jwk" }), ...members });
const own = jwkOf(publicKey, { kid: "own", alg: "RS256", use: "sig" });
const keySet = [jwkOf(other.publicKey, { kid: "other", alg: "RS256", use: "sig" }), own];

const header = { alg: "RS256", typ: "webhook+jwt", kid: "own" };
const claims = claimsOf();
const encode = (part: object | string) =>
  Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url");
const signParts = (signed: string, key: KeyObject = privateKey) =>
  `${signed}.${sign("sha256", Buffer.from(signed), key).toString("base64url")}`;
const signed = (head: object | string, payload: object | string, key?: KeyObject) =>
  signParts(`${encode(head)}.${encode(payload)}`, key);
const withHeader = (change: object) => signed({ ...header, ...change }, claims);
const withClaims = (change: object) => signed(header, { ...claims, ...change });
const valid = signed(header, claims);
const [headerPart = "", payloadPart = "", signaturePart = ""] = valid.split(".");

async function ours(jwt: string, keys: readonly object[]): Promise<unknown> {
  const platform = createScriptedPlatform({ onCall: () => json({ keys }) });
  const auth = AppStrategy({ appId: APP_ID, appSecret: "91de0000-0000-4000-8000-000000000001" });
  try {
    await createClient({ auth, ...platform.options }).webhooks.parseJWT(jwt);
    return "accepted";
  } catch (error) {
    if (!LatchkeyError.is(error)) throw error;
    return error.reason ?? error.code;
  }
}

const requirements = {
  algorithms: ["RS256"],
  typ: "webhook+jwt",
  audience: APP_ID,
  issuer: ISSUER,
  currentDate: new Date(NOW * 1_000),
  clockTolerance: 60,
  maxTokenAge: "1h",
};

async function theirs(jwt: string, keys: readonly object[]): Promise<unknown> {
  try {
    await jwtVerify(jwt, createLocalJWKSet({ keys } as unknown as JSONWebKeySet), requirements);
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
const invalidJws = "ERR_JWS_INVALID";
const severalKeys = "ERR_JWKS_MULTIPLE_MATCHING_KEYS";
const noKey = "ERR_JWKS_NO_MATCHING_KEY";

/** A JWT, the reason or the acceptance here, and the error code or the acceptance of `jose`. */
type Case = [name: string, jwt: string, here: string, there: string, keys?: readonly object[]];

describe("a webhook that jose signs is accepted here", () => {
  const key = createPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" }));
  test("by SignJWT", async () => {
    const jwt = await new SignJWT({ ...claims }).setProtectedHeader(header).sign(key);
    expect(await ours(jwt, keySet)).toBe("accepted");
    expect(await theirs(jwt, keySet)).toBe("accepted");
  });

  test("by CompactSign, with the claims in another order and with spaces", async () => {
    const text = JSON.stringify(Object.fromEntries(Object.entries(claims).reverse()), null, 2);
    const jwt = await new CompactSign(new TextEncoder().encode(text)).setProtectedHeader(header).sign(key);
    expect(await ours(jwt, keySet)).toBe("accepted");
    expect(await theirs(jwt, keySet)).toBe("accepted");
  });
});

describe("jose accepts what the platform signs:", () => {
  const folder = new URL("../../../protocol/vectors/", import.meta.url);
  test.each(["webhooks", "service-plugins"])("the vectors %s", async (name) => {
    const vectors = JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"));
    const key = await importSPKI(vectors.publicKey, "RS256");
    const accepted: string[] = [];
    for (const { expected, jwt, name: what } of vectors.cases) {
      if ("reason" in expected) continue;
      await jwtVerify(jwt, key, {
        algorithms: ["RS256"],
        typ: name === "webhooks" ? "webhook+jwt" : "service-plugin+jwt",
        audience: vectors.appId,
        issuer: [vectors.issuer, "wix.com"],
        currentDate: new Date(vectors.now),
      });
      accepted.push(what);
    }
    expect(accepted.length).toBeGreaterThan(0);
  });
});

describe("the algorithm is fixed", () => {
  const mac = (signedPart: string) =>
    `${signedPart}.${createHmac("sha256", pem).update(signedPart).digest("base64url")}`;
  test.each<Case>([
    [
      "alg none without a signature",
      `${encode({ ...header, alg: "none" })}.${payloadPart}.`,
      "malformed",
      algNotAllowed,
    ],
    ["alg none with a valid signature", withHeader({ alg: "none" }), "malformed", algNotAllowed],
    [
      "HS256 with the public key as the secret",
      mac(`${encode({ ...header, alg: "HS256" })}.${payloadPart}`),
      "malformed",
      algNotAllowed,
    ],
    ["RS512", withHeader({ alg: "RS512" }), "malformed", algNotAllowed],
    ["PS256", withHeader({ alg: "PS256" }), "malformed", algNotAllowed],
    ["another spelling", withHeader({ alg: "rs256" }), "malformed", algNotAllowed],
    ["no alg", withHeader({ alg: undefined }), "malformed", invalidJws],
    ["an alg that is a list", withHeader({ alg: ["RS256"] }), "malformed", invalidJws],
  ])("%s", compare);
});

describe("FR-F8: no extension is supported", () => {
  test.each<Case>([
    ["crit with an unknown name", withHeader({ crit: ["x"], x: 1 }), "malformed", "ERR_JOSE_NOT_SUPPORTED"],
    [
      "crit with a registered name",
      withHeader({ crit: ["exp"], exp: 1 }),
      "malformed",
      "ERR_JOSE_NOT_SUPPORTED",
    ],
    ["crit without a name", withHeader({ crit: [] }), "malformed", invalidJws],
    ["crit that is null", withHeader({ crit: null }), "malformed", invalidJws],
    ["b64 false in crit", withHeader({ crit: ["b64"], b64: false }), "malformed", "ERR_JWT_INVALID"],
    // RFC 7797 requires `crit` for `b64`. jose ignores an unlisted `b64`, as RFC 7515 allows for unknown members.
    ["b64 false outside of crit", withHeader({ b64: false }), "malformed", "accepted"],
    // jose supports `b64: true` in `crit`, which changes nothing.
    ["b64 true in crit", withHeader({ crit: ["b64"], b64: true }), "malformed", "accepted"],
  ])("%s", compare);
});

describe("the key is selected by kid from the app's key set", () => {
  const encryption = jwkOf(publicKey, { kid: "own", use: "enc" });
  test.each<Case>([
    ["an unknown kid", withHeader({ kid: "unknown" }), "unknown_key", noKey],
    ["another app's kid", withHeader({ kid: "other" }), "bad_signature", wrongSignature],
    // Ours requires `kid`. jose selects a key by algorithm without it, here one of two.
    ["no kid", withHeader({ kid: undefined }), "unknown_key", severalKeys],
    // jose compares the number 1 with the `kid` of each key, which is text.
    ["a kid that is a number", withHeader({ kid: 1 }), "malformed", noKey],
    ["a key for encryption", valid, "unexpected_response", noKey, [encryption]],
    ["a key for another algorithm", valid, "unexpected_response", noKey, [{ ...own, alg: "RS512" }]],
    [
      "a key of another type",
      valid,
      "unexpected_response",
      noKey,
      [jwkOf(generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey, { kid: "own" })],
    ],
    // jose rejects the ambiguous key set. Here the last key with the kid counts: only the platform writes the set.
    [
      "a kid twice, the right key last",
      valid,
      "accepted",
      severalKeys,
      [jwkOf(other.publicKey, { kid: "own", alg: "RS256" }), own],
    ],
    [
      "a kid twice, the right key first",
      valid,
      "bad_signature",
      severalKeys,
      [own, jwkOf(other.publicKey, { kid: "own", alg: "RS256" })],
    ],
    // Here the key is skipped at the import. jose throws a TypeError at the verification.
    [
      "an RSA key of 1,024 bits",
      signed(header, claims, short.privateKey),
      "unexpected_response",
      "TypeError",
      [jwkOf(short.publicKey, { kid: "own", alg: "RS256" })],
    ],
    // The key in the token is ignored by both.
    [
      "a key inside the token",
      signed({ ...header, jwk: jwkOf(other.publicKey, {}) }, claims, other.privateKey),
      "bad_signature",
      wrongSignature,
    ],
    [
      "the address of a key",
      signed({ ...header, jku: "https://evil.example" }, claims, other.privateKey),
      "bad_signature",
      wrongSignature,
    ],
  ])("%s", compare);
});

describe("the encoding is strict", () => {
  const spare = (part: string) =>
    part.slice(0, -1) + String.fromCharCode(part.charCodeAt(part.length - 1) + 1);
  const duplicate = (text: string, member: string) => text.replace("{", `{${member},`);
  test.each<Case>([
    ["a padded signature", `${valid}==`, "malformed", "accepted"],
    [
      "a padded header",
      signParts(`${encode({ ...header, x: "1" })}=.${payloadPart}`),
      "malformed",
      invalidJws,
    ],
    [
      "spare bits in the signature",
      `${headerPart}.${payloadPart}.${spare(signaturePart)}`,
      "malformed",
      "accepted",
    ],
    [
      "the alphabet of base64",
      `${headerPart}.${payloadPart}.${Buffer.from(signaturePart, "base64url").toString("base64").replaceAll("=", "")}`,
      "malformed",
      invalidJws,
    ],
    ["a space inside", `${headerPart}.${payloadPart}. ${signaturePart}`, "malformed", "accepted"],
    // Receivers of webhooks often get a line break after the body.
    ["surrounding white space", ` ${valid}\n`, "accepted", wrongSignature],
    ["no signature", `${headerPart}.${payloadPart}.`, "bad_signature", wrongSignature],
    ["two parts", `${headerPart}.${payloadPart}`, "malformed", invalidJws],
    ["an empty fourth part", `${valid}.`, "malformed", invalidJws],
    ["five parts", `${valid}.a.b`, "malformed", invalidJws],
    ["a leading dot", `.${valid}`, "malformed", invalidJws],
    ["no payload", signParts(`${headerPart}.`), "malformed", "ERR_JWT_INVALID"],
    [
      "JSON serialization",
      JSON.stringify({ payload: payloadPart, protected: headerPart, signature: signaturePart }),
      "malformed",
      invalidJws,
    ],
    // With a duplicate key, two parsers can read two different values. jose takes the last one.
    ["alg twice", signed(duplicate(JSON.stringify(header), '"alg":"none"'), claims), "malformed", "accepted"],
    [
      "aud twice",
      signed(header, duplicate(JSON.stringify(claims), '"aud":"another"')),
      "malformed",
      "accepted",
    ],
    ["a byte order mark", signed(header, `\uFEFF${JSON.stringify(claims)}`), "malformed", "accepted"],
    ["claims that are a list", signed(header, "[]"), "malformed", "ERR_JWT_INVALID"],
    ["claims that are null", signed(header, "null"), "malformed", "ERR_JWT_INVALID"],
    ["a header that is a list", signed('["RS256"]', claims), "malformed", invalidJws],
  ])("%s", compare);
});

describe("the type is compared exactly", () => {
  test.each<Case>([
    ["no typ", withHeader({ typ: undefined }), "wrong_type", wrongClaim],
    ["JWT", withHeader({ typ: "JWT" }), "wrong_type", wrongClaim],
    ["an access token", withHeader({ typ: "at+jwt" }), "wrong_type", wrongClaim],
    // A media type is case-insensitive, and `application/` may be left out. The platform writes one form only.
    ["another case", withHeader({ typ: "WEBHOOK+JWT" }), "wrong_type", "accepted"],
    ["the whole media type", withHeader({ typ: "application/webhook+jwt" }), "wrong_type", "accepted"],
  ])("%s", compare);
});

describe("FR-F8: the claims are checked by type and value", () => {
  const noExp = (iat: unknown) => withClaims({ exp: undefined, iat });
  test.each<Case>([
    ["exp as text", withClaims({ exp: String(NOW + 300) }), "malformed", wrongClaim],
    ["exp null", withClaims({ exp: null }), "malformed", wrongClaim],
    ["exp true", withClaims({ exp: true }), "malformed", wrongClaim],
    ["exp a list", withClaims({ exp: [NOW + 300] }), "malformed", wrongClaim],
    [
      "exp that overflows",
      signed(header, JSON.stringify(claims).replace(String(NOW + 300), "1e999")),
      "malformed",
      "accepted",
    ],
    ["nbf as text", withClaims({ nbf: String(NOW) }), "malformed", wrongClaim],
    ["iat as text", withClaims({ iat: String(NOW) }), "malformed", wrongClaim],
    ["exp at the end of the tolerance", withClaims({ exp: NOW - 59 }), "accepted", "accepted"],
    ["exp beyond the tolerance", withClaims({ exp: NOW - 60 }), "expired", "ERR_JWT_EXPIRED"],
    // The token is too old at one hour after iat, whatever exp is.
    ["exp in the far future", withClaims({ exp: NOW + 1_000_000_000 }), "accepted", "accepted"],
    [
      "exp in the far future, an hour later",
      withClaims({ exp: NOW + 1_000_000_000, iat: NOW - 3_661 }),
      "expired",
      "ERR_JWT_EXPIRED",
    ],
    // A JWT without exp, one hour after its iat. jose applies maxTokenAge in the same way.
    ["no exp, recent", noExp(NOW - 3_600), "accepted", "accepted"],
    ["no exp, old", noExp(NOW - 3_661), "expired", "ERR_JWT_EXPIRED"],
    ["no exp, in the far future", noExp(2_100_000_000), "from_future", wrongClaim],
    ["neither exp nor iat", noExp(undefined), "expired", wrongClaim],
    // jose requires iat for maxTokenAge.
    ["no iat", withClaims({ iat: undefined }), "accepted", wrongClaim],
    ["iat within the tolerance", withClaims({ iat: NOW + 60 }), "accepted", "accepted"],
    ["iat in the future", withClaims({ iat: NOW + 61, exp: NOW + 361 }), "from_future", wrongClaim],
    ["nbf within the tolerance", withClaims({ nbf: NOW + 60 }), "accepted", "accepted"],
    ["nbf in the future", withClaims({ nbf: NOW + 61 }), "from_future", wrongClaim],
    ["another audience", withClaims({ aud: "another" }), "wrong_audience", wrongClaim],
    ["no audience", withClaims({ aud: undefined }), "wrong_audience", wrongClaim],
    // A webhook is for one app. jose accepts a list that contains it.
    ["a list with the audience", withClaims({ aud: [APP_ID, "another"] }), "wrong_audience", "accepted"],
    ["another issuer", withClaims({ iss: "https://evil.example" }), "wrong_issuer", wrongClaim],
    ["no issuer", withClaims({ iss: undefined }), "wrong_issuer", wrongClaim],
  ])("%s", compare);
});

describe("the signature", () => {
  const bytes = Buffer.from(signaturePart, "base64url");
  const withSignature = (signature: Uint8Array) =>
    `${headerPart}.${payloadPart}.${Buffer.from(signature).toString("base64url")}`;
  const inverted = bytes.map((byte, index) => (index === 100 ? byte ^ 1 : byte));
  test.each<Case>([
    ["is valid", valid, "accepted", "accepted"],
    ["has one other bit", withSignature(inverted), "bad_signature", wrongSignature],
    ["is zero", withSignature(new Uint8Array(256)), "bad_signature", wrongSignature],
    [
      "is one",
      withSignature(Uint8Array.from({ length: 256 }, (_, at) => (at === 255 ? 1 : 0))),
      "bad_signature",
      wrongSignature,
    ],
    [
      "is a byte too long",
      withSignature(Buffer.concat([Buffer.of(0), bytes])),
      "bad_signature",
      wrongSignature,
    ],
    ["is a byte too short", withSignature(bytes.subarray(0, 255)), "bad_signature", wrongSignature],
    [
      "is of another payload",
      `${headerPart}.${encode({ ...claims, jti: "2" })}.${signaturePart}`,
      "bad_signature",
      wrongSignature,
    ],
    [
      "is of SHA-1",
      `${headerPart}.${payloadPart}.${sign("sha1", Buffer.from(`${headerPart}.${payloadPart}`), privateKey).toString("base64url")}`,
      "bad_signature",
      wrongSignature,
    ],
  ])("%s", compare);
});

async function compare(...[, jwt, here, there, keys = keySet]: Case): Promise<void> {
  expect({ here: await ours(jwt, keys), there: await theirs(jwt, keys) }).toEqual({ here, there });
}
