import { LatchkeyError } from "../errors.ts";
import {
  attemptOnce,
  type BufferedResponse,
  bufferResponse,
  type Network,
  requestIdOf,
} from "../http/attempt.ts";

/** Public keys that the platform publishes, as they were lately. */
export interface KeySet {
  /**
   * @returns undefined when the platform publishes no such key
   * @throws {LatchkeyError} when that cannot be found out
   */
  find(kid: string): Promise<CryptoKey | undefined>;
}

/** A place where keys are published, and which of them count. */
export interface PublishedKeys {
  readonly url: string;
  /** How errors name the request. */
  readonly name: string;
  /** The key for WebCrypto; undefined for one of another kind. */
  read(jwk: Readonly<Record<string, unknown>>): KeyToImport | undefined;
}

/** What WebCrypto takes. */
export interface KeyToImport {
  readonly jwk: JsonWebKey;
  readonly algorithm: EcKeyImportParams | RsaHashedImportParams;
}

/** How long published keys are used before they are fetched again: a new key is announced for far longer. */
const freshMs = 3_600_000;
/** How long they serve while they cannot be fetched again. */
const usableMs = 24 * freshMs;
/** Tokens with made-up keys, and a platform that is down, bring no more than one request in this time. */
const minIntervalMs = 5_000;

type Keys = ReadonlyMap<string, CryptoKey>;

/** Fetches keys when one is needed: at first, after an hour, and when a token names one that is not there. */
export function createKeySet(network: Network, published: PublishedKeys): KeySet {
  let keys: Keys | undefined;
  let fetchedAt = 0;
  let triedAt: number | undefined;
  let failure: unknown;
  let pending: Promise<void> | undefined;

  const elapsedSince = (time: number | undefined): number => {
    const passed = time === undefined ? Number.POSITIVE_INFINITY : network.clock.now() - time;
    // A clock that was set back tells nothing about how long ago it was.
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
  const keys = response.status === 200 ? await importKeys(response.text, published) : new Map();
  if (keys.size === 0) throw unexpected(response, published.name);
  return keys;
}

/** Keys of other kinds, and broken ones, are nobody's here. */
async function importKeys(text: string, published: PublishedKeys): Promise<Keys> {
  const keys = new Map<string, CryptoKey>();
  for (const key of parseKeys(text)) {
    const toImport = published.read(key);
    if (toImport === undefined || typeof key.kid !== "string") continue;
    try {
      const { algorithm, jwk } = toImport;
      keys.set(key.kid, await crypto.subtle.importKey("jwk", jwk, algorithm, false, ["verify"]));
    } catch {}
  }
  return keys;
}

function parseKeys(text: string): Readonly<Record<string, unknown>>[] {
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown };
    return Array.isArray(keys) ? keys.filter((key) => typeof key === "object" && key !== null) : [];
  } catch {
    return [];
  }
}

function unexpected({ headers, status }: BufferedResponse, name: string): LatchkeyError {
  return new LatchkeyError(
    "unexpected_response",
    `${name} was answered with status ${status} and without a key. ` +
      "Check that issuer, or apiUrl, is the URL of the platform and not of something in front of it.",
    { status, requestId: requestIdOf(headers, []), retryable: status === 429 || status >= 500 },
  );
}
