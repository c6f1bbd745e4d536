import { z } from "zod";
import { isoTime } from "../../../infrastructure/clock/index.ts";
import { afterCommit, type Ids, type Write } from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import { change, type ManagementRoute, requireOwnApp } from "../../../infrastructure/management/index.ts";
import { guid, instant } from "../../../infrastructure/routes/index.ts";
import type { AuditLog } from "../../audit/index.ts";
import type { EventLog } from "../../events/index.ts";
import { deliveryItem, queueAnew, readDelivery, replay, showDelivery } from "../log/index.ts";
import { lockWebhook, type NamedWebhook, type Webhooks } from "../subscriptions/index.ts";
import type { EventSamples } from "./sample-payloads.ts";
import { sendTest } from "./test-delivery.ts";

/** What sending again needs. */
export interface ResendingSources {
  readonly audit: AuditLog;
  readonly events: EventLog;
  readonly ids: Ids;
  readonly samples: EventSamples;
  readonly webhooks: Webhooks;
  /** Is called when deliveries became due. */
  readonly wake: () => void;
}

const sequence = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

const replayRequest = z.strictObject({
  statuses: z
    .array(z.enum(["pending", "delivered", "failed"]))
    .min(1)
    .default(["pending", "failed"])
    .meta({ description: "Default: what has not arrived" }),
  instanceId: guid.optional(),
  fromSequence: sequence.optional(),
  toSequence: sequence.optional(),
  from: instant.optional().meta({ description: "Made at or after" }),
  to: instant.optional().meta({ description: "Made at or before" }),
  release: z.boolean().default(false).meta({
    description: "Releases the subscription when it is held; a replay of a held one is refused otherwise",
  }),
  dryRun: z.boolean().default(false).meta({ description: "Tells how many it would be, and changes nothing" }),
});

const replayAnswer = z
  .object({
    deliveries: z.int(),
    more: z.boolean().meta({ description: "Whether there are more than one call takes: call again" }),
    dryRun: z.boolean(),
  })
  .meta({ id: "Replay", description: "What was queued anew" });

/** Sending again: one delivery, many, or a test. */
export function resendingRoutes(sources: ResendingSources): readonly ManagementRoute[] {
  const { audit, webhooks, wake } = sources;
  return [
    change({
      method: "POST",
      path: "/apps/{appId}/webhooks/{webhookId}/replay",
      tag: "Webhooks",
      operationId: "replayWebhook",
      summary: "Send deliveries again: those of each instance one after another, by sequence",
      scope: "webhooks:write",
      errors: ["APP_NOT_FOUND", "WEBHOOK_NOT_FOUND", "WEBHOOK_HELD"],
      body: replayRequest,
      answer: replayAnswer,
      async handle({ trx, actor, body, ids, now }) {
        const { dryRun, release, ...filter } = body;
        if (!dryRun)
          await requireOpen(trx, ids, () => (release ? webhooks.release(trx, actor, ids) : undefined));
        else await lockWebhook(trx, ids);
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
      summary: "Send a made-up event to a subscription, to see how its endpoint takes it",
      scope: "webhooks:write",
      errors: ["APP_NOT_FOUND", "WEBHOOK_NOT_FOUND", "WEBHOOK_HELD", "INSTANCE_NOT_FOUND"],
      body: z.strictObject({
        instanceId: guid
          .optional()
          .meta({ description: "An instance of the app; default: none, null on the wire" }),
      }),
      answer: deliveryItem,
      async handle({ trx, body, ids, now }) {
        const webhook = await requireOpen(trx, ids);
        const delivery = await sendTest(trx, sources, { webhook, instanceId: body.instanceId, now });
        afterCommit(trx, wake);
        return showDelivery(delivery);
      },
    }),
    resend(sources),
  ];
}

function resend({ audit, wake }: ResendingSources): ManagementRoute {
  return change({
    method: "POST",
    path: "/deliveries/{deliveryId}/resend",
    tag: "Deliveries",
    operationId: "resendDelivery",
    summary: "Send one delivery again, with the schedule of attempts from its beginning",
    scope: "deliveries:write",
    servesBoundKeys: true,
    errors: ["DELIVERY_NOT_FOUND", "WEBHOOK_NOT_FOUND", "WEBHOOK_HELD"],
    answer: deliveryItem,
    async handle({ trx, actor, ids, now, principal }) {
      const { app_id: appId, webhook_id: webhookId } = await readDelivery(trx, ids.deliveryId);
      requireOwnApp(principal, appId, "DELIVERY_NOT_FOUND");
      await requireOpen(trx, { appId, webhookId });
      await queueAnew(trx, [ids.deliveryId], { inOrder: false, now });
      const details = { deliveryId: ids.deliveryId, webhookId };
      await audit.append(trx, actor, { action: "delivery.resent", appId, details });
      afterCommit(trx, wake);
      return showDelivery(await readDelivery(trx, ids.deliveryId));
    },
  });
}

/** Throws `WEBHOOK_HELD` when nothing would be sent, unless `open` opens it. */
async function requireOpen(trx: Write, named: NamedWebhook, open?: () => Promise<unknown> | undefined) {
  const webhook = await lockWebhook(trx, named);
  if (webhook.held_at === null) return webhook;
  const opened = open?.();
  if (opened === undefined) {
    throw new ApiError("WEBHOOK_HELD", {
      data: { heldAt: isoTime(webhook.held_at), reason: webhook.hold_reason },
    });
  }
  await opened;
  return webhook;
}
