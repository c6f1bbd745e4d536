import { encodeBase64url } from "@latchkey/protocol";
import { sleep } from "../http/abort.ts";
import type { Network } from "../http/attempt.ts";
import type { IssuedToken } from "./token-lifetime.ts";
import { type AppCredentials, isToken, subjectKey, type TokenSubject } from "./token-request.ts";

/**
 * A store that several processes use together, such as Redis, so that one token serves them all. It holds live
 * tokens: guard it as you guard the app secret. When it fails, each process asks for tokens of its own.
 */
export interface TokenCache {
  get(key: string): Promise<string | null | undefined>;
  /** @param ttlMs milliseconds after which the entry is worthless */
  set(key: string, value: string, ttlMs: number): Promise<unknown>;
  delete(key: string): Promise<unknown>;
}

/** Tokens of one app in a {@link TokenCache}; none of its functions ever throws. */
export interface SharedTokens {
  read(subject: TokenSubject): Promise<IssuedToken | undefined>;
  write(subject: TokenSubject, token: IssuedToken): Promise<void>;
  remove(subject: TokenSubject): Promise<void>;
}

/** Milliseconds that a call to the store may hold up a token request. */
const cacheTimeoutMs = 1_000;

/**
 * Puts one app's tokens into a store. The name of an entry is a hash over platform, app, secret, instance,
 * scopes and the API that they are for, so that no two of them ever share a token and the store learns none of them.
 */
export function createSharedTokens(
  cache: TokenCache,
  network: Network,
  owner: { readonly issuer: string; readonly app: AppCredentials },
): SharedTokens {
  const keyOf = (subject: TokenSubject): Promise<string> =>
    hashedKey([owner.issuer, owner.app.appId, owner.app.readSecret(), ...subjectKey(subject)]);
  const withTimeout = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    const done = new AbortController();
    const timeout = sleep(network.clock, cacheTimeoutMs, done.signal).catch(() => undefined);
    try {
      return (await Promise.race([work(), timeout])) ?? undefined;
    } catch {
      return undefined;
    } finally {
      done.abort();
    }
  };
  return {
    async read(subject) {
      const value = await withTimeout(async () => cache.get(await keyOf(subject)));
      return typeof value === "string" ? parseEntry(value) : undefined;
    },
    async write(subject, token) {
      const ttlMs = token.expiresAt - network.clock.now();
      await withTimeout(async () => cache.set(await keyOf(subject), JSON.stringify(token), ttlMs));
    },
    async remove(subject) {
      await withTimeout(async () => cache.delete(await keyOf(subject)));
    },
  };
}

function parseEntry(text: string): IssuedToken | undefined {
  try {
    const { token, expiresAt, lifetimeMs } = JSON.parse(text) as Record<keyof IssuedToken, unknown>;
    if (!isToken(token) || !Number.isFinite(expiresAt) || !Number.isFinite(lifetimeMs)) return undefined;
    return { token, expiresAt: expiresAt as number, lifetimeMs: lifetimeMs as number };
  } catch {
    return undefined;
  }
}

async function hashedKey(parts: readonly unknown[]): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(parts));
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return `latchkey:token:${encodeBase64url(new Uint8Array(hash))}`;
}
