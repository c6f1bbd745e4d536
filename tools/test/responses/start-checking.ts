import { createResponseCheck } from "./check-response.ts";
import { collectRoutes } from "./declared-routes.ts";
import { observeServers } from "./observe-servers.ts";

/** Checks all responses of the Latchkey servers of this process from now on. */
export function startChecking(onViolation: (violation: string) => void): { settled(): Promise<void> } {
  const check = createResponseCheck(collectRoutes());
  const running = new Set<Promise<void>>();
  observeServers((response) => {
    const run = check(response)
      .catch(
        (error: unknown) => `${response.method} ${response.path}: could not be checked: ${String(error)}`,
      )
      .then((violation) => {
        if (violation !== undefined) onViolation(violation);
        running.delete(run);
      });
    running.add(run);
  });
  return {
    async settled() {
      await Promise.all(running);
    },
  };
}
