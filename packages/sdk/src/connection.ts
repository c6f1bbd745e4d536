import type { TokenInfo } from "@latchkey/protocol";
import { type AppIdentity, readAccessToken, readRefreshToken, readSecret } from "./app-auth.ts";
import { type Clock, systemClock } from "./clock.ts";
import { type CallContext, runInContext, type SubjectClient } from "./context.ts";
import { LatchkeyError } from "./errors.ts";
import { type ApiUrl, resolveApiUrl, resolveResourceUrl } from "./http/api-url.ts";
import type { Network } from "./http/attempt.ts";
import { createUncachedFetch } from "./http/uncached-fetch.ts";
import { createKeySet } from "./keys/key-set.ts";
import { rs256 } from "./keys/signature.ts";
import { createVerificationKeys, type VerificationKeys } from "./keys/verification-keys.ts";
import type { LegacyGrant, LegacyTokens } from "./legacy/legacy-tokens.ts";
import type { OptionNames } from "./options/known-options.ts";
import { createRestHost } from "./third-party/rest-host.ts";
import { createSharedTokens, type TokenCache } from "./tokens/shared-token-cache.ts";
import { requestToken, requestTokenInfo } from "./tokens/token-request.ts";
import { createTokenSource, type TokenHolder, type TokenSource } from "./tokens/token-source.ts";
import { createTransport, type Transport } from "./transport.ts";

/** Options of the connection to the platform. */
export interface ConnectionOptions {
  /** The URL of the platform. Default: the environment variable `LATCHKEY_URL`, else `https://www.wixapis.com`. */
  readonly apiUrl?: string | undefined;
  /** The timeout of one HTTP attempt, in milliseconds. A call makes up to three attempts. Default: 10,000. */
  readonly timeoutMs?: number | undefined;
  /** A token cache that several processes share. Default: each process has its own cache. */
  readonly tokenCache?: TokenCache | undefined;
  /**
   * The maximum number of cached tokens, and of cached instance handles. The least recently used entries are evicted.
   * Default: 15,000.
   */
  readonly cacheSize?: number | undefined;
  /**
   * The function that sends requests. It is called with `cache: "no-store"` where the runtime supports it. Default:
   * the global `fetch`.
   */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** The source of time. Default: the system clock. */
  readonly clock?: Clock | undefined;
  /**
   * A function that returns a number from 0 to less than 1. It spreads retries and renewals. Default: `Math.random`.
   */
  readonly random?: (() => number) | undefined;
}

/** The names of {@link ConnectionOptions}. */
export const connectionOptions: OptionNames<ConnectionOptions> = {
  ...{ apiUrl: null, timeoutMs: null, tokenCache: null, cacheSize: null },
  ...{ fetch: null, clock: null, random: null },
};

/** An API of the platform owner that accepts access tokens of the platform. */
export interface ResourceOptions {
  /** The identifier of the API on the platform (RFC 8707). Tokens for it are valid at this API only. */
  readonly identifier: string;
  /** The https URL of the API. Its tokens are sent only to this URL and to paths below it. */
  readonly url: string | URL;
}

/** The connection of an app to a platform. */
export interface Connection {
  /** The maximum number of entries of each cache. */
  readonly cacheSize: number;
  /**
   * Returns the transport of a subject. Its calls throw `missing_credentials` without an instance ID and an access
   * token.
   */
  transportFor(subject: Subject): Transport;
  /**
   * Returns the transport for another API, with tokens for that API.
   *
   * @throws {LatchkeyError} `invalid_api_url` or `insecure_api_url`
   * @throws {TypeError} when the identifier is missing, or is the platform's own
   */
  resourceFor(subject: Subject, resource: ResourceOptions): Transport;
  /**
   * Returns the context in which code runs: the subject whose token its API calls send.
   *
   * @param elevated the subject of elevated calls, which act as the app. Default: the same subject
   */
  contextFor(subject: Subject, elevated?: Subject): CallContext;
  /**
   * Returns the platform's information about a token.
   *
   * @throws {LatchkeyError} `token_request_failed`, `unexpected_response`, `timeout` or `network`
   */
  tokenInfo(token: string): Promise<TokenInfo>;
  /**
   * Exchanges a code or a refresh token of the legacy flow.
   *
   * @throws {LatchkeyError} `token_request_failed`, `unexpected_response`, `timeout` or `network`
   */
  legacyTokens(grant: LegacyGrant): Promise<LegacyTokens>;
  /** Verifies and runs requests from the platform. */
  readonly incoming: Incoming;
}

/** The settings for requests from the platform to the app. */
export interface Incoming {
  readonly appId: string;
  /** Without a trailing slash. */
  readonly issuer: string;
  /** Whether the platform is the public third-party platform. */
  readonly thirdParty: boolean;
  /** Whether the platform is on loopback, as in development, where its clock can be ahead. */
  readonly movableClock: boolean;
  readonly clock: Clock;
  readonly keys: VerificationKeys;
  /** Runs a handler in the context of an instance. */
  runForInstance<Result>(instanceId: string, work: () => Result): Result;
}

/** The subject of a token: an instance, or the user of a page. */
export type Subject = Pick<
  AppIdentity,
  "instanceId" | "scopes" | typeof readAccessToken | typeof readRefreshToken
>;

const defaultCacheSize = 15_000;
const defaultTimeoutMs = 10_000;

/**
 * Creates a connection. It makes no request.
 *
 * @throws {LatchkeyError} `missing_api_url`, `invalid_api_url` or `insecure_api_url`
 * @throws {TypeError} when an option is not valid
 */
