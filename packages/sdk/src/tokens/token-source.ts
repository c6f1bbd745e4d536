import { createBoundedCache } from "../bounded-cache.ts";
import type { Clock } from "../clock.ts";
import { throwIfAborted, untilAborted } from "../http/abort.ts";
import type { SharedTokens } from "./shared-token-cache.ts";
import { type IssuedToken, renewalBackoff, renewalTime } from "./token-lifetime.ts";
import { subjectKey, type TokenSubject } from "./token-request.ts";

/** The token of one subject. */
export interface TokenHolder {
  /**
   * Returns the cached token, or requests a new one. Concurrent callers share one request.
   *
   * @param signal cancels the wait of this caller only
   */
  get(signal?: AbortSignal | undefined): Promise<string>;
  /** Reports that an API rejected `token`. It is no longer used, unless it was already replaced. */
  reject(token: string): void;
}

/** The tokens of an app, by subject. */
export interface TokenSource {
  holderFor(subject: TokenSubject): TokenHolder;
}

/** The dependencies of a {@link TokenSource}. */
export interface TokenSourceDependencies {
  readonly mint: (subject: TokenSubject) => Promise<IssuedToken>;
  readonly clock: Clock;
  /** Returns a number from 0 to less than 1. */
  readonly random: () => number;
  /** The maximum number of cached tokens. */
  readonly capacity: number;
  readonly shared?: SharedTokens | undefined;
}

interface CachedToken extends IssuedToken {
  rejected: boolean;
  /** The time after which the next use starts a renewal, in epoch milliseconds. */
  renewAt: number;
  failedRenewals: number;
}

/** Creates a token source, which caches, shares and renews tokens. */
export function createTokenSource(dependencies: TokenSourceDependencies): TokenSource {
  const { clock, random, mint, shared } = dependencies;
  const cached = createBoundedCache<CachedToken>(dependencies.capacity);
  const pending = new Map<string, Promise<CachedToken>>();

  /**
   * Reads the shared cache, where another process can have stored a newer token. A rejected or older token is not
   * used.
   */
  async function readShared(
    subject: TokenSubject,
    old: CachedToken | undefined,
  ): Promise<IssuedToken | undefined> {
    const found = await shared?.read(subject);
    if (found === undefined) return undefined;
    if (old?.rejected && found.token === old.token) {
      await shared?.remove(subject);
      return undefined;
    }
    return found.expiresAt > clock.now() &&
      (old === undefined || old.rejected || found.expiresAt > old.expiresAt)
      ? found
      : undefined;
  }

  async function fetchToken(key: string, subject: TokenSubject): Promise<CachedToken> {
    const old = cached.get(key);
    let token = await readShared(subject, old);
    if (token === undefined) {
      token = await mint(subject);
      await shared?.write(subject, token);
    }
    const entry = { ...token, rejected: false, renewAt: renewalTime(token, random()), failedRenewals: 0 };
    cached.set(key, entry);
    return entry;
  }

  function requestOnce(key: string, subject: TokenSubject): Promise<CachedToken> {
    const existing = pending.get(key);
    if (existing !== undefined) return existing;
    const request = fetchToken(key, subject).finally(() => pending.delete(key));
    pending.set(key, request);
    // All waiters can have left. Then the rejection must not be unhandled.
    request.catch(() => undefined);
    return request;
  }

  function renewInBackground(key: string, subject: TokenSubject, entry: CachedToken): void {
    if (pending.has(key)) return;
    requestOnce(key, subject).catch(() => {
      entry.failedRenewals += 1;
      entry.renewAt = clock.now() + renewalBackoff(entry.failedRenewals, random());
    });
  }

  return {
    holderFor(subject) {
      const key = JSON.stringify(subjectKey(subject));
      return {
        async get(signal) {
          throwIfAborted(signal);
          const entry = cached.get(key);
          const now = clock.now();
          if (entry === undefined || entry.rejected || now >= entry.expiresAt) {
            return (await untilAborted(requestOnce(key, subject), signal)).token;
          }
          if (now >= entry.renewAt) renewInBackground(key, subject, entry);
          return entry.token;
        },
        reject(token) {
          const entry = cached.get(key);
          if (entry?.token === token) entry.rejected = true;
        },
      };
    },
  };
}
