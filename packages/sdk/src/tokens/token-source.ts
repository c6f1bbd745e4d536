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

interface Kept extends IssuedToken {
  rejected: boolean;
  /** Epoch milliseconds from which the next use starts a renewal. */
  renewAt: number;
  failedRenewals: number;
}

/** Keeps tokens, shares the requests for them and renews them in time. */
export function createTokenSource(dependencies: TokenSourceDependencies): TokenSource {
  const { clock, random, mint, shared } = dependencies;
  const kept = createBoundedCache<Kept>(dependencies.capacity);
  const flights = new Map<string, Promise<Kept>>();

  /** Another process may have renewed it; a token that is refused or no younger than ours is of no use. */
  async function fromShared(subject: TokenSubject, old: Kept | undefined): Promise<IssuedToken | undefined> {
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

  async function obtain(key: string, subject: TokenSubject): Promise<Kept> {
    const old = kept.get(key);
    let token = await fromShared(subject, old);
    if (token === undefined) {
      token = await mint(subject);
      await shared?.write(subject, token);
    }
    const entry = { ...token, rejected: false, renewAt: renewalTime(token, random()), failedRenewals: 0 };
    kept.set(key, entry);
    return entry;
  }

  function flightFor(key: string, subject: TokenSubject): Promise<Kept> {
    const running = flights.get(key);
    if (running !== undefined) return running;
    const flight = obtain(key, subject).finally(() => flights.delete(key));
    flights.set(key, flight);
    // Every waiter may have left; its failure is then nobody's.
    flight.catch(() => undefined);
    return flight;
  }

  function renewInBackground(key: string, subject: TokenSubject, entry: Kept): void {
    if (flights.has(key)) return;
    flightFor(key, subject).catch(() => {
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
          const entry = kept.get(key);
          const now = clock.now();
          if (entry === undefined || entry.rejected || now >= entry.expiresAt) {
            return (await untilAborted(flightFor(key, subject), signal)).token;
          }
          if (now >= entry.renewAt) renewInBackground(key, subject, entry);
          return entry.token;
        },
        reject(token) {
          const entry = kept.get(key);
          if (entry?.token === token) entry.rejected = true;
        },
      };
    },
  };
}
