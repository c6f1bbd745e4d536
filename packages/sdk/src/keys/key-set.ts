import { LatchkeyError } from "../errors.ts";
import {
  attemptOnce,
  type BufferedResponse,
  bufferResponse,
  type Network,
  requestIdOf,
} from "../http/attempt.ts";
import { parseObject } from "../http/json.ts";
import { importKey, type SignatureAlgorithm } from "./signature.ts";

/** A cache of the public keys that the platform publishes. */
export interface KeySet {
  /**
   * Finds a key, fetching the key set when needed.
   *
   * @returns undefined when the platform publishes no such key
   * @throws {LatchkeyError} when the keys cannot be fetched
   */
  find(kid: string): Promise<CryptoKey | undefined>;
}

/** The location of a key set, and the algorithm of its keys. */
export interface PublishedKeys {
  readonly url: string;
  /** The name of the request in errors. */
  readonly name: string;
  readonly algorithm: SignatureAlgorithm;
}

/**
 * The time after which keys are fetched again. The platform publishes a new key for longer than this before it is
 * used.
 */
const freshMs = 3_600_000;
/** The time for which keys stay valid while fetching fails. */
const usableMs = 24 * freshMs;
/** The minimum time between two requests. It limits the load from tokens with unknown keys and during an outage. */
const minIntervalMs = 5_000;

type Keys = ReadonlyMap<string, CryptoKey>;

/** Creates a key set. It fetches the keys at the first use, after an hour, and for an unknown key ID. */
export function createKeySet(network: Network, published: PublishedKeys): KeySet {
  let keys: Keys | undefined;
  let fetchedAt = 0;
  let triedAt: number | undefined;
  let failure: unknown;
  let pending: Promise<void> | undefined;

  const elapsedSince = (time: number | undefined): number => {
    const passed = time === undefined ? Number.POSITIVE_INFINITY : network.clock.now() - time;
    // After the clock was set back, the elapsed time is unknown.
    return passed < 0 ? Number.POSITIVE_INFINITY : passed;
  };
  const refresh = async (): Promise<void> => {
    triedAt = network.clock.now();
    try {
      keys = await fetchKeys(network, published);
      fetchedAt = triedAt;
      failure = undefined;
    } catch (error) {
      failure = error;
    } finally {
      pending = undefined;
    }
  };
  return {
    async find(kid) {
      const known = keys?.get(kid);
      if (known !== undefined && elapsedSince(fetchedAt) < freshMs) return known;
      if (pending !== undefined || elapsedSince(triedAt) >= minIntervalMs) {
        pending ??= refresh();
        await pending;
      }
      const found = elapsedSince(fetchedAt) < usableMs ? keys?.get(kid) : undefined;
      if (found === undefined && failure !== undefined) throw failure;
      return found;
    },
  };
}

async function fetchKeys(network: Network, published: PublishedKeys): Promise<Keys> {
  const response = await attemptOnce(network, {
    url: published.url,
    init: { method: "GET" },
    headers: { accept: "application/jwk-set+json, application/json" },
    signal: undefined,
    name: () => published.name,
    secrets: [],
    read: bufferResponse,
  });
  const keys = response.status === 200 ? await importKeys(response.text, published.algorithm) : new Map();
  if (keys.size === 0) throw unexpected(response, published.name);
  return keys;
}

/** Imports the keys. Malformed keys, and keys for another purpose or algorithm, are skipped. */
async function importKeys(text: string, algorithm: SignatureAlgorithm): Promise<Keys> {
  const imported = new Map<string, CryptoKey>();
  const { keys } = parseObject(text) ?? {};
  for (const jwk of Array.isArray(keys) ? keys : []) {
    try {
      const {
        alg = algorithm.alg,
        crv,
        e,
        kid,
        kty,
        n,
        use = "sig",
        x,
        y,
      } = jwk as JsonWebKey & { kid?: unknown };
      if (typeof kid !== "string" || alg !== algorithm.alg || use !== "sig") continue;
      imported.set(kid, await importKey(algorithm, { kty, crv, n, e, x, y } as JsonWebKey));
    } catch {}
  }
  return imported;
}

function unexpected({ headers, status }: BufferedResponse, name: string): LatchkeyError {
  return new LatchkeyError(
    "unexpected_response",
    `${name} returned status ${status} without a usable key. ` +
      "Check that issuer or apiUrl is the URL of the platform, and that no proxy changes the response.",
    { status, requestId: requestIdOf(headers, []), retryable: status === 429 || status >= 500 },
  );
}
