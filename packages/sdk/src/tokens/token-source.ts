import { createBoundedCache } from "../bounded-cache.ts";
import type { Clock } from "../clock.ts";
import { throwIfAborted, untilAborted } from "../http/abort.ts";
import type { SharedTokens } from "./shared-token-cache.ts";
import { type IssuedToken, renewalBackoff, renewalTime } from "./token-lifetime.ts";
import { subjectKey, type TokenSubject } from "./token-request.ts";

/** The tokens of one subject. */
export interface TokenHolder {
  /**
   * A token that has not expired: the kept one, or else a new one, which all who wait at that moment share.
   *
   * @param signal ends the wait of this caller only
   */
  get(signal?: AbortSignal | undefined): Promise<string>;
  /** Reports that the API refused `token`; it is used no more, unless it was replaced already. */
  reject(token: string): void;
}

/** The tokens of one app on one platform, for any number of subjects. */
export interface TokenSource {
  holderFor(subject: TokenSubject): TokenHolder;
}

/** What a {@link TokenSource} works with. */
export interface TokenSourceDependencies {
  readonly mint: (subject: TokenSubject) => Promise<IssuedToken>;
  readonly clock: Clock;
  /** At least 0, less than 1. */
  readonly random: () => number;
  /** How many tokens are kept at most. */
  readonly capacity: number;
  readonly shared?: SharedTokens | undefined;
}

interface CachedToken extends IssuedToken {
  rejected: boolean;
  /** Epoch milliseconds from which the next use starts a renewal. */
  renewAt: number;
  failedRenewals: number;
}

/** Keeps tokens, shares the requests for them and renews them in time. */
export function createTokenSource(dependencies: TokenSourceDependencies): TokenSource {
  const { clock, random, mint, shared } = dependencies;
  const cached = createBoundedCache<CachedToken>(dependencies.capacity);
  const pending = new Map<string, Promise<CachedToken>>();

  /** Another process may have renewed it; a token that is refused or no younger than ours is of no use. */
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
    // Every waiter may have left; its failure is then nobody's.
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
