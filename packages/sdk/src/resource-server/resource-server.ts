import { type Clock, systemClock } from "../clock.ts";
import { LatchkeyError } from "../errors.ts";
import { resolveApiUrl } from "../http/api-url.ts";
import type { Network } from "../http/attempt.ts";
import { createUncachedFetch } from "../http/uncached-fetch.ts";
import { createKeySet } from "../keys/key-set.ts";
import { type OptionNames, requireKnown } from "../options/known-options.ts";
import { callBack } from "../reports/call-back.ts";
import { createLimitedLog } from "../reports/limited-log.ts";
import { type Access, accessOfClaims } from "./access.ts";
import { AccessRefused, type AccessRefusedReason, permissionDenied } from "./access-refused.ts";
import { cacheMs, createOnlineCheck } from "./online-check.ts";
import { readToken, type TokenCarrier } from "./read-token.ts";
import { createTokenVerifier, es256, type TokenCheck, toleranceMs } from "./verify-token.ts";

/** Options of {@link createResourceServer}: online checks with `apiKey`, or `offline` checks. */
export type ResourceServerOptions = CommonOptions & (OnlineOptions | OfflineOptions);

interface CommonOptions {
  /** The public URL of the platform, exactly as in its metadata document. */
  readonly issuer: string;
  /** The identifier of this API on the platform. Tokens for other APIs are rejected. */
  readonly audience: string;
  /** The URL for requests to the platform. Default: `issuer`. */
  readonly apiUrl?: string | undefined;
  /** The maximum number of cached tokens. Default: 10,000. */
  readonly cacheSize?: number | undefined;
  /** Called when tokens cannot be checked, for logging. The request gets 503 even if this function throws. */
  readonly onUnavailable?: ((error: LatchkeyError) => unknown) | undefined;
  /**
   * Called with each refused request; `false` reports none. Default: one line on stderr for each reason and minute,
   * for the reasons that the settings of this API can cause, such as `wrong_issuer`.
   */
  readonly onRefused?: ((error: AccessRefused) => unknown) | false | undefined;
  /**
   * The function that sends requests. It is called with `cache: "no-store"` where the runtime supports it. Default:
   * the global `fetch`.
   */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** The source of time. Default: the system clock. */
  readonly clock?: Clock | undefined;
}

interface OnlineOptions {
  /** A key of the management API with the scope `tokens:introspect`, bound to `audience`. */
  readonly apiKey: string;
  readonly offline?: false | undefined;
}

interface OfflineOptions {
  /**
   * Checks tokens by signature and expiry, without requests about them. A revoked token stays valid until it expires.
   */
  readonly offline: true;
  readonly apiKey?: undefined;
}

/** An API that is protected by access tokens. */
export interface ResourceServer {
  /**
   * Requires a valid token for this API.
   *
   * @param request a `Request`, or an `IncomingMessage` of `node:http`
   * @param permission the required permission, such as `BOOKINGS.READ`. Default: none, any valid token is accepted
   * @throws {AccessRefused} 401 without a valid token, 403 without the permission, 503 when the token cannot be
   *   checked
   */
  require(request: TokenCarrier, permission?: string): Promise<Access>;
}

const optionNames: OptionNames<CommonOptions & (OnlineOptions | OfflineOptions)> = {
  ...{ issuer: null, audience: null, apiKey: null, offline: null, apiUrl: null, cacheSize: null },
  ...{ onUnavailable: null, onRefused: null, fetch: null, clock: null },
};

const defaultCacheSize = 10_000;
const keysTimeoutMs = 5_000;

/**
 * Protects an API with the access tokens of the platform. It makes no request until the first token is checked.
 *
 * With `apiKey` it introspects tokens at the platform, and a revoked token is rejected within one second. With `offline`
 * it only fetches the platform's public keys, and a revoked token stays valid until it expires, at most 4 hours after
 * minting.
 *
 * @throws {LatchkeyError} `invalid_option`, `missing_credentials` without `apiKey` and `offline`, `invalid_api_url`
 *   or `insecure_api_url`
 * @throws {TypeError} when `issuer` or `audience` is missing, or both are equal
 * @example
 * import { createResourceServer } from "@latchkey/sdk/resource-server";
 *
 * const bookings = createResourceServer({
 *   issuer: "https://platform.example",
 *   audience: "https://api.example.com/bookings",
 *   apiKey: process.env.LATCHKEY_API_KEY ?? "",
 * });
 * const { instanceId, siteId } = await bookings.require(
 *   new Request("https://api.example.com/bookings/1", { headers: { authorization: "Bearer …" } }),
 *   "BOOKINGS.READ",
 * );
 */
