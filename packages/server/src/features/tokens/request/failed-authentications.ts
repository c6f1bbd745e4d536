import type { Clock } from "../../../infrastructure/clock/index.ts";
import type { Exchange } from "../../../infrastructure/http/index.ts";
import { createRateLimiter, type RateLimiter } from "../../../infrastructure/rate-limits/index.ts";

const perClient = 60;
const perNetwork = 600;
/** Client ids and networks that are remembered, so that made-up ids do not fill the memory. */
const maxRemembered = 10_000;

/**
 * Limits responses to wrong credentials for each client id, known or not, and for each network. Credentials are checked
 * first: the right ones are never limited.
 */
export class FailedAuthentications {
  readonly #clients: RateLimiter;
  readonly #networks: RateLimiter;

  constructor({ clock }: { clock: Clock }) {
    this.#clients = createRateLimiter({ clock, limit: perClient, maxCallers: maxRemembered });
    this.#networks = createRateLimiter({ clock, limit: perNetwork, maxCallers: maxRemembered });
  }

  /**
   * Counts a failure.
   *
   * @returns the value of `Retry-After` above the limit, else undefined
   */
  count(clientId: string, { clientAddress, clientNetwork }: Exchange): string | undefined {
    const network = clientNetwork?.() ?? clientAddress;
    const waitMs = Math.max(this.#clients.take(clientId), this.#networks.take(network));
    return waitMs === 0 ? undefined : String(Math.ceil(waitMs / 1_000));
  }
}
