import type { Clock } from "../../infrastructure/clock/index.ts";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { Ids, RandomBytes } from "../../infrastructure/database/index.ts";
import type { ManagementRoute } from "../../infrastructure/management/index.ts";
import type { Outbound } from "../../infrastructure/outbound/index.ts";
import type { AuditLog } from "../audit/index.ts";
import type { EventLog } from "../events/index.ts";
import type { DeliveryEngine } from "./delivery/index.ts";
import { deliveryRoutes } from "./log/index.ts";
import { eventRoutes, eventTypeRoutes } from "./publishing/index.ts";
import { backfillRoutes, type EventSamples, resendingRoutes } from "./resending/index.ts";
import { createWebhooks, webhookRoutes } from "./subscriptions/index.ts";

/** What the management of webhooks runs on. */
export interface WebhooksSurfaceSources {
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly delivery: Pick<DeliveryEngine, "wake">;
  readonly events: EventLog;
  readonly ids: Ids;
  readonly outbound: Pick<Outbound, "violationOf">;
  readonly random: RandomBytes;
  /** Sample payloads of the event types of resources. */
  readonly samples: EventSamples;
  readonly vault: Vault;
}

/** Management of webhooks, events and deliveries. */
export function webhooksSurface(sources: WebhooksSurfaceSources): readonly ManagementRoute[] {
  const { wake } = sources.delivery;
  const webhooks = createWebhooks({ ...sources, wake });
  return [
    ...webhookRoutes({ ...sources, webhooks }),
    ...resendingRoutes({ ...sources, webhooks, wake }),
    ...backfillRoutes({ ...sources, wake }),
    ...eventTypeRoutes(sources.audit),
    ...eventRoutes(sources),
    ...deliveryRoutes(),
  ];
}
