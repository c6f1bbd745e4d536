import { decodeBase64url } from "./base64url.ts";
import { parseStrictJson } from "./strict-json.ts";

/** What stands before the compact JWS in the token spelling that code written for the Wix platform looks for. */
export const WIX_TOKEN_PREFIX = "OauthNG.JWS.";

/** The `typ` header of an access token (RFC 9068 section 2.1). */
export const ACCESS_TOKEN_TYPE = "at+jwt";

/** The longest that a token can live, in seconds. */
export const LONGEST_TOKEN_LIFETIME: number = 14_400;

/**
 * The counters that were current when a token was minted: of the platform, its app and its instance, and for a token of
 * a user the counter of the user's membership of the site. The token is invalid once any of them has been raised.
 */
export type TokenGeneration = readonly [platform: number, app: number, instance: number, member?: number];

/** The longest chain of exchanges by `strip_bound_session`, in tokens before the last one. */
export const MOST_TOKEN_ANCESTORS = 3;

/** The claims of an access token of an app's instance (RFC 9068 section 2.2). */
export interface AccessTokenClaims {
  /** Public URL of the platform that minted it. */
  readonly iss: string;
  /** The one API that it is for. */
  readonly aud: string;
  /** The app that asked for it. */
  readonly client_id: string;
  /** Who it acts as: the app itself, or a user on one of its pages. */
  readonly sub: string;
  readonly instance_id: string;
  readonly site_id: string;
  /** Scope ids with one space between them. */
  readonly scope: string;
  /** Epoch seconds. */
  readonly iat: number;
  /** Epoch seconds. */
  readonly exp: number;
  readonly jti: string;
  readonly gen: TokenGeneration;
  /** Which of the app's secrets asked for it. */
  readonly secret_id: string;
  /**
   * `jti` of the token that it was exchanged for, of that one's own, and so on: it is revoked with each of them. At most
   * {@link MOST_TOKEN_ANCESTORS}; absent when it was not made by an exchange.
   */
  readonly derived_from?: readonly string[];
  /**
   * What the scopes permitted when it was minted, in tokens for a registered resource only: for those who check tokens
   * without asking the platform. The platform itself never reads it.
   */
  readonly permissions?: readonly string[];
}

/** A token taken apart; nothing about it is proven. */
export interface ParsedToken {
  /** Names the key that it says it was signed with. */
  readonly kid: string;
  readonly claims: AccessTokenClaims;
  /** The text under the signature. */
  readonly signed: string;
  /** 64 bytes: r and s of ECDSA on P-256 (RFC 7518 section 3.4). */
  readonly signature: Uint8Array<ArrayBuffer>;
}

const maxTokenLength = 16_384;
const signatureBytes = 64;

/**
 * Takes an access token apart: in either spelling, strictly. One algorithm, one type, no header that the platform did
 * not write, no form of encoding but the one it writes. Its `jti` names a token, its text does not: anybody can mirror
 * an ECDSA signature.
 *
 * @returns the parts, or undefined when `text` is no access token
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
  const { client_id, derived_from = [], exp, gen, iat, permissions = [], sub } = claims;
  const generations = sub === client_id ? 3 : 4;
  if (!Array.isArray(gen) || gen.length !== generations) return undefined;
  if (![iat, exp, ...gen].every((one) => Number.isSafeInteger(one) && one >= 0)) return undefined;
  if (!isTexts(permissions) || !isTexts(derived_from)) return undefined;
  return derived_from.length > MOST_TOKEN_ANCESTORS ? undefined : (claims as unknown as AccessTokenClaims);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
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
