import {
  type AppAuth,
  type AppIdentity,
  type AuthMethods,
  readAccessToken,
  readRefreshToken,
  readSecret,
} from "./app-auth.ts";
import { type Connection, openConnection } from "./connection.ts";
import { LatchkeyError } from "./errors.ts";
import { readPublicKey } from "./keys/public-key.ts";
import { checkApp, checkInstanceId } from "./options/credentials.ts";
import { fromEnvironment, readEnvironment } from "./options/environment.ts";
import { type OptionNames, requireKnown } from "./options/known-options.ts";
import { isToken } from "./tokens/token-request.ts";

/** Options of {@link AppStrategy}. */
export interface AppStrategyOptions {
  /** The app ID. */
  readonly appId: string;
  /** An active secret of the app. Default: none; then the client only receives webhooks and service plugin calls. */
  readonly appSecret?: string | undefined;
  /**
   * The public keys that verify webhooks: PEM, base64 of PEM, or a list of them. Default: the published keys of the
   * app.
   */
  readonly publicKey?: string | readonly string[] | undefined;
  /** The ID of the instance to act as. */
  readonly instanceId?: string | undefined;
  /**
   * An access token that a page of the app received. Without `instanceId`, calls act as the user of this token.
   * Without `instanceId` and `accessToken`, no API can be called.
   */
  readonly accessToken?: string | undefined;
  /**
   * A refresh token of the legacy flow. Calls then act as the instance of the token, even if `instanceId` is set.
   * Other apps pass `instanceId` instead.
   */
  readonly refreshToken?: string | undefined;
  /** Called when the platform replaces the refresh token. Store the new one. Default: none. */
  readonly onRefreshToken?: ((refreshToken: string) => unknown) | undefined;
  /** Requests tokens with only these scopes. Default: all granted scopes, or all scopes of `accessToken`. */
  readonly scopes?: readonly string[] | undefined;
}

/**
 * Creates the identity of an app for `createClient`. Its own methods call the platform at `LATCHKEY_URL`; the methods
 * of `client.auth` call the platform of the client.
 *
 * @param options Default: the app and the instance of the environment, as `latchkey run` sets them
 * @throws {LatchkeyError} `missing_credentials` when `appId`, `appSecret`, `instanceId` or `accessToken` is missing or
 *   malformed, `invalid_public_key`, `invalid_option` when an option is not known
 * @throws {TypeError} when `scopes` is empty, or a scope is not one word
 * @example
 * const auth = AppStrategy({ appId: "<APP_ID>", appSecret: "<APP_SECRET>", instanceId: "<INSTANCE_ID>" });
 */
export function AppStrategy(options: AppStrategyOptions = environmentOptions()): AppAuth {
  requireKnown("AppStrategy", options, optionNames);
  const { appId, appSecret, publicKey, instanceId, accessToken, refreshToken } = options;
  const scopes = normalScopes(options.scopes);
  // With a public key and without a secret, the client only receives webhooks and service plugin calls.
  checkApp(appId, appSecret, appSecret !== undefined || publicKey === undefined);
  if (instanceId) checkInstanceId(instanceId, appId);
  for (const key of [publicKey ?? []].flat()) readPublicKey(key);
  if ([accessToken, refreshToken].some((token) => token !== undefined && !isToken(token))) {
    throw new LatchkeyError(
      "missing_credentials",
      "accessToken or refreshToken is malformed. Pass only the token.",
    );
  }
  const slot = { key: refreshToken, token: refreshToken, onChange: options.onRefreshToken };
  const identity: AppIdentity = {
    appId,
    ...(publicKey === undefined ? {} : { publicKey }),
    ...(instanceId === undefined ? {} : { instanceId }),
    ...(scopes === undefined ? {} : { scopes }),
    [readSecret]: () => appSecret ?? "",
    ...(accessToken === undefined ? {} : { [readAccessToken]: () => accessToken }),
    [readRefreshToken]: () => slot,
  };
  let connection: Connection | undefined;
  const connect = (): Connection => {
    connection ??= openConnection(identity, {});
    return connection;
  };
  return Object.freeze({ ...identity, ...bindAuth(identity, connect) });
}

const optionNames: OptionNames<AppStrategyOptions> = {
  ...{ appId: null, appSecret: null, publicKey: null, instanceId: null, accessToken: null },
  ...{ refreshToken: null, onRefreshToken: null, scopes: null },
};

function environmentOptions(): AppStrategyOptions {
  const { instanceId } = readEnvironment();
  return { ...fromEnvironment(), instanceId };
}

/** Creates the methods of an identity. The connection is opened at the first call. */
export function bindAuth(identity: AppIdentity, connect: () => Connection): AuthMethods {
  return Object.freeze<AuthMethods>({
    getAuthHeaders: async () => connect().transportFor(identity).getAuthHeaders(),
    async getTokenInfo() {
      const connection = connect();
      const given = identity[readRefreshToken]?.().token ?? identity[readAccessToken]?.();
      return connection.tokenInfo(given ?? (await connection.transportFor(identity).getToken()));
    },
    elevated: async () => elevate(identity, connect()),
    getInstallUrl({ redirectUrl, state, token }) {
      const { issuer, thirdParty } = connect().incoming;
      const { appId } = identity;
      const query = new URLSearchParams({
        ...{ redirectUrl, appId },
        ...(state && { state }),
        ...(token && { token }),
      });
      return `${thirdParty ? "https://www.wix.com" : issuer}/installer/install?${query}`;
    },
    handleOAuthCallback: async (url, options) =>
      (await import("./legacy/oauth-callback.ts")).handleOAuthCallback(connect(), identity, {
        ...options,
        url,
      }),
  });
}

async function elevate(identity: AppIdentity, connection: Connection): Promise<AppAuth> {
  const { appId, publicKey, scopes } = identity;
  const accessToken = identity[readAccessToken]?.();
  if (accessToken === undefined) {
    throw new LatchkeyError(
      "missing_credentials",
      "accessToken is missing. Pass AppStrategy the access token of a page to use elevated().",
    );
  }
  const info = await connection.tokenInfo(accessToken);
  const token = info.active && info.subjectType !== "UNKNOWN";
  if (!token || info.clientId !== appId || info.instanceId === undefined) {
    throw new LatchkeyError("invalid_access_token", `accessToken cannot be elevated: ${whyNot(info, appId)}`);
  }
  return AppStrategy({
    appId,
    appSecret: identity[readSecret](),
    publicKey,
    scopes,
    instanceId: info.instanceId,
  });
}

function whyNot(info: Awaited<ReturnType<Connection["tokenInfo"]>>, appId: string): string {
  if (!info.active)
    return "it has expired, was revoked, or is not a token of this platform. Request a new one in the page.";
  if (info.subjectType === "UNKNOWN") return "it is the instance parameter of a page. Pass an access token.";
  return info.clientId === appId
    ? "it has no instance."
    : "it was issued to another app. Pass a token of a page of this app.";
}

/** Sorts scopes and removes duplicates, so that equal sets have equal cache keys. */
export function normalScopes(scopes: readonly string[] | undefined): readonly string[] | undefined {
  if (scopes === undefined) return undefined;
  if (scopes.length === 0) {
    throw new TypeError(
      "scopes is empty. Pass at least one scope, or omit the option to request all scopes.",
    );
  }
  if (scopes.some((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))) {
    throw new TypeError(
      "A scope is not valid. Each scope must be one word of printable ASCII characters (RFC 6749 section 3.3).",
    );
  }
  return [...new Set(scopes)].sort();
}
