import { days } from "../../infrastructure/clock/index.ts";
import type { Step } from "../../infrastructure/database/index.ts";
import { type LogQuota, pruneAboveQuota } from "../apps/index.ts";
import { pruneEventUsage } from "../events/index.ts";
import {
  cancelForDeleted,
  pruneDeliveries,
  pruneDeliveriesAboveQuota,
  pruneEvents,
} from "./deliveries/index.ts";

/** Age at which ended deliveries, and events without deliveries, are deleted, in milliseconds. */
const retention = days(30);

/** Steps of the hourly maintenance of webhooks at `now` (epoch milliseconds), by name and in this order. */
export function webhookMaintenanceSteps(now: number, quota: LogQuota): Readonly<Record<string, Step>> {
  const before = now - retention;
  return {
    "cancel deliveries": (trx, page) => cancelForDeleted(trx, { ...page, now }),
    "delete deliveries": (trx, page) => pruneDeliveries(trx, { ...page, before }),
    "delete deliveries above the quota": pruneAboveQuota("deliveries", quota, pruneDeliveriesAboveQuota),
    "delete events": (trx, page) => pruneEvents(trx, { ...page, before }),
    "delete event usage": (trx, page) => pruneEventUsage(trx, { ...page, now }),
  };
}
