import type { Clock } from "../../infrastructure/clock/index.ts";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { Ids, RandomBytes } from "../../infrastructure/database/index.ts";
import type { ManagementRoute } from "../../infrastructure/management/index.ts";
import type { Outbound } from "../../infrastructure/outbound/index.ts";
import type { AuditLog } from "../audit/index.ts";
import type { EventLog } from "../events/index.ts";
import { deliveryRoutes, usageRoutes } from "./deliveries/index.ts";
import type { DeliveryEngine } from "./dispatch/index.ts";
import { eventHistoryRoutes } from "./event-history/index.ts";
import { eventRoutes, eventTypeRoutes } from "./publishing/index.ts";
import { backfillRoutes, type EventSamples, resendingRoutes } from "./resending/index.ts";
import { Webhooks, webhookRoutes } from "./subscriptions/index.ts";

export interface WebhookManagementDependencies {
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly confirmWebhooks: boolean;
  readonly delivery: Pick<DeliveryEngine, "wake" | "maxPendingPerApp">;
  readonly events: EventLog;
  readonly ids: Ids;
  readonly logRowsPerApp: number;
  readonly outbound: Pick<Outbound, "violationOf">;
  readonly random: RandomBytes;
  /** Sample payloads of the event types of resources. */
  readonly samples: EventSamples;
  readonly vault: Vault;
}

/** Routes of the management API for webhooks, events and deliveries. */
export function webhookManagementRoutes(
  dependencies: WebhookManagementDependencies,
): readonly ManagementRoute[] {
  const { wake } = dependencies.delivery;
  const webhooks = new Webhooks({ ...dependencies, wake });
  return [
    ...webhookRoutes({ ...dependencies, webhooks }),
    ...resendingRoutes({ ...dependencies, webhooks, wake }),
    ...backfillRoutes({ ...dependencies, wake }),
    ...eventTypeRoutes(dependencies.audit),
    ...eventRoutes(dependencies),
    ...eventHistoryRoutes(),
    ...deliveryRoutes(),
    ...usageRoutes({
      clock: dependencies.clock,
      maxEventBytes: dependencies.events.maxBytesPerApp,
      maxLogRows: dependencies.logRowsPerApp,
      maxPendingDeliveries: dependencies.delivery.maxPendingPerApp,
    }),
  ];
}
