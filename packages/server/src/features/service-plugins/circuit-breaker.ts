import { createCache } from "../../infrastructure/cache/index.ts";
import { type Clock, seconds } from "../../infrastructure/clock/index.ts";

/** Stops calls to endpoints that fail repeatedly, so that callers do not wait for their time-outs. */
export interface CircuitBreaker {
  /**
   * Whether an endpoint may be called now. After the pause one call is admitted as a trial; others are refused meanwhile.
   *
   * @returns undefined when it may; else the time of the next trial, in epoch milliseconds
   */
  admit(endpoint: string): number | undefined;
  /** Records the outcome of an admitted call. */
  record(endpoint: string, alive: boolean): void;
}

interface Circuit {
  failures: number;
  /** Time of the next trial, in epoch milliseconds; undefined while the circuit is closed. */
  retryAt: number | undefined;
}

const failuresToOpen = 5;
const pause = seconds(30);
const maxCircuits = 10_000;

/** State is in memory, for each process: it is not worth a database write for each call. */
export function createCircuitBreaker(clock: Clock): CircuitBreaker {
  const circuits = createCache<string, Circuit>({ maxEntries: maxCircuits });
  return {
    admit(endpoint) {
      const circuit = circuits.get(endpoint);
      if (circuit?.retryAt === undefined) return undefined;
      const now = clock.now();
      // After the clock is set back, `retryAt` may be far in the future; ignore it.
      if (now < circuit.retryAt && circuit.retryAt - now <= pause) return circuit.retryAt;
      // Calls during the trial are refused.
      circuit.retryAt = now + pause;
      return undefined;
    },
    record(endpoint, alive) {
      if (alive) {
        circuits.delete(endpoint);
        return;
      }
      const circuit = circuits.get(endpoint) ?? { failures: 0, retryAt: undefined };
      circuits.set(endpoint, circuit);
      circuit.failures += 1;
      if (circuit.failures >= failuresToOpen) circuit.retryAt = clock.now() + pause;
    },
  };
}
