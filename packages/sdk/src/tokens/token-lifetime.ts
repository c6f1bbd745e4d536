/** An access token and its times. */
export interface IssuedToken {
  readonly token: string;
  /** Epoch milliseconds at which it dies of age. */
  readonly expiresAt: number;
  /** Milliseconds that it lives in all. */
  readonly lifetimeMs: number;
}

/** Milliseconds that a token counts as alive when the server does not say. */
const defaultLifetimeMs: number = 5 * 60_000;

const minRenewalWindowMs = 60_000;
const firstBackoffMs = 1_000;
const maxBackoffMs = 60_000;

/** Milliseconds of an `expires_in`, which some servers write as a decimal string. */
export function lifetimeMs(expiresIn: unknown): number {
  const seconds = typeof expiresIn === "string" && /^\d+$/.test(expiresIn) ? Number(expiresIn) : expiresIn;
  return typeof seconds === "number" && Number.isFinite(seconds) && seconds > 0
    ? seconds * 1_000
    : defaultLifetimeMs;
}

/**
 * When to get the next token while this one still works: a tenth of its life before the end, at least a minute and at
 * most half its life, and up to a tenth of that earlier or later so that many clients do not come at once.
 *
 * @param random at least 0, less than 1
 * @returns epoch milliseconds
 */
export function renewalTime(token: IssuedToken, random: number): number {
  const window = Math.min(Math.max(minRenewalWindowMs, token.lifetimeMs / 10), token.lifetimeMs / 2);
  return token.expiresAt - window * (0.9 + 0.2 * random);
}

/**
 * How long to leave a token as it is after its renewal failed.
 *
 * @param failures how often in a row, from 1
 * @param random at least 0, less than 1
 * @returns milliseconds
 */
export function renewalBackoff(failures: number, random: number): number {
  return Math.min(firstBackoffMs * 2 ** (failures - 1), maxBackoffMs) * (0.5 + 0.5 * random);
}
