import { type KeyObject, sign, verify } from "node:crypto";
import {
  ACCESS_TOKEN_TYPE,
  type AccessTokenClaims,
  decodeBase64url,
  WIX_TOKEN_PREFIX,
} from "@latchkey/protocol";
import { parseStrictJson } from "../http/index.ts";

/** A token taken apart; nothing about it is proven. */
export interface ParsedToken {
  readonly kid: string;
  readonly claims: AccessTokenClaims;
  readonly signed: string;
  readonly signature: Uint8Array;
}

const maxTokenLength = 16_384;
const signatureBytes = 64;
const dsaEncoding = "ieee-p1363";

/** Signs claims as a compact JWS (RFC 7515, RFC 9068) with ES256, in the thread pool. */
export function signAccessToken(
  claims: object,
  key: { kid: string; privateKey: KeyObject },
): Promise<string> {
  const header = encode({ alg: "ES256", typ: ACCESS_TOKEN_TYPE, kid: key.kid });
  const signed = `${header}.${encode(claims)}`;
  return new Promise((resolve, reject) => {
    sign("sha256", Buffer.from(signed), { key: key.privateKey, dsaEncoding }, (error, signature) => {
      if (error === null) resolve(`${signed}.${signature.toString("base64url")}`);
      else reject(error);
    });
  });
}

/** Whether the signature is that of the key. */
export function hasSignature(token: ParsedToken, publicKey: KeyObject): boolean {
  return verify("sha256", Buffer.from(token.signed), { key: publicKey, dsaEncoding }, token.signature);
}

/**
 * Takes a token apart: in either spelling, strictly. One algorithm, one type, no header we did not write, no form of
 * encoding but the one we write. Its `jti` names a token, its text does not: anybody can mirror an ECDSA signature.
 */
export function parseAccessToken(text: string): ParsedToken | undefined {
  if (text.length > maxTokenLength) return undefined;
  const jws = text.startsWith(WIX_TOKEN_PREFIX) ? text.slice(WIX_TOKEN_PREFIX.length) : text;
  const [header = "", payload = "", signatureText = "", ...rest] = jws.split(".");
  const signature = decodeBase64url(signatureText);
  if (rest.length > 0 || signature?.length !== signatureBytes) return undefined;
  const kid = readHeader(decodeObject(header));
  const claims = readClaims(decodeObject(payload));
  if (kid === undefined || claims === undefined) return undefined;
  return { kid, claims, signed: `${header}.${payload}`, signature };
}

type Members = Readonly<Record<string, unknown>>;

function readHeader(header: Members | undefined): string | undefined {
  if (header === undefined || Object.keys(header).length !== 3) return undefined;
  const { alg, kid, typ } = header;
  const ours = alg === "ES256" && typ === ACCESS_TOKEN_TYPE && typeof kid === "string";
  return ours && /^[\w-]{1,64}$/.test(kid) ? kid : undefined;
}

const textClaims = ["iss", "aud", "client_id", "sub", "instance_id", "site_id", "scope", "jti", "secret_id"];

function readClaims(claims: Members | undefined): AccessTokenClaims | undefined {
  if (claims === undefined || textClaims.some((name) => typeof claims[name] !== "string")) return undefined;
  const { exp, gen, iat } = claims;
  const numbers = Array.isArray(gen) && gen.length === 3 ? [iat, exp, ...gen] : [];
  const whole = numbers.length === 5 && numbers.every((one) => Number.isSafeInteger(one) && one >= 0);
  return whole ? (claims as unknown as AccessTokenClaims) : undefined;
}

function decodeObject(part: string): Members | undefined {
  const bytes = decodeBase64url(part);
  if (bytes === undefined) return undefined;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
  const parsed = parseStrictJson(text);
  if ("fault" in parsed || typeof parsed.value !== "object" || Array.isArray(parsed.value)) return undefined;
  return parsed.value === null ? undefined : (parsed.value as Members);
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
