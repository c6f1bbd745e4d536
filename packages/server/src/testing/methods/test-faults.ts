import { ValidationError } from "../../infrastructure/errors/index.ts";
import type { Fault, FaultControls, NewFault } from "../../wiring/development/index.ts";
import { TestKitError } from "../kit-error.ts";

/** The faults of a platform: what it does wrong on purpose. */
export interface TestFaults {
  /**
   * Adds a fault; at most 100. Throws `invalid_option`, and then changes nothing.
   *
   * @example
   * await using platform = await createTestPlatform();
   * await platform.faults.add({ target: "token", status: 503, retryAfter: 1, times: 2 });
   * await platform.faults.add({ target: "delivery", duplicate: true, probability: 0.1, seed: "night" });
   */
  add(fault: NewFault): Promise<Fault>;
  /** Every fault with the number of times that it has happened, oldest first. */
  list(): Promise<readonly Fault[]>;
  /** Deletes every fault. */
  clear(): Promise<void>;
}

export function createTestFaults({ faults }: { readonly faults?: FaultControls }): TestFaults {
  if (faults === undefined) throw new Error("Only a platform in development has faults.");
  return {
    async add(fault) {
      try {
        return faults.add(fault);
      } catch (error) {
        if (!(error instanceof ValidationError)) throw error;
        const rules = error.violations.map(({ description, field }) =>
          field === "body" ? `the fault ${description}` : `${field} ${description}`,
        );
        throw new TestKitError("invalid_option", `faults.add: ${rules.join("; ")}.`);
      }
    },
    list: async () => faults.list(),
    clear: async () => faults.clear(),
  };
}
