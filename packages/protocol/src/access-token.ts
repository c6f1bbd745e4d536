import type { Bytes } from "./base64url.ts";
import { parseJwt } from "./jwt.ts";
import type { JsonObject } from "./strict-json.ts";

/** The prefix of an access token in the format of the Wix platform. */
export const wixTokenPrefix = "OauthNG.JWS.";

/** The `typ` header of an access token (RFC 9068 section 2.1). */
export const accessTokenType = "at+jwt";

/** The longest lifetime of an access token, in seconds. */
export const maxTokenLifetime: number = 14_400;

/**
 * The revocation counters at the time when the token was minted: of the platform, the app and the instance, and for a
 * user's token also of the user's membership of the site. Raising one of them revokes the token.
 */
export type TokenGeneration = readonly [platform: number, app: number, instance: number, member?: number];

/** The longest chain of exchanges with the grant `strip_bound_session`. */
export const maxTokenAncestors = 3;

/** The claims of an access token (RFC 9068 section 2.2). */
export interface AccessTokenClaims {
  /** The public URL of the platform. */
  readonly iss: string;
  /** The identifier of the API that the token is for. */
  readonly aud: string;
  /** The ID of the app that requested the token. */
  readonly client_id: string;
  /** The ID of the app, or of the user for a token of a page. */
  readonly sub: string;
  readonly instance_id: string;
  readonly site_id: string;
  /** Scope IDs, separated by one space. */
  readonly scope: string;
  /** Epoch seconds. */
  readonly iat: number;
  /** Epoch seconds. */
  readonly exp: number;
  /** The time from which the token is valid, in epoch seconds. The platform does not set it. */
  readonly nbf?: number;
  readonly jti: string;
  readonly gen: TokenGeneration;
  /**
   * How many security changes, such as removals, the platform had made when the token was minted. A platform with a lower
   * number runs on an old copy of its database. Default 0.
   */
  readonly security_changes?: number;
  /** The ID of the app secret that was used to request the token. */
  readonly secret_id: string;
  /**
   * The `jti` of the tokens that this token was exchanged from, newest first. Revoking one of them revokes this
   * token. At most {@link maxTokenAncestors}; absent when the token was not made by an exchange.
   */
  readonly derived_from?: readonly string[];
  /**
   * The permissions of the scopes at the time of minting. Present only in tokens for a registered resource, for APIs
   * that check tokens offline. The platform ignores it.
   */
  readonly permissions?: readonly string[];
}

/** A parsed access token. Its signature is not verified. */
export interface ParsedToken {
  /** The ID of the signing key in the header. */
  readonly kid: string;
  readonly claims: AccessTokenClaims;
  /** The signing input: `<header>.<payload>`. */
  readonly signed: string;
  /** The 64 bytes r and s of the ECDSA signature (RFC 7518 section 3.4). */
  readonly signature: Bytes;
}

const maxTokenLength = 16_384;
const signatureBytes = 64;

/**
 * Parses an access token in either format, without verifying its signature. It accepts only the algorithm, type,
 * header members and encoding that the platform writes. Identify a token by its `jti`, not by its text: anyone can
 * turn a valid ECDSA signature into a second valid one.
 *
 * @returns undefined when `text` is not an access token of the platform
 */
export function parseAccessToken(text: string): ParsedToken | undefined {
  if (text.length > maxTokenLength) return undefined;
  const jwt = parseJwt(text.startsWith(wixTokenPrefix) ? text.slice(wixTokenPrefix.length) : text);
  if (jwt === undefined || jwt.signature.length !== signatureBytes) return undefined;
  const kid = readHeader(jwt.header);
  const claims = readClaims(jwt.claims);
  if (kid === undefined || claims === undefined) return undefined;
  return { kid, claims, signed: jwt.signed, signature: jwt.signature };
}

function readHeader(header: JsonObject): string | undefined {
  const { alg, kid, typ, ...others } = header;
  if (alg !== "ES256" || typ !== accessTokenType || Object.keys(others).length > 0) return undefined;
  return typeof kid === "string" && /^[\w-]{1,64}$/.test(kid) ? kid : undefined;
}

const textClaims = ["iss", "aud", "client_id", "sub", "instance_id", "site_id", "scope", "jti", "secret_id"];

function readClaims(claims: JsonObject): AccessTokenClaims | undefined {
  if (textClaims.some((name) => typeof claims[name] !== "string")) return undefined;
  const { client_id, derived_from = [], exp, gen, iat, nbf = 0, permissions = [], sub } = claims;
  const { security_changes = 0 } = claims;
  const generations = sub === client_id ? 3 : 4;
  if (!Array.isArray(gen) || gen.length !== generations) return undefined;
  const numbers = [iat, exp, nbf, security_changes, ...gen];
  if (!numbers.every((one) => Number.isSafeInteger(one) && one >= 0)) return undefined;
  if (!isTexts(permissions) || !isTexts(derived_from)) return undefined;
  return derived_from.length > maxTokenAncestors ? undefined : (claims as unknown as AccessTokenClaims);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}
