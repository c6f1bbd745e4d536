import { hasLatchkeyPrefix } from "@latchkey/protocol";
import { type AppAuth, type AppIdentity, type AuthMethods, readAccessToken, readSecret } from "./app-auth.ts";
import { type Connection, openConnection } from "./connection.ts";
import { LatchkeyError } from "./errors.ts";
import { isToken } from "./tokens/token-request.ts";

/** How an app proves who it is, and for which instance it acts. */
export interface AppStrategyOptions {
  /** The app's id. */
  readonly appId: string;
  /** One of the app's live secrets. Default: none, for what only receives webhooks. */
  readonly appSecret?: string | undefined;
  /**
   * The app's public key as PEM, or the base64 of it, or several of them; webhooks are checked with it. Default: what
   * the platform publishes for the app.
   */
  readonly publicKey?: string | readonly string[] | undefined;
  /** The instance to act for. */
  readonly instanceId?: string | undefined;
  /**
   * A token that a page of the app was given. Without `instanceId`, calls act as whoever that token is of. With
   * neither of the two no API can be called.
   */
  readonly accessToken?: string | undefined;
  /** Asks for tokens with these scopes only. Default: everything the owner granted, or the `accessToken` may do. */
  readonly scopes?: readonly string[] | undefined;
}

/**
 * The identity of an app on one instance, for `createClient`. Its own methods call the platform that the variable
 * `LATCHKEY_URL` names; those of `client.auth` call the client's.
 *
 * @throws {LatchkeyError} `missing_credentials` when `appId`, `appSecret` or `accessToken` is obviously not one
 * @throws {TypeError} when a scope is not one word, or `scopes` is an empty list
 * @example
 * const auth = AppStrategy({ appId: "<APP_ID>", appSecret: "<APP_SECRET>", instanceId: "<INSTANCE_ID>" });
 */
export function AppStrategy(options: AppStrategyOptions): AppAuth {
  const { appId, appSecret, publicKey, instanceId, accessToken } = options;
  const scopes = normalScopes(options.scopes);
  checkCredential("appId", appId);
  // Who gives a public key and no secret receives webhooks, and asks for no token.
  if (appSecret !== undefined || publicKey === undefined) checkCredential("appSecret", appSecret);
  if (hasLatchkeyPrefix(appId)) {
    throw new LatchkeyError("missing_credentials", "appId holds a secret. Were appId and appSecret swapped?");
  }
  if (accessToken !== undefined && !isToken(accessToken)) {
    throw new LatchkeyError(
      "missing_credentials",
      "accessToken is no access token. Give it as the page got it, without Bearer before it and without blanks.",
    );
  }
  const identity: AppIdentity = {
    appId,
    ...(publicKey === undefined ? {} : { publicKey }),
    ...(instanceId === undefined ? {} : { instanceId }),
    ...(scopes === undefined ? {} : { scopes }),
    [readSecret]: () => appSecret ?? "",
    ...(accessToken === undefined ? {} : { [readAccessToken]: () => accessToken }),
  };
  let connection: Connection | undefined;
  const connect = (): Connection => {
    connection ??= openConnection(identity, {});
    return connection;
  };
  return Object.freeze({ ...identity, ...bindAuth(identity, connect) });
}

/** What an identity can be asked for, answered over a connection that is opened when it is needed. */
export function bindAuth(identity: AppIdentity, connect: () => Connection): AuthMethods {
  return Object.freeze({
    getAuthHeaders: async () => connect().transportFor(identity).getAuthHeaders(),
    async getTokenInfo() {
      const connection = connect();
      const given = identity[readAccessToken]?.();
      return connection.tokenInfo(given ?? (await connection.transportFor(identity).getToken()));
    },
    elevated: async () => elevate(identity, connect()),
  });
}

async function elevate(identity: AppIdentity, connection: Connection): Promise<AppAuth> {
  const { appId, publicKey, scopes } = identity;
  const accessToken = identity[readAccessToken]?.();
  if (accessToken === undefined) {
    throw new LatchkeyError(
      "missing_credentials",
      "accessToken is missing: elevated() needs the token that a page of the app was given.",
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
  if (!info.active) return "it has ended or is no token of this platform. Let the page get a new one.";
  if (info.subjectType === "UNKNOWN") return "it is no token, but the signed parameter of a page.";
  return info.clientId === appId
    ? "it names no instance of the app."
    : "it was issued to another app. Take tokens from pages of this app only.";
}

/** Scopes sorted, each once, so that the same set is always the same list. */
export function normalScopes(scopes: readonly string[] | undefined): readonly string[] | undefined {
  if (scopes === undefined) return undefined;
  if (scopes.length === 0) {
    throw new TypeError(
      "scopes is empty: name at least one, or leave the option out to ask for all of them.",
    );
  }
  if (scopes.some((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))) {
    throw new TypeError("Each scope is one word of printable ASCII characters (RFC 6749 section 3.3).");
  }
  return [...new Set(scopes)].sort();
}

function checkCredential(name: string, value: unknown): void {
  if (typeof value !== "string" || value === "") {
    throw new LatchkeyError(
      "missing_credentials",
      `${name} is missing. Copy it from the app's page in the dashboard.`,
    );
  }
  if (value.trim() !== value) {
    throw new LatchkeyError(
      "missing_credentials",
      `${name} begins or ends with white space. Copy it again without.`,
    );
  }
}
