import { encodeBase64url } from "@latchkey/protocol";
import { sleep } from "../http/abort.ts";
import type { Network } from "../http/attempt.ts";
import { redact } from "../http/redact.ts";
import { createLimitedLog } from "../reports/limited-log.ts";
import type { IssuedToken } from "./token-lifetime.ts";
import { type AppCredentials, isToken, subjectKey, type TokenSubject } from "./token-request.ts";

/**
 * A token cache that several processes share, such as Redis. It stores active tokens, so protect it like the app
 * secret. When it fails, each process requests its own tokens.
 */
export interface TokenCache {
  get(key: string): Promise<string | null | undefined>;
  /**
   * Stores an entry.
   *
   * @param ttlMs the lifetime of the entry, in milliseconds
   */
  set(key: string, value: string, ttlMs: number): Promise<unknown>;
  delete(key: string): Promise<unknown>;
}

/** The tokens of one app in a {@link TokenCache}. Its methods never throw. */
export interface SharedTokens {
  read(subject: TokenSubject): Promise<IssuedToken | undefined>;
  write(subject: TokenSubject, token: IssuedToken): Promise<void>;
  remove(subject: TokenSubject): Promise<void>;
}

/** The maximum time that the cache can delay a token request, in milliseconds. */
const cacheTimeoutMs = 1_000;

/**
 * Stores the tokens of an app in a cache. The key is a hash of platform, app, secret, instance, scopes and API, so
 * that tokens are never mixed up and the cache does not contain these values.
 */
export function createSharedTokens(
  cache: TokenCache,
  network: Network,
  owner: { readonly issuer: string; readonly app: AppCredentials },
): SharedTokens {
  const keyOf = (subject: TokenSubject): Promise<string> =>
    hashedKey([owner.issuer, owner.app.appId, owner.app.readSecret(), ...subjectKey(subject)]);
  const log = createLimitedLog(network.clock);
  const withTimeout = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    const done = new AbortController();
    const timeout = sleep(network.clock, cacheTimeoutMs, done.signal).then(() => {
      throw new Error(`no response within ${cacheTimeoutMs} ms`);
    });
    try {
      return (await Promise.race([work(), timeout])) ?? undefined;
    } catch (error) {
      log(
        "",
        `tokenCache failed (${redact(String(error), [owner.app.readSecret()])}). Tokens are requested without it.`,
      );
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
