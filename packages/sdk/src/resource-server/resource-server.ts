import { type Clock, systemClock } from "../clock.ts";
import { LatchkeyError } from "../errors.ts";
import { type ApiUrl, resolveApiUrl } from "../http/api-url.ts";
import type { Network } from "../http/attempt.ts";
import { createUncachedFetch } from "../http/uncached-fetch.ts";
import { createKeySet, type PublishedKeys } from "../keys/key-set.ts";
import type { Access } from "./access.ts";
import { AccessRefused, permissionDenied } from "./access-refused.ts";
import { createOfflineCheck } from "./offline-check.ts";
import { cacheMs, createOnlineCheck } from "./online-check.ts";
import { readToken, type TokenCarrier } from "./read-token.ts";
import type { TokenCheck } from "./token-check.ts";

/** Which tokens an API takes, and how it checks them: online with `apiKey`, or `offline`. */
export type ResourceServerOptions = CommonOptions & (OnlineOptions | OfflineOptions);

interface CommonOptions {
  /** The platform whose tokens are taken: its public URL, as its metadata document spells it. */
  readonly issuer: string;
  /** The identifier under which this API is registered there; tokens for any other are refused. */
  readonly audience: string;
  /** Where the platform is reached, if not at `issuer`. */
  readonly apiUrl?: string | undefined;
  /** How many tokens are remembered, for a second or, offline, for their signature. Default: 10,000. */
  readonly cacheSize?: number | undefined;
  /** Told, for a log, why tokens cannot be checked; requests that this concerns are answered 503, whatever it does. */
  readonly onUnavailable?: ((error: LatchkeyError) => unknown) | undefined;
  /** Sends the requests, with `cache: "no-store"` where the runtime supports it. Default: the runtime's `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined;
}

interface OnlineOptions {
  /** A key with the scope `tokens:introspect` that is bound to `audience`. */
  readonly apiKey: string;
  readonly offline?: false | undefined;
}

interface OfflineOptions {
  /** Checks tokens by signature and time, without asking about each; they are dead at the latest when they end. */
  readonly offline: true;
  readonly apiKey?: undefined;
}

/** An API that access tokens protect. */
export interface ResourceServer {
  /**
   * Lets a request pass that carries a good token for this API.
   *
   * @param request a `Request`, or what `node:http` hands out
   * @param permission what the token must permit, such as `BOOKINGS.READ`; default: nothing more
   * @throws {AccessRefused} 401 without a good token, 403 without the permission, 503 when that cannot be checked now
   */
  require(request: TokenCarrier, permission?: string): Promise<Access>;
}

const defaultCacheSize = 10_000;
const keysTimeoutMs = 5_000;

/**
 * Protects an API with the platform's access tokens; does no I/O yet.
 *
 * Online, with `apiKey`, it asks the platform: a token is dead here within a second of its end. Offline it asks for
 * nothing but the platform's public keys, and a token is dead at the latest when it ends, 4 hours after it was minted.
 *
 * @throws {LatchkeyError} `missing_credentials` without a way to check, `invalid_api_url` or `insecure_api_url`
 * @throws {TypeError} when issuer or audience is missing, or both are the same
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
  const check = createCheck(options);
  return {
    async require(request, permission) {
      try {
        const access = await check(readToken(request));
        if (permission === undefined || access.permissions.includes(permission)) return access;
        throw permissionDenied(permission);
      } catch (error) {
        void reportUnavailable(error, options.onUnavailable);
        throw error;
      }
    },
  };
}

function createCheck(options: ResourceServerOptions): TokenCheck {
  const { apiKey, cacheSize = defaultCacheSize, offline } = options;
  const expected = readExpected(options);
  const apiUrl = resolveApiUrl(options.apiUrl ?? options.issuer, apiKey ?? "");
  if (offline === true) {
    const network = networkFor(options, keysTimeoutMs);
    const keySet = createKeySet(network, tokenKeysOf(jwksUrl(apiUrl)));
    return createOfflineCheck({ ...expected, clock: network.clock, keySet, cacheSize });
  }
  if (!apiKey) {
    throw new LatchkeyError(
      "missing_credentials",
      "apiKey is missing, so the platform cannot be asked about tokens. Give it a key with the scope " +
        "tokens:introspect that is bound to the audience, or decide for offline: true.",
    );
  }
  // An response that takes longer than it may be trusted is none.
  const network = networkFor(options, cacheMs);
  const endpoint = `${apiUrl.base}/oauth2/introspect`;
  return createOnlineCheck({ ...expected, network, endpoint, apiKey, cacheSize });
}

function readExpected({ audience, issuer }: ResourceServerOptions): { issuer: string; audience: string } {
  if (!issuer || !audience) {
    throw new TypeError("issuer is the URL of the platform, and audience the identifier of this API there.");
  }
  const base = issuer.replace(/\/+$/, "");
  if (audience.replace(/\/+$/, "") === base) {
    throw new TypeError(
      "audience is the platform itself, whose tokens are for its own APIs. Register this API as a resource.",
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

function jwksUrl(apiUrl: ApiUrl): string {
  return `${apiUrl.base}/.well-known/jwks.json`;
}

/** Whatever becomes of the telling, the request is answered as it would be without. */
async function reportUnavailable(
  error: unknown,
  onUnavailable: ResourceServerOptions["onUnavailable"],
): Promise<void> {
  try {
    if (error instanceof AccessRefused && LatchkeyError.is(error.cause)) await onUnavailable?.(error.cause);
  } catch {
    // There is nobody left to tell.
  }
}

/** The keys that access tokens are signed with: ES256 (RFC 7518 section 3.4). */
function tokenKeysOf(url: string): PublishedKeys {
  return {
    url,
    name: "GET /.well-known/jwks.json",
    read({ crv, kty, x, y }) {
      if (kty !== "EC" || crv !== "P-256") return undefined;
      return { jwk: { kty, crv, x, y } as JsonWebKey, algorithm: { name: "ECDSA", namedCurve: "P-256" } };
    },
  };
}
