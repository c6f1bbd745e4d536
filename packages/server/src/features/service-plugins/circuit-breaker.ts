import { createCache } from "../../infrastructure/cache/index.ts";
import { type Clock, seconds } from "../../infrastructure/clock/index.ts";

interface Circuit {
  failures: number;
  /** Time of the next trial, in epoch milliseconds; undefined while the circuit is closed. */
  retryAt: number | undefined;
}

const failuresToOpen = 5;
const pause = seconds(30);
const maxCircuits = 10_000;

/**
 * Stops calls to endpoints that fail repeatedly, so that callers do not wait for their time-outs. Each process has its
 * own state in memory, which avoids a database write for each call.
 */
export class CircuitBreaker {
  readonly #circuits = createCache<string, Circuit>({ maxEntries: maxCircuits });
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Whether an endpoint may be called now. After the pause one call is admitted as a trial; other calls are rejected
   * until it ends.
   *
   * @returns undefined when it may; else the time of the next trial, in epoch milliseconds
   */
  admit(endpoint: string): number | undefined {
    const circuit = this.#circuits.get(endpoint);
    if (circuit?.retryAt === undefined) return undefined;
    const now = this.#clock.now();
    // After the clock is set back, `retryAt` may be far in the future; ignore it.
    if (now < circuit.retryAt && circuit.retryAt - now <= pause) return circuit.retryAt;
    circuit.retryAt = now + pause;
    return undefined;
  }

  /** Records the outcome of an admitted call. */
  record(endpoint: string, alive: boolean): void {
    if (alive) {
      this.#circuits.delete(endpoint);
      return;
    }
    const circuit = this.#circuits.get(endpoint) ?? { failures: 0, retryAt: undefined };
    this.#circuits.set(endpoint, circuit);
    circuit.failures += 1;
    if (circuit.failures >= failuresToOpen) circuit.retryAt = this.#clock.now() + pause;
  }
}
