import { z } from "zod";
import { isoTime } from "../../../infrastructure/clock/index.ts";
import {
  afterCommit,
  type Ids,
  type WebhooksTable,
  type Write,
} from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import { change, type ManagementRoute, requireOwnApp } from "../../../infrastructure/management/index.ts";
import { guid } from "../../../infrastructure/routes/index.ts";
import type { AuditLog } from "../../audit/index.ts";
import type { EventLog } from "../../events/index.ts";
import { deliveryItem, readDelivery, replay, requeue, showDelivery } from "../deliveries/index.ts";
import {
  lockWebhook,
  requestConfirmation,
  requireConfirmed,
  type WebhookIds,
  type Webhooks,
} from "../subscriptions/index.ts";
import { replayFields } from "./replay-fields.ts";
import type { EventSamples } from "./sample-payloads.ts";
import { insertTestDelivery } from "./test-delivery.queries.ts";

export interface ResendingDependencies {
  readonly audit: AuditLog;
  readonly events: EventLog;
  readonly ids: Ids;
  readonly samples: EventSamples;
  readonly webhooks: Webhooks;
  /** Called after deliveries became due. */
  readonly wake: () => void;
}

const replayRequest = z.strictObject({
  ...replayFields,
  resume: z.boolean().default(false).meta({
    description:
      "Resumes the webhook first when it is paused. Without it, a replay to a paused webhook fails with WEBHOOK_PAUSED",
  }),
  dryRun: z.boolean().default(false).meta({ description: "Counts the deliveries and changes nothing" }),
});

const replayResponse = z
  .object({
    deliveries: z.int(),
    more: z.boolean().meta({ description: "Whether deliveries are left for another call" }),
    dryRun: z.boolean(),
  })
  .meta({ id: "Replay", description: "Deliveries that were requeued" });

/** Routes that send again or test: replay, resend, test. */
export function resendingRoutes(dependencies: ResendingDependencies): readonly ManagementRoute[] {
  const { audit, webhooks, wake } = dependencies;
  return [
    change({
      method: "POST",
      path: "/apps/{appId}/webhooks/{webhookId}/replay",
      tag: "Webhooks",
      operationId: "replayWebhook",
      summary: "Send deliveries again; those of one instance one after another, by sequence",
      scope: "webhooks:write",
      accounts: ["app-developer"],
      portal: ["webhooks"],
      errors: ["APP_NOT_FOUND", "WEBHOOK_NOT_FOUND", "WEBHOOK_PAUSED", "WEBHOOK_UNCONFIRMED"],
      body: replayRequest,
      response: replayResponse,
      async handle({ trx, actor, body, ids, now }) {
        const { dryRun, resume, ...filter } = body;
        if (dryRun) await lockWebhook(trx, ids);
        else if (resume) await webhooks.resume(trx, actor, ids);
        else await lockActiveWebhook(trx, ids);
        const done = await replay(trx, { ...filter, webhookId: ids.webhookId }, { dryRun, now });
        if (!dryRun) {
          const details = { webhookId: ids.webhookId, deliveries: done.deliveries };
          await audit.append(trx, actor, { action: "webhook.replayed", appId: ids.appId, details });
          afterCommit(trx, wake);
        }
        return { ...done, dryRun };
      },
    }),
    change({
      method: "POST",
      path: "/apps/{appId}/webhooks/{webhookId}/test",
      tag: "Webhooks",
      operationId: "testWebhook",
      summary: "Send a sample event to a webhook; confirm the address of an unconfirmed one first",
      scope: "webhooks:write",
      accounts: ["app-developer"],
      portal: ["webhooks"],
      errors: ["APP_NOT_FOUND", "WEBHOOK_NOT_FOUND", "WEBHOOK_PAUSED", "INSTANCE_NOT_FOUND"],
      body: z.strictObject({
        instanceId: guid
          .optional()
          .meta({ description: "An instance of the app. Default: none; instanceId is null in the webhook" }),
      }),
      response: deliveryItem,
      async handle({ trx, body, ids, now }) {
        const webhook = await lockWebhook(trx, ids);
        if (webhook.pause_reason === "unconfirmed") await requestConfirmation(trx, ids.webhookId, now);
        else requireActive(webhook);
        const test = { webhook, instanceId: body.instanceId, now };
        const delivery = await insertTestDelivery(trx, dependencies, test);
        afterCommit(trx, wake);
        return showDelivery(delivery);
      },
    }),
    resend(dependencies),
  ];
}

function resend({ audit, wake }: ResendingDependencies): ManagementRoute {
  return change({
    method: "POST",
    path: "/deliveries/{deliveryId}/resend",
    tag: "Deliveries",
    operationId: "resendDelivery",
    summary: "Send one delivery again, with a new retry schedule",
    scope: "deliveries:write",
    accounts: ["app-developer"],
    portal: ["webhooks"],
    servesBoundKeys: true,
    errors: ["DELIVERY_NOT_FOUND", "WEBHOOK_NOT_FOUND", "WEBHOOK_PAUSED", "WEBHOOK_UNCONFIRMED"],
    response: deliveryItem,
    async handle({ trx, actor, ids, now, principal }) {
      const { app_id: appId, webhook_id: webhookId } = await readDelivery(trx, ids.deliveryId);
      requireOwnApp(principal, appId, "DELIVERY_NOT_FOUND");
      await lockActiveWebhook(trx, { appId, webhookId });
      await requeue(trx, [ids.deliveryId], { ordered: false, now });
      const details = { deliveryId: ids.deliveryId, webhookId };
      await audit.append(trx, actor, { action: "delivery.resent", appId, details });
      afterCommit(trx, wake);
      return showDelivery(await readDelivery(trx, ids.deliveryId));
    },
  });
}

/** Throws `WEBHOOK_NOT_FOUND`, `WEBHOOK_PAUSED`, `WEBHOOK_UNCONFIRMED`. */
export async function lockActiveWebhook(trx: Write, named: WebhookIds): Promise<void> {
  const webhook = await lockWebhook(trx, named);
  requireConfirmed(webhook);
  requireActive(webhook);
}

function requireActive(webhook: WebhooksTable): void {
  if (webhook.paused_at === null) return;
  const data = { pausedAt: isoTime(webhook.paused_at), reason: webhook.pause_reason };
  throw new ApiError("WEBHOOK_PAUSED", { data });
}
