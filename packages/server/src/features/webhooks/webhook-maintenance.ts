import type { Step } from "../../infrastructure/database/index.ts";
import { type LogQuota, pruneAboveQuota } from "../apps/index.ts";
import { pruneEventUsage } from "../events/index.ts";
import type { keptFor } from "../retention/index.ts";
import {
  cancelForDeleted,
  pruneDeliveries,
  pruneDeliveriesAboveQuota,
  pruneEvents,
} from "./deliveries/index.ts";

/** Steps of the hourly maintenance of webhooks at `now` (epoch milliseconds), by name and in this order. */
export function webhookMaintenanceSteps(
  now: number,
  quota: LogQuota,
  kept: ReturnType<typeof keptFor>,
): Readonly<Record<string, Step>> {
  return {
    "cancel deliveries": (trx, page) => cancelForDeleted(trx, { ...page, now }),
    "delete deliveries": kept("deliveries", pruneDeliveries),
    "delete deliveries above the quota": pruneAboveQuota("deliveries", quota, pruneDeliveriesAboveQuota),
    "delete events": kept("events", pruneEvents),
    "delete event usage": (trx, page) => pruneEventUsage(trx, { ...page, now }),
  };
}
