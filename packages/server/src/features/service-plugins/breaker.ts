import { type Clock, seconds } from "../../infrastructure/clock/index.ts";

/** Keeps calls from endpoints that do not answer, so that nobody waits for what will not come. */
export interface Breaker {
  /**
   * Whether an endpoint may be called now. After the pause one caller is let through for a trial; the others still wait.
   *
   * @returns undefined when it may, else when the next trial is, in epoch milliseconds
   */
  admit(endpoint: string): number | undefined;
  /** Notes how a call that was admitted ended. */
  note(endpoint: string, alive: boolean): void;
}

interface Circuit {
  failures: number;
  /** When it may be tried again; undefined while it is closed. */
  retryAt: number | undefined;
}

const failuresToOpen = 5;
const pause = seconds(30);
const keptCircuits = 10_000;

/** One for each process: what it knows is not worth a write for each call. */
export function createBreaker(clock: Clock): Breaker {
  const circuits = new Map<string, Circuit>();
  return {
    admit(endpoint) {
      const circuit = circuits.get(endpoint);
      if (circuit?.retryAt === undefined) return undefined;
      const now = clock.now();
      // A clock that was set back far is no reason to wait for long.
      if (now < circuit.retryAt && circuit.retryAt - now <= pause) return circuit.retryAt;
      // Whoever comes during the trial waits for another pause.
      circuit.retryAt = now + pause;
      return undefined;
    },
    note(endpoint, alive) {
      if (alive) {
        circuits.delete(endpoint);
        return;
      }
      if (circuits.size >= keptCircuits) circuits.clear();
      const circuit = circuits.get(endpoint) ?? { failures: 0, retryAt: undefined };
      circuits.set(endpoint, circuit);
      circuit.failures += 1;
      if (circuit.failures >= failuresToOpen) circuit.retryAt = clock.now() + pause;
    },
  };
}
