/** What stands before the compact JWS in the token spelling that code written for the Wix platform looks for. */
export const WIX_TOKEN_PREFIX = "OauthNG.JWS.";

/** The `typ` header of an access token (RFC 9068 section 2.1). */
export const ACCESS_TOKEN_TYPE = "at+jwt";

/**
 * Three counters that were current when a token was minted: of the platform, its app and its instance.
 * The token is dead once any of them has been raised.
 */
export type TokenGeneration = readonly [platform: number, app: number, instance: number];

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
}
