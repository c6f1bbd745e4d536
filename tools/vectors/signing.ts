import { createHmac, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { readFileSync } from "node:fs";

// Published on purpose, so that everybody can make the same signatures: keys for vectors and for nothing else.
const jwks = JSON.parse(readFileSync(new URL("keys.json", import.meta.url), "utf8")) as Record<
  "own" | "other",
  JsonWebKey
>;

/** A key pair as an app has one. */
export interface VectorKey {
  readonly kid: string;
  readonly privateJwk: JsonWebKey;
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}

function open(kid: "own" | "other"): VectorKey {
  const privateKey = createPrivateKey({ key: jwks[kid] as never, format: "jwk" });
  const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "pem" }).toString();
  return { kid, privateJwk: jwks[kid], publicKey, privateKey };
}

export const own: VectorKey = open("own");
export const other: VectorKey = open("other");

/** Signs header and claims as a compact JWS with RS256, which gives the same each time. */
export function jws(header: object, claims: object, key: VectorKey = own): string {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${sign("sha256", Buffer.from(text), key.privateKey).toString("base64url")}`;
}

/** The same with a signature of HMAC-SHA256, as nobody may make one of a public key. */
export function hmacJws(header: object, claims: object, secret: string): string {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

export function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** Another character of the alphabet in one place of a text. */
export function flipped(text: string, at: number): string {
  const place = at < 0 ? text.length + at : at;
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  // By the highest of its six bits, since the lowest may be spare.
  const other = alphabet[alphabet.indexOf(text[place] ?? "A") ^ 32];
  return text.slice(0, place) + other + text.slice(place + 1);
}

export const now = "2026-01-02T03:04:05.000Z";
export const nowSeconds: number = Date.parse(now) / 1_000;
export const appId = "b2f00000-0000-4000-8000-000000000001";
export const otherAppId = "b2f00000-0000-4000-8000-000000000002";
export const instanceId = "5a1c0000-0000-4000-8000-000000000001";
export const issuer = "https://platform.example";