export function createResourceServer(options: ResourceServerOptions): ResourceServer {
  requireKnown("createResourceServer", options, optionNames);
  const check = createCheck(options);
  const report = createReport(options);
  return {
    async require(request, permission) {
      try {
        const access = await check(readToken(request));
        if (permission === undefined || access.permissions.includes(permission)) return access;
        throw permissionDenied(permission);
      } catch (error) {
        report(error);
        throw error;
      }
    },
  };
}

function createCheck(options: ResourceServerOptions): TokenCheck {
  const { apiKey, cacheSize = defaultCacheSize, offline } = options;
  const expected = readExpected(options);
  const apiUrl = resolveApiUrl(options.apiUrl ?? options.issuer, apiKey ?? "");
  if (offline !== true && !apiKey) {
    throw new LatchkeyError(
      "missing_credentials",
      "apiKey is missing, so tokens cannot be checked online. Pass a key with the scope " +
        "tokens:introspect that is bound to the audience, or set offline: true.",
    );
  }
  const network = networkFor(options, keysTimeoutMs);
  const keySet = createKeySet(network, {
    url: `${apiUrl.base}/.well-known/jwks.json`,
    name: "GET /.well-known/jwks.json",
    algorithm: es256,
  });
  const { clock } = network;
  // Online the platform decides about the last minute, because clocks can differ.
  const expiryToleranceMs = offline === true ? 0 : toleranceMs;
  const verify = createTokenVerifier({ ...expected, clock, keySet, cacheSize, expiryToleranceMs });
  if (!apiKey) return async (token) => accessOfClaims(await verify(token));
  return createOnlineCheck({
    ...expected,
    verify,
    // A response that arrives after the cache time is no longer valid, so this is also the timeout.
    network: { ...network, timeoutMs: cacheMs },
    endpoint: `${apiUrl.base}/oauth2/introspect`,
    apiKey,
    cacheSize,
  });
}

function readExpected({ audience, issuer }: ResourceServerOptions): { issuer: string; audience: string } {
  if (!issuer || !audience) {
    throw new TypeError(
      "issuer or audience is missing. Pass the URL of the platform, and the identifier of this API on the platform.",
    );
  }
  const base = issuer.replace(/\/+$/, "");
  if (audience.replace(/\/+$/, "") === base) {
    throw new TypeError(
      "audience is the platform itself. Register this API as a resource on the platform, and pass its identifier.",
    );
  }
  return { issuer: base, audience };
}

function networkFor({ clock, fetch }: ResourceServerOptions, timeoutMs: number): Network {
  return {
    fetch: createUncachedFetch(fetch),
    clock: clock ?? systemClock,
    random: Math.random,
    timeoutMs,
  };
}

/** The reasons that settings of this API can cause, not only those of its callers. */
const ownReasons: readonly AccessRefusedReason[] = [
  "wrong_issuer",
  "wrong_audience",
  "unknown_key",
  "from_future",
  "unavailable",
];

/** Creates the function that reports refused requests. Errors of callbacks do not change the response. */
function createReport({ audience, clock, issuer, onRefused, onUnavailable }: ResourceServerOptions) {
  const log = createLimitedLog(clock ?? systemClock);
  return (error: unknown): void => {
    if (!(error instanceof AccessRefused)) return;
    const { cause, reason } = error;
    const known = LatchkeyError.is(cause) ? cause : undefined;
    if (known !== undefined && onUnavailable !== undefined) void callBack(() => onUnavailable(known));
    if (typeof onRefused === "function") void callBack(() => onRefused(error));
    if (onRefused !== undefined || (known !== undefined && onUnavailable !== undefined)) return;
    if (!ownReasons.includes(reason)) return;
    const advice = `This API accepts tokens of ${issuer} for ${audience}. Check issuer, audience and the clock.`;
    log(reason, `an access token was refused (${reason}). ${known?.message ?? advice}`);
  };
}
