import { days } from "../../infrastructure/clock/index.ts";
import type { Step } from "../../infrastructure/database/index.ts";
import { cancelForDeleted, pruneDeliveries, pruneEvents } from "./deliveries/index.ts";

/** How long deliveries that have ended are kept, in milliseconds. */
const deliveryLife = days(30);

/** What housekeeping does for webhooks at `now` (epoch milliseconds), by name and in this order. */
export function webhookMaintenanceSteps(now: number): Readonly<Record<string, Step>> {
  const before = now - deliveryLife;
  return {
    "cancel deliveries": (trx, page) => cancelForDeleted(trx, { ...page, now }),
    "delete deliveries": (trx, page) => pruneDeliveries(trx, { ...page, before }),
    "delete events": (trx, page) => pruneEvents(trx, { ...page, before }),
  };
}
