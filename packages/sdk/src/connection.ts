import type { TokenInfo } from "@latchkey/protocol";
import { type AppIdentity, readAccessToken, readSecret } from "./app-auth.ts";
import { type Clock, systemClock } from "./clock.ts";
import { LatchkeyError } from "./errors.ts";
import { resolveApiUrl } from "./http/api-url.ts";
import type { Network } from "./http/attempt.ts";
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
  /** Sends the requests. Default: the runtime's `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined;
  /** At least 0, less than 1; spreads retries and renewals. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** One app at one platform. */
export interface Connection {
  /** How many things of one kind to keep. */
  readonly cacheSize: number;
  /** Calls on it throw `missing_credentials` when there is neither an instance id nor an access token. */
  transportFor(subject: Subject): Transport;
  /** @throws {LatchkeyError} `token_request_failed`, `unexpected_response`, `timeout` or `network` */
  tokenInfo(token: string): Promise<TokenInfo>;
}

type Subject = Pick<AppIdentity, "instanceId" | "scopes" | typeof readAccessToken>;

const DEFAULT_CACHE_SIZE = 15_000;
const DEFAULT_TIMEOUT_MS = 10_000;

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
    // Looked up at each call, so that a fetch patched later is the one used.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    timeoutMs: atLeastOne("timeoutMs", options.timeoutMs ?? DEFAULT_TIMEOUT_MS),
  };
  const cacheSize = atLeastOne("cacheSize", options.cacheSize ?? DEFAULT_CACHE_SIZE);
  const tokens = createTokenSource({
    clock: network.clock,
    random: network.random,
    capacity: cacheSize,
    mint: (subject) => requestToken(network, { apiUrl, app }, subject),
    shared:
      options.tokenCache && createSharedTokens(options.tokenCache, network, { issuer: apiUrl.base, app }),
  });
  return {
    cacheSize,
    transportFor: (subject) =>
      createTransport({ network, apiUrl, tokens: holderOf(tokens, subject), readSecret: app.readSecret }),
    tokenInfo: (token) => requestTokenInfo(network, apiUrl, token),
  };
}

function holderOf(tokens: TokenSource, subject: Subject): TokenHolder {
  const { instanceId, scopes } = subject;
  if (instanceId) return tokens.holderFor({ instanceId, scopes });
  const accessToken = subject[readAccessToken]?.();
  return accessToken === undefined ? NO_INSTANCE : tokens.holderFor({ accessToken, scopes });
}

const NO_INSTANCE: TokenHolder = {
  async get() {
    throw new LatchkeyError(
      "missing_credentials",
      "instanceId is missing, so there is nobody to act for. Give AppStrategy the instanceId that the app learnt when it was installed.",
    );
  },
  reject() {},
};

/** @throws {TypeError} when an option that counts something is no number of at least 1 */
function atLeastOne(name: string, value: number): number {
  if (typeof value === "number" && value >= 1) return value;
  throw new TypeError(`${name} is a number of at least 1.`);
}
