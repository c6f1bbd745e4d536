/** An access token and its lifetime. */
export interface IssuedToken {
  readonly token: string;
  /** The time of expiry, in epoch milliseconds. */
  readonly expiresAt: number;
  /** The total lifetime, in milliseconds. */
  readonly lifetimeMs: number;
}

/** The assumed lifetime when the server does not return one, in milliseconds. */
const defaultLifetimeMs: number = 5 * 60_000;

const minRenewalWindowMs = 60_000;
const firstBackoffMs = 1_000;
const maxBackoffMs = 60_000;

/** Converts `expires_in` to milliseconds. Some servers return a decimal string. */
export function lifetimeMs(expiresIn: unknown): number {
  const seconds = typeof expiresIn === "string" && /^\d+$/.test(expiresIn) ? Number(expiresIn) : expiresIn;
  return typeof seconds === "number" && Number.isFinite(seconds) && seconds > 0
    ? seconds * 1_000
    : defaultLifetimeMs;
}

/**
 * Calculates when to renew a token: a tenth of its lifetime before expiry, but at least one minute and at most half
 * of its lifetime. This window varies randomly by up to 10 percent, so that many clients do not renew at once.
 *
 * @param random from 0 to less than 1
 * @returns epoch milliseconds
 */
export function renewalTime(token: IssuedToken, random: number): number {
  const window = Math.min(Math.max(minRenewalWindowMs, token.lifetimeMs / 10), token.lifetimeMs / 2);
  return token.expiresAt - window * (0.9 + 0.2 * random);
}

/**
 * Calculates the delay after a failed renewal.
 *
 * @param failures the number of consecutive failures, at least 1
 * @param random from 0 to less than 1
 * @returns milliseconds
 */
export function renewalBackoff(failures: number, random: number): number {
  return Math.min(firstBackoffMs * 2 ** (failures - 1), maxBackoffMs) * (0.5 + 0.5 * random);
}
