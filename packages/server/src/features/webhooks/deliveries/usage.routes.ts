import { z } from "zod";
import type { Clock } from "../../../infrastructure/clock/index.ts";
import { type ManagementRoute, read, requireOwnApp } from "../../../infrastructure/management/index.ts";
import { countLogRows, readApp } from "../../apps/index.ts";
import { readEventBytes } from "../../events/index.ts";
import { countPendingByWebhook } from "./deliveries.queries.ts";

const usage = z
  .object({
    eventBytes: z.int().meta({ description: "Bytes of the events that the app caused in the last 30 days" }),
    maxEventBytes: z.int().meta({ description: "Further changes get EVENT_QUOTA_EXCEEDED" }),
    pendingDeliveries: z.int().meta({ description: "Those of paused webhooks included" }),
    maxPendingDeliveries: z
      .int()
      .meta({ description: "Further deliveries are stored as failed. One webhook uses at most half" }),
    deliveryRows: z.int().meta({ description: "Rows of the delivery log, counted up to twice the quota" }),
    pluginCallRows: z
      .int()
      .meta({ description: "Rows of the plugin call log, counted up to twice the quota" }),
    maxLogRows: z.int().meta({
      description:
        "Newest rows of each log that are kept; older ones are deleted each hour, except deliveries that have not ended",
    }),
  })
  .meta({ id: "AppUsage", description: "What an app stores, and its quotas" });

export interface UsageDependencies {
  readonly clock: Clock;
  readonly maxEventBytes: number;
  readonly maxLogRows: number;
  readonly maxPendingDeliveries: number;
}

/** The route that shows how much of its quotas an app uses. */
export function usageRoutes({
  clock,
  maxEventBytes,
  maxLogRows,
  maxPendingDeliveries,
}: UsageDependencies): readonly ManagementRoute[] {
  return [
    read({
      path: "/apps/{appId}/usage",
      tag: "Deliveries",
      operationId: "getAppUsage",
      summary: "Read how much of its quotas an app uses",
      scope: "deliveries:read",
      accounts: ["app-developer"],
      portal: ["webhooks", "health"],
      servesBoundKeys: true,
      errors: ["APP_NOT_FOUND"],
      response: usage,
      async handle({ db, ids, principal }) {
        requireOwnApp(principal, ids.appId);
        const { appId } = await readApp(db, ids.appId);
        const pending = await countPendingByWebhook(db, [appId], maxPendingDeliveries);
        const counted = { appId, max: 2 * maxLogRows };
        return {
          eventBytes: await readEventBytes(db, appId, clock.now()),
          maxEventBytes,
          pendingDeliveries: [...(pending.get(appId)?.values() ?? [])].reduce((sum, count) => sum + count, 0),
          maxPendingDeliveries,
          deliveryRows: await countLogRows(db, "deliveries", counted),
          pluginCallRows: await countLogRows(db, "service_plugin_calls", counted),
          maxLogRows,
        };
      },
    }),
  ];
}
