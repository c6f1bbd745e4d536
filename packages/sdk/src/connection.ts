import type { TokenInfo } from "@latchkey/protocol";
import { type AppIdentity, readAccessToken, readSecret } from "./app-auth.ts";
import { type Clock, systemClock } from "./clock.ts";
import { type CallContext, runInContext, type SubjectClient } from "./context.ts";
import { LatchkeyError } from "./errors.ts";
import { type ApiUrl, resolveApiUrl, resolveResourceUrl } from "./http/api-url.ts";
import type { Network } from "./http/attempt.ts";
import { createUncachedFetch } from "./http/uncached-fetch.ts";
import { createKeySet } from "./keys/key-set.ts";
import { publishedKeysOf } from "./keys/rsa-keys.ts";
import { createVerificationKeys, type VerificationKeys } from "./keys/verification-keys.ts";
import { createRestHost } from "./third-party/rest-host.ts";
import { createSharedTokens, type TokenCache } from "./tokens/shared-token-cache.ts";
import { requestToken, requestTokenInfo } from "./tokens/token-request.ts";
import { createTokenSource, type TokenHolder, type TokenSource } from "./tokens/token-source.ts";
import { createTransport, type Transport } from "./transport.ts";

/** How to reach the platform. */
export interface ConnectionOptions {
  /** URL of the platform. Default: `LATCHKEY_URL` of the environment, else `https://www.wixapis.com`. */
  readonly apiUrl?: string | undefined;
  /** Milliseconds that one HTTP try may take; a call may make three. Default: 10,000. */
  readonly timeoutMs?: number | undefined;
  /** A store of tokens that several processes share. Default: none, each process has its own. */
  readonly tokenCache?: TokenCache | undefined;
  /** How many tokens, and handles of an app, are kept in memory; the one longest unused goes first. Default: 15,000. */
  readonly cacheSize?: number | undefined;
  /** Sends the requests, with `cache: "no-store"` where the runtime supports it. Default: the runtime's `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined;
  /** At least 0, less than 1; spreads retries and renewals. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** An API other than the platform's own that takes its tokens. */
export interface ResourceOptions {
  /** As it is registered on the platform, character by character; tokens are for it alone (RFC 8707). */
  readonly identifier: string;
  /** Where it is: an https URL. Tokens for it are sent to this URL and what lies under it, and nowhere else. */
  readonly url: string | URL;
}

/** One app at one platform. */
export interface Connection {
  /** How many things of one kind to keep. */
  readonly cacheSize: number;
  /** Calls on it throw `missing_credentials` when there is neither an instance id nor an access token. */
  transportFor(subject: Subject): Transport;
  /**
   * The same for another API, with tokens for it alone.
   *
   * @throws {LatchkeyError} `invalid_api_url` or `insecure_api_url`
   * @throws {TypeError} when it has no identifier, or that of the platform
   */
  resourceFor(subject: Subject, resource: ResourceOptions): Transport;
  /**
   * For whom code runs that names nobody.
   *
   * @param elevated whose the calls are that are to act as the app. Default: the same
   */
  contextFor(subject: Subject, elevated?: Subject): CallContext;
  /** @throws {LatchkeyError} `token_request_failed`, `unexpected_response`, `timeout` or `network` */
  tokenInfo(token: string): Promise<TokenInfo>;
  /** What the platform sends to the app is checked with it. */
  readonly incoming: Incoming;
}

/** What is known of those who send to the app. */
export interface Incoming {
  readonly appId: string;
  /** Without a slash at its end. */
  readonly issuer: string;
  /** Whether it is the public third-party platform. */
  readonly thirdParty: boolean;
  readonly clock: Clock;
  readonly keys: VerificationKeys;
  /** Runs what handles something that came, for the instance that it is about. */
  runForInstance<Result>(instanceId: string, work: () => Result): Result;
}

/** For whom calls are made. */
export type Subject = Pick<AppIdentity, "instanceId" | "scopes" | typeof readAccessToken>;

const defaultCacheSize = 15_000;
const defaultTimeoutMs = 10_000;

/**
 * Prepares calls to the platform; does no I/O.
 *
 * @throws {LatchkeyError} `missing_api_url`, `invalid_api_url` or `insecure_api_url`
 * @throws {TypeError} when an option cannot be what it should be
 */
export function openConnection(auth: AppIdentity, options: ConnectionOptions): Connection {
  if (typeof auth?.[readSecret] !== "function") {
    throw new TypeError("auth is not an AppStrategy of @latchkey/sdk; import AppStrategy from there.");
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
  const tokens = createTokenSource({
    clock: network.clock,
    random: network.random,
    capacity: cacheSize,
    mint: (subject) => requestToken(network, { apiUrl, app }, subject),
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
    incoming: {
      ...incomingFor(auth, apiUrl, network),
      // A test of a webhook may name no instance.
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
  const published = thirdParty ? undefined : createKeySet(network, publishedKeysOf(appId, issuer));
  return { appId, issuer, thirdParty, clock: network.clock, keys: createVerificationKeys(given, published) };
}

function holderOf(tokens: TokenSource, subject: Subject): TokenHolder {
  const { instanceId, scopes } = subject;
  if (instanceId) return tokens.holderFor({ instanceId, scopes });
  const accessToken = subject[readAccessToken]?.();
  return accessToken === undefined ? noInstance : tokens.holderFor({ accessToken, scopes });
}

/** A page's token is exchanged for one for the platform's own APIs only. */
function resourceHolder(tokens: TokenSource, subject: Subject, resource: string): TokenHolder {
  const { instanceId, scopes } = subject;
  if (instanceId) return tokens.holderFor({ instanceId, scopes, resource });
  return subject[readAccessToken] === undefined ? noInstance : pageTokenOnly;
}

/** A token for the platform's own APIs must not reach another. */
function requireOther(identifier: unknown, platform: string): void {
  if (typeof identifier !== "string" || identifier === "") {
    throw new TypeError("identifier is missing: the one under which the API is registered on the platform.");
  }
  if (identifier.replace(/\/+$/, "") === platform) {
    throw new TypeError("identifier is the platform itself. Call its own APIs by fetchWithAuth.");
  }
}

const noInstance = withoutTokens(
  "instanceId is missing, so there is nobody to act for. Give AppStrategy the instanceId that the app learnt when it was installed.",
);
const pageTokenOnly = withoutTokens(
  "instanceId is missing: the accessToken opens the platform's own APIs only. Call other APIs as the app, with await auth.elevated().",
);

function withoutTokens(why: string): TokenHolder {
  return {
    async get() {
      throw new LatchkeyError("missing_credentials", why);
    },
    reject() {},
  };
}

/** @throws {TypeError} when an option that counts something is no number of at least 1 */
function atLeastOne(name: string, value: number): number {
  if (typeof value === "number" && value >= 1) return value;
  throw new TypeError(`${name} is a number of at least 1.`);
}
