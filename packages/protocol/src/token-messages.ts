/**
 * What an app sends to `/oauth2/token` to get a token for one of its instances (RFC 6749 section 4.4.2).
 * The body may be JSON or form encoded; the names are the same.
 */
export interface ClientCredentialsRequest {
  readonly grant_type: "client_credentials";
  /** The app's id. */
  readonly client_id: string;
  /** One of the app's live secrets. */
  readonly client_secret: string;
  /** The instance that the token is for. */
  readonly instance_id: string;
  /** Scope ids with one space between them; asks for fewer than the owner granted. Default: everything granted. */
  readonly scope?: string;
  /** The identifier of the one API that the token is for (RFC 8707). Default: the platform's own APIs. */
  readonly resource?: string;
}

/** What an app sends to `/oauth2/token` to get, for a token that one of its pages was given, one for its back end. */
export interface StripBoundSessionRequest {
  readonly grant_type: "strip_bound_session";
  /** One of the live secrets of the app that the token was issued to. */
  readonly client_secret: string;
  readonly access_token: string;
  /** Scope ids with one space between them; asks for fewer than the token has. Default: everything it may do. */
  readonly scope?: string;
}

/** What an app sends to `/oauth2/token`. */
export type TokenRequest = ClientCredentialsRequest | StripBoundSessionRequest;

/** The answer of `/oauth2/token` when it issues a token (RFC 6749 section 5.1). */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: "Bearer";
  /** Seconds from the answer until the token dies of age. */
  readonly expires_in: number;
}

/** The body of a refusal of the token, introspection and revocation endpoints (RFC 6749 section 5.2). */
export interface OAuthErrorBody {
  readonly error: string;
  readonly error_description?: string;
}

/** As what kind of caller a token acts. */
export type SubjectType = "APP" | "USER" | "MEMBER" | "VISITOR" | "UNKNOWN";

/** The answer of `/oauth2/token-info` about a token that is alive. */
export interface ActiveTokenInfo {
  readonly active: true;
  readonly subjectType: SubjectType;
  /** The app, user, member or visitor that the token acts as; absent for an instance parameter, which proves none. */
  readonly subjectId?: string;
  /** Epoch seconds, written as a decimal string. */
  readonly exp: string;
  /** Epoch seconds, written as a decimal string. */
  readonly iat: string;
  /** The app that the token was issued to. */
  readonly clientId: string;
  readonly accountId?: string;
  readonly siteId?: string;
  readonly instanceId?: string;
  readonly vendorProductId?: string;
}

/** The answer of `/oauth2/token-info`; about a dead or unknown token it says nothing more than that. */
export type TokenInfo = ActiveTokenInfo | { readonly active: false };
