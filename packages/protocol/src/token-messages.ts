/**
 * The client credentials request to `/oauth2/token` for an instance (RFC 6749 section 4.4.2). The body is JSON or
 * form encoded.
 */
export interface ClientCredentialsRequest {
  readonly grant_type: "client_credentials";
  /** The app ID. */
  readonly client_id: string;
  /** An active secret of the app. */
  readonly client_secret: string;
  /** The ID of the instance that the token is for. */
  readonly instance_id: string;
  /** Scope IDs, separated by one space. Default: all granted scopes. */
  readonly scope?: string;
  /** The identifier of the API that the token is for (RFC 8707). Default: the platform's own APIs. */
  readonly resource?: string;
}

/**
 * The request to `/oauth2/token` that exchanges the access token of a page for an access token for the app's server.
 */
export interface StripBoundSessionRequest {
  readonly grant_type: "strip_bound_session";
  /** An active secret of the app that the token was issued to. */
  readonly client_secret: string;
  readonly access_token: string;
  /** Scope IDs, separated by one space. Default: all scopes of the exchanged token. */
  readonly scope?: string;
}

/** A request to `/oauth2/token`. */
export type TokenRequest = ClientCredentialsRequest | StripBoundSessionRequest;

/** The error response of the token, introspection and revocation endpoints (RFC 6749 section 5.2). */
export interface OAuthErrorBody {
  readonly error: string;
  readonly error_description?: string;
  /** A reason of Latchkey, with `invalid_grant` at `/oauth/access`: such as `instance_removed`. */
  readonly reason?: string;
}

/** The kind of caller that a token represents. */
export type SubjectType = "APP" | "USER" | "MEMBER" | "VISITOR" | "UNKNOWN";

/** The response of `/oauth2/token-info` for an active token. */
export interface ActiveTokenInfo {
  readonly active: true;
  readonly subjectType: SubjectType;
  /** The ID of the app, user, member or visitor; absent for an instance parameter. */
  readonly subjectId?: string;
  /** Epoch seconds, as a decimal string; absent for a refresh token, which has no expiry. */
  readonly exp?: string;
  /** Epoch seconds, as a decimal string. */
  readonly iat: string;
  /** The ID of the app that the token was issued to. */
  readonly clientId: string;
  readonly accountId?: string;
  readonly siteId?: string;
  readonly instanceId?: string;
  readonly vendorProductId?: string;
}

/** The response of `/oauth2/token-info`. For an expired, revoked or unknown token it is only `{ active: false }`. */
export type TokenInfo = ActiveTokenInfo | { readonly active: false };
