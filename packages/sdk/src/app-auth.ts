import type { TokenInfo } from "@latchkey/protocol";

/** Gives the secret to the code that sends it; a function, because nothing that prints an object looks inside one. */
export const readSecret: unique symbol = Symbol.for("@latchkey/sdk/read-secret") as never;
/** The same for a token that a page of the app was given. */
export const readAccessToken: unique symbol = Symbol.for("@latchkey/sdk/read-access-token") as never;

/** Who an app is and for whom it acts, with secret and token out of sight. */
export interface AppIdentity {
  readonly appId: string;
  readonly publicKey?: string | readonly string[];
  readonly instanceId?: string;
  /** Sorted, each once. */
  readonly scopes?: readonly string[];
  readonly [readSecret]: () => string;
  readonly [readAccessToken]?: () => string;
}

/** What an app's identity can be asked for. */
export interface AuthMethods {
  /**
   * The header that a request to the platform's API needs, with the kept token or a new one. Whoever has it can act as
   * the instance: send it to the platform only.
   *
   * @throws {LatchkeyError} `missing_credentials`, `token_request_failed`, `timeout`, `network`
   */
  getAuthHeaders(): Promise<{ readonly headers: { readonly Authorization: string } }>;
  /**
   * Asks the platform about the `accessToken` that this was made with, else about the token that calls are sent with.
   *
   * @throws {LatchkeyError} `missing_credentials`, `token_request_failed`, `unexpected_response`, `timeout`, `network`
   */
  getTokenInfo(): Promise<TokenInfo>;
  /**
   * From a user's token to the app's own: checks that the `accessToken` was issued to this app, and acts from then on
   * as the app on the instance that the token names.
   *
   * @throws {LatchkeyError} `missing_credentials`, `invalid_access_token`, and what `getTokenInfo` throws
   * @example
   * const ofPage = AppStrategy({ appId: "<APP_ID>", appSecret: "<APP_SECRET>", accessToken: "<ACCESS_TOKEN>" });
   * const ofApp = createClient({ auth: await ofPage.elevated(), modules: { products } });
   */
  elevated(): Promise<AppAuth>;
}

/** An app's identity for a client. Made by `AppStrategy`. */
export interface AppAuth extends AppIdentity, AuthMethods {}