export function openConnection(auth: AppIdentity, options: ConnectionOptions): Connection {
  if (typeof auth?.[readSecret] !== "function") {
    throw new TypeError(
      "auth is not an AppStrategy of @latchkey/sdk. Import AppStrategy from @latchkey/sdk.",
    );
  }
  const app = { appId: auth.appId, readSecret: auth[readSecret] };
  const apiUrl = resolveApiUrl(options.apiUrl, app.readSecret());
  const network: Network = {
    fetch: createUncachedFetch(options.fetch),
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    timeoutMs: atLeastOne("timeoutMs", options.timeoutMs ?? defaultTimeoutMs),
  };
  const cacheSize = atLeastOne("cacheSize", options.cacheSize ?? defaultCacheSize);
  // Loaded on use, so that apps without the legacy flow do not load it.
  const legacyTokens: Connection["legacyTokens"] = async (grant) =>
    (await import("./legacy/legacy-tokens.ts")).requestLegacyTokens(network, { apiUrl, app }, grant);
  const tokens = createTokenSource({
    clock: network.clock,
    random: network.random,
    capacity: cacheSize,
    mint: (subject) =>
      "slot" in subject ? legacyTokens(subject) : requestToken(network, { apiUrl, app }, subject),
    shared:
      options.tokenCache && createSharedTokens(options.tokenCache, network, { issuer: apiUrl.base, app }),
  });
  const transportFor = (subject: Subject): Transport =>
    createTransport({ network, apiUrl, tokens: holderOf(tokens, subject), readSecret: app.readSecret });
  const tokenInfo = (token: string): Promise<TokenInfo> => requestTokenInfo(network, apiUrl, token);
  const clientFor = (subject: Subject): SubjectClient => {
    const transport = transportFor(subject);
    return { transport, host: createRestHost(transport), tokenInfo, resolve: apiUrl.resolve };
  };
  const contextFor: Connection["contextFor"] = (subject, elevated) => {
    const current = clientFor(subject);
    return { current, elevated: elevated === undefined ? current : clientFor(elevated) };
  };
  return {
    cacheSize,
    transportFor,
    contextFor,
    resourceFor(subject, { identifier, url }) {
      requireOther(identifier, apiUrl.base);
      const target = resolveResourceUrl(url);
      const holder = resourceHolder(tokens, subject, identifier);
      return createTransport({ network, apiUrl: target, tokens: holder, readSecret: app.readSecret });
    },
    tokenInfo,
    legacyTokens,
    incoming: {
      ...incomingFor(auth, apiUrl, network),
      // A test webhook can have no instance.
      runForInstance: (instanceId, work) =>
        instanceId === "" ? work() : runInContext(() => contextFor({ instanceId }), work),
    },
  };
}

function incomingFor(
  { appId, publicKey }: AppIdentity,
  apiUrl: ApiUrl,
  network: Network,
): Omit<Incoming, "runForInstance"> {
  const { base: issuer, thirdParty } = apiUrl;
  const given = publicKey === undefined ? [] : [publicKey].flat();
  const published = thirdParty
    ? undefined
    : createKeySet(network, {
        url: `${issuer}/apps/${encodeURIComponent(appId)}/.well-known/jwks.json`,
        name: "GET /apps/<APP_ID>/.well-known/jwks.json",
        algorithm: rs256,
      });
  return {
    appId,
    issuer,
    thirdParty,
    movableClock: issuer.startsWith("http:"),
    clock: network.clock,
    keys: createVerificationKeys(given, published),
  };
}

function holderOf(tokens: TokenSource, subject: Subject): TokenHolder {
  const { instanceId, scopes } = subject;
  const accessToken = subject[readAccessToken]?.();
  const slot = subject[readRefreshToken]?.();
  const other = instanceId ? { instanceId } : accessToken === undefined ? undefined : { accessToken };
  const holder = other ? tokens.holderFor({ ...other, scopes }) : noInstance;
  // Chosen for each call, because handleOAuthCallback can store a refresh token later.
  const choose = (): TokenHolder => (slot?.token ? tokens.holderFor({ slot, scopes }) : holder);
  return { get: (signal) => choose().get(signal), reject: (token) => choose().reject(token) };
}

/** The token of a page can be exchanged only for tokens of the platform's own APIs. */
function resourceHolder(tokens: TokenSource, subject: Subject, resource: string): TokenHolder {
  const { instanceId, scopes } = subject;
  if (instanceId) return tokens.holderFor({ instanceId, scopes, resource });
  return subject[readAccessToken] === undefined ? noInstance : pageTokenOnly;
}

/** Rejects the platform's own identifier: a token for the platform must not reach another API. */
function requireOther(identifier: unknown, platform: string): void {
  if (typeof identifier !== "string" || identifier === "") {
    throw new TypeError("identifier is missing. Pass the identifier of the API on the platform.");
  }
  if (identifier.replace(/\/+$/, "") === platform) {
    throw new TypeError(
      "identifier is the platform itself. Use fetchWithAuth of the client for the platform's own APIs.",
    );
  }
}

const noInstance = withoutTokens(
  "instanceId is missing. Pass AppStrategy the instanceId that the app received in the webhook AppInstalled.",
);
const pageTokenOnly = withoutTokens(
  "instanceId is missing. An accessToken is valid for the platform's own APIs only. Call other APIs as the app, with await auth.elevated().",
);

function withoutTokens(why: string): TokenHolder {
  return {
    async get() {
      throw new LatchkeyError("missing_credentials", why);
    },
    reject() {},
  };
}

/**
 * Checks an option that is a number.
 *
 * @throws {TypeError} when it is not a number of at least 1
 */
function atLeastOne(name: string, value: number): number {
  if (typeof value === "number" && value >= 1) return value;
  throw new TypeError(`${name} must be a number of at least 1.`);
}
