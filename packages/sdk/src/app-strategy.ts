import { hasLatchkeyPrefix } from "@latchkey/protocol";
import { LatchkeyError } from "./errors.ts";

/** How an app proves who it is, and for which installation it acts. */
export interface AppStrategyOptions {
  /** The app's id. */
  readonly appId: string;
  /** One of the app's live secrets. */
  readonly appSecret: string;
  /** The app's public key as PEM, or the base64 of it; webhooks and service-plugin calls are checked with it. */
  readonly publicKey?: string | undefined;
  /** The installation to act for. Without it no API can be called. */
  readonly instanceId?: string | undefined;
  /** Asks for tokens with these scopes only. Default: everything the owner granted. */
  readonly scopes?: readonly string[] | undefined;
}

/** Gives the secret to the code that sends it; a function, because nothing that prints an object looks inside one. */
export const readSecret: unique symbol = Symbol.for("@latchkey/sdk/read-secret") as never;

/** An app's identity, with the secret out of sight. Made by {@link AppStrategy}. */
export interface AppAuth {
  readonly appId: string;
  readonly publicKey?: string;
  readonly instanceId?: string;
  /** Sorted, each once. */
  readonly scopes?: readonly string[];
  readonly [readSecret]: () => string;
}

/**
 * The identity of an app on one installation, for `createClient`.
 *
 * @throws {LatchkeyError} `missing_credentials` when `appId` or `appSecret` is empty or obviously not one
 * @throws {TypeError} when a scope is not one word, or `scopes` is an empty list
 * @example
 * const auth = AppStrategy({ appId: "<APP_ID>", appSecret: "<APP_SECRET>", instanceId: "<INSTANCE_ID>" });
 */
export function AppStrategy(options: AppStrategyOptions): AppAuth {
  const { appId, appSecret, publicKey, instanceId } = options;
  const scopes = normalScopes(options.scopes);
  checkCredential("appId", appId);
  checkCredential("appSecret", appSecret);
  if (hasLatchkeyPrefix(appId)) {
    throw new LatchkeyError("missing_credentials", "appId holds a secret. Were appId and appSecret swapped?");
  }
  return Object.freeze({
    appId,
    ...(publicKey === undefined ? {} : { publicKey }),
    ...(instanceId === undefined ? {} : { instanceId }),
    ...(scopes === undefined ? {} : { scopes }),
    [readSecret]: () => appSecret,
  });
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
