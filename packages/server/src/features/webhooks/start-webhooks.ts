import { type ConfirmationDependencies, startConfirmation } from "./confirmation/index.ts";
import { type DeliveryEngine, type DeliveryEngineDependencies, startDelivery } from "./dispatch/index.ts";

/** Starts the delivery engine and the confirmation of addresses. */
export function startWebhooks(
  dependencies: DeliveryEngineDependencies & ConfirmationDependencies,
): DeliveryEngine {
  const delivery = startDelivery(dependencies);
  const confirmation = startConfirmation(dependencies, delivery.wake);
  return {
    maxPendingPerApp: delivery.maxPendingPerApp,
    wake() {
      delivery.wake();
      confirmation.wake();
    },
    async settled() {
      confirmation.wake();
      await confirmation.idle();
      await delivery.settled();
    },
    async stop() {
      // Stopping the delivery ends the requests of confirmations too.
      await Promise.all([confirmation.stop(), delivery.stop()]);
    },
  };
}
