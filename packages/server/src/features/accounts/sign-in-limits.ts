import { type Clock, minutes } from "../../infrastructure/clock/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { createRateLimiter, type RateLimiter } from "../../infrastructure/rate-limits/index.ts";

const period = minutes(15);
const perAccountAndNetwork = 10;
const perNetwork = 100;
const perAccount = 50;
/** Accounts and networks that are remembered, so that made-up ones do not fill the memory. */
const maxRemembered = 10_000;

/** The account that somebody tries to sign in to, known or not, and the network of the client. */
export interface Attempt {
  readonly email: string;
  readonly network: string;
}

/**
 * Limits failed attempts to sign in. Above the limit of an account, each network has one attempt, so that guesses from many
 * networks are slow and the right password from elsewhere succeeds.
 */
export class SignInLimits {
  readonly #pairs: RateLimiter;
  readonly #networks: RateLimiter;
  readonly #accounts: RateLimiter;

  constructor(clock: Clock) {
    const limiter = (limit: number) => createRateLimiter({ clock, limit, period, maxCallers: maxRemembered });
    this.#pairs = limiter(perAccountAndNetwork);
    this.#networks = limiter(perNetwork);
    this.#accounts = limiter(perAccount);
  }

  /** Counts an attempt before the password is checked. Throws `SIGN_IN_LIMITED`. */
  begin(attempt: Attempt): void {
    const pair = pairOf(attempt);
    const waitOfPair = this.#pairs.take(pair);
    if (waitOfPair > 0) throw limited(waitOfPair);
    const waitOfNetwork = this.#networks.take(attempt.network);
    if (waitOfNetwork === 0) return;
    this.#pairs.charge(pair, -1);
    throw limited(waitOfNetwork);
  }

  /** Takes back the count of an attempt that succeeded, or whose password was not checked. */
  forget(attempt: Attempt): void {
    this.#networks.charge(attempt.network, -1);
    this.#pairs.charge(pairOf(attempt), -1);
  }

  failed(attempt: Attempt): void {
    if (this.#accounts.take(attempt.email) === 0) return;
    this.#pairs.charge(pairOf(attempt), 2 * perAccountAndNetwork);
  }
}

function pairOf({ email, network }: Attempt): string {
  return `${network} ${email}`;
}

function limited(waitMs: number): ApiError {
  const inSeconds = Math.ceil(waitMs / 1_000);
  const inMinutes = Math.ceil(inSeconds / 60);
  const text = inMinutes === 1 ? "one minute" : `${inMinutes} minutes`;
  return new ApiError("SIGN_IN_LIMITED", {
    message: `Too many attempts to sign in have failed. Try again in ${text}.`,
    data: { retryAfterSeconds: inSeconds },
    headers: { "retry-after": String(inSeconds) },
  });
}
