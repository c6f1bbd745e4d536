import type { TokenInfo } from "@latchkey/protocol";
import type { RefreshTokenSlot } from "./tokens/refresh-token-slot.ts";

/**
 * The symbol of the method that returns the app secret. Printing an object does not call its methods, so the secret is
 * not shown.
 */
export const readSecret: unique symbol = Symbol.for("@latchkey/sdk/read-secret") as never;
/** The symbol of the method that returns the access token of a page. */
export const readAccessToken: unique symbol = Symbol.for("@latchkey/sdk/read-access-token") as never;

/** The symbol of the method that returns the refresh token of the legacy flow. */
export const readRefreshToken: unique symbol = Symbol.for("@latchkey/sdk/read-refresh-token") as never;

/** An app and the subject that it acts as. Printing it shows no secret. */
export interface AppIdentity {
  readonly appId: string;
  readonly publicKey?: string | readonly string[];
  readonly instanceId?: string;
  /** Sorted, without duplicates. */
  readonly scopes?: readonly string[];
  readonly [readSecret]: () => string;
  readonly [readAccessToken]?: () => string;
  readonly [readRefreshToken]?: () => RefreshTokenSlot;
}

/** The result of a callback of the legacy flow. */
export interface OAuthCallback {
  readonly instanceId: string;
  readonly accessToken: string;
  /** Store it with `instanceId`. It is valid as long as the app stays installed. */
  readonly refreshToken: string;
}

/** The methods of an app's identity. */
export interface AuthMethods {
  /**
   * Returns the `Authorization` header for a request to the platform's API, with a cached or a new token. Send it
   * only to the platform: anyone who has the token can act as the instance.
   *
   * @throws {LatchkeyError} `missing_credentials`, `token_request_failed`, `timeout`, `network`
   */
  getAuthHeaders(): Promise<{ readonly headers: { readonly Authorization: string } }>;
  /**
   * Returns what the platform knows about the token: the refresh token if there is one, else `accessToken`, else the
   * token that calls use.
   *
   * @throws {LatchkeyError} `missing_credentials`, `token_request_failed`, `unexpected_response`, `timeout`,
   *   `network`
   */
  getTokenInfo(): Promise<TokenInfo>;
  /**
   * Returns an identity that acts as the app on the instance of the user's `accessToken`. It first checks that the
   * token was issued to this app.
   *
   * @throws {LatchkeyError} `missing_credentials`, `invalid_access_token`, and the errors of `getTokenInfo`
   * @example
   * const ofPage = AppStrategy({ appId: "<APP_ID>", appSecret: "<APP_SECRET>", accessToken: "<ACCESS_TOKEN>" });
   * const ofApp = createClient({ auth: await ofPage.elevated(), modules: { products } });
   */
  elevated(): Promise<AppAuth>;
  /**
   * Returns the URL where an owner installs an app of the legacy flow.
   *
   * @param options.redirectUrl where the owner returns to; registered for the app
   * @param options.token the `token` that the App URL received
   * @param options.state an unguessable value, stored in the session of the browser
   */
  getInstallUrl(options: {
    readonly redirectUrl: string;
    readonly token?: string | undefined;
    readonly state?: string | undefined;
  }): string;
  /**
   * Exchanges the code of a callback of the legacy flow. Later calls of this identity act as the instance.
   *
   * @param url the URL of the request
   * @param options.state the state of `getInstallUrl`. A callback with another state, or without one, is refused
   * @throws {LatchkeyError} `invalid_callback`, `missing_credentials`, `token_request_failed`, `unexpected_response`,
   *   `timeout`, `network`
   */
  handleOAuthCallback(url: string, options?: { readonly state?: string | undefined }): Promise<OAuthCallback>;
}

/** The identity of an app, created by `AppStrategy`. */
export interface AppAuth extends AppIdentity, AuthMethods {}
