import { z } from "zod";
import { isoTime } from "../../../infrastructure/clock/index.ts";
import type { Queries, WebhooksTable } from "../../../infrastructure/database/index.ts";
import { type ApiErrorCode, invalidField } from "../../../infrastructure/errors/index.ts";
import { change, list, type ManagementRoute, read } from "../../../infrastructure/management/index.ts";
import type { Outbound } from "../../../infrastructure/outbound/index.ts";
import { someOf, time } from "../../../infrastructure/routes/index.ts";
import { lockApp, readApp } from "../../apps/index.ts";
import { countPending, replay } from "../deliveries/index.ts";
import { eventTypeName } from "../publishing/index.ts";
import { listWebhooks, lockWebhook, missingPermission, readWebhook } from "./webhooks.queries.ts";
import type { Webhooks } from "./webhooks.ts";

const tag = "Webhooks";
const notFound: readonly ApiErrorCode[] = ["APP_NOT_FOUND", "WEBHOOK_NOT_FOUND"];

/** The handler checks the address, because that resolves its host name. */
const webhookUrl = z.string().max(2_000).meta({ description: "https; without user name and password" });

const format = z.enum(["jwt", "json"]).meta({
  description:
    "jwt: the body is a JWT, signed with the key of the app. json: the body is the payload of Standard Webhooks. The headers of Standard Webhooks sign both",
});

const webhookChanges = someOf(z.strictObject({ url: webhookUrl.optional(), format: format.optional() }));

const webhookFields = {
  webhookId: z.guid(),
  appId: z.guid(),
  eventType: z.string(),
  url: z.string(),
  format,
  state: z.enum(["active", "failing", "paused", "unconfirmed"]).meta({
    description:
      "failing: the last attempts did not succeed. paused: nothing is sent until it is resumed. unconfirmed: nothing is sent until its address is confirmed",
  }),
  confirmation: z
    .object({
      state: z.enum(["not_required", "unconfirmed", "confirmed"]),
      reason: z.string().nullable().meta({ description: "Why the last confirmation failed, in words" }),
      lastAttemptAt: time.nullable(),
      nextAttemptAt: time
        .nullable()
        .meta({ description: "Null after the last one; POST …/test starts again" }),
    })
    .meta({
      id: "WebhookConfirmation",
      description: "Whether the address has shown that it accepts correct signatures and refuses wrong ones",
    }),
  pauseReason: z.enum(["manual", "failing", "gone", "unconfirmed"]).nullable().meta({
    description:
      "manual: paused by a request. failing: it failed for five days. gone: it responded with 410. unconfirmed: its address is not confirmed",
  }),
  pausedAt: time.nullable(),
  failures: z.int().meta({ description: "Failures since the last success" }),
  failingSince: time.nullable(),
  lastWarningPercent: z.int().meta({
    description:
      "The last warning: per cent of the five days after which a failing webhook is paused, 50, 70 or 90; 0 before the first",
  }),
  previousSecretExpiresAt: time.nullable().meta({ description: "Until when the previous secret also signs" }),
  createdAt: time,
  updatedAt: time,
};

const webhookItem = z
  .object(webhookFields)
  .meta({ id: "Webhook", description: "A subscription of an app to an event type" });

const webhookResponse = z
  .object({
    ...webhookFields,
    pending: z.int().meta({ description: "Pending deliveries, counted up to 10,000" }),
    missingPermission: z.string().nullable().meta({
      description:
        "The permission that the event type needs and no scope of the app includes: no event will be sent",
    }),
  })
  .meta({ id: "WebhookDetails", description: "A webhook with its pending deliveries" });

const createdWebhook = webhookResponse
  .extend({
    signingSecret: z.string().meta({ description: "For Standard Webhooks libraries; returned only here" }),
  })
  .meta({ id: "CreatedWebhook", description: "A new webhook with its signing secret" });

interface WebhookRouteDependencies {
  readonly webhooks: Webhooks;
  readonly outbound: Pick<Outbound, "violationOf">;
}

/** Routes for the webhooks of apps. */
export function webhookRoutes({ outbound, webhooks }: WebhookRouteDependencies): readonly ManagementRoute[] {
  const requireReachable = async ({ url }: { url?: string | undefined }): Promise<void> => {
    const violation = url === undefined ? undefined : await outbound.violationOf(url);
    if (violation !== undefined) throw invalidField("url", violation, "VALIDATION");
  };
  return [
    webhookList,
    webhookRead,
    change({
      method: "POST",
      path: "/apps/{appId}/webhooks",
      tag,
      operationId: "createWebhook",
      summary: "Subscribe an app to an event type, on every site where it is installed",
      scope: "webhooks:write",
      accounts: ["app-developer"],
      portal: ["webhooks"],
      example: { eventType: "AppInstalled", url: "http://127.0.0.1:3000/webhooks" },
      errors: ["APP_NOT_FOUND", "EVENT_TYPE_NOT_FOUND", "WEBHOOK_EXISTS", "TOO_MANY_WEBHOOKS"],
      body: z.strictObject({
        eventType: eventTypeName,
        url: webhookUrl,
        format: format.optional().meta({ default: "jwt" }),
      }),
      response: createdWebhook,
      prepare: requireReachable,
      async handle({ trx, actor, body, ids }) {
        const { signingSecret, webhook } = await webhooks.create(trx, actor, { ...body, appId: ids.appId });
        return { ...(await describe(trx, webhook)), signingSecret };
      },
    }),
    change({
      method: "PATCH",
      path: "/apps/{appId}/webhooks/{webhookId}",
      tag,
      operationId: "changeWebhook",
      summary: "Change the address or the format of a webhook, from the next attempt on",
      scope: "webhooks:write",
      accounts: ["app-developer"],
      portal: ["webhooks"],
      example: { url: "http://127.0.0.1:3000/webhooks" },
      errors: [...notFound, "WEBHOOK_EXISTS"],
      body: webhookChanges,
      response: webhookResponse,
      async current({ trx, ids }) {
        await lockApp(trx, ids.appId);
        return await describe(trx, await lockWebhook(trx, ids));
      },
      prepare: requireReachable,
      async handle({ trx, actor, body, ids }) {
        return await describe(trx, await webhooks.change(trx, actor, { ...ids, ...body }));
      },
    }),
    webhookRemoval(webhooks),
    webhookPause(webhooks),
    webhookResumption(webhooks),
    secretRotation(webhooks),
  ];
}

function webhookRemoval(webhooks: Webhooks): ManagementRoute {
  return change({
    method: "DELETE",
    path: "/apps/{appId}/webhooks/{webhookId}",
    tag,
    operationId: "deleteWebhook",
    summary: "Delete a webhook and cancel its pending deliveries",
    scope: "webhooks:write",
    accounts: ["app-developer"],
    portal: ["webhooks"],
    errors: notFound,
    response: z.object({}),
    async handle({ trx, actor, ids }) {
      await webhooks.remove(trx, actor, ids);
      return {};
    },
  });
}

function secretRotation(webhooks: Webhooks): ManagementRoute {
  return change({
    method: "POST",
    path: "/apps/{appId}/webhooks/{webhookId}/rotate-secret",
    tag,
    operationId: "rotateWebhookSecret",
    summary: "Create a new signing secret; the previous one also signs for 24 hours",
    scope: "webhooks:write",
    accounts: ["app-developer"],
    portal: ["webhooks"],
    errors: notFound,
    response: createdWebhook,
    async handle({ trx, actor, ids }) {
      const { signingSecret, webhook } = await webhooks.rotateSecret(trx, actor, ids);
      return { ...(await describe(trx, webhook)), signingSecret };
    },
  });
}

const webhookList = list({
  path: "/apps/{appId}/webhooks",
  tag,
  operationId: "listWebhooks",
  summary: "List the webhooks of an app",
  scope: "webhooks:read",
  accounts: ["app-developer"],
  portal: ["overview", "webhooks", "health"],
  errors: ["APP_NOT_FOUND"],
  item: webhookItem,
  async find({ db, ids, page }) {
    await readApp(db, ids.appId);
    return await listWebhooks(db, { ...page, appId: ids.appId });
  },
  position: (webhook) => webhook.webhook_id,
  show: showWebhook,
});

const webhookRead = read({
  path: "/apps/{appId}/webhooks/{webhookId}",
  tag,
  operationId: "getWebhook",
  summary: "Read a webhook, its health and its number of pending deliveries",
  scope: "webhooks:read",
  accounts: ["app-developer"],
  portal: ["webhooks", "health"],
  errors: notFound,
  response: webhookResponse,
  changes: webhookChanges,
  handle: async ({ db, ids }) => await describe(db, await readWebhook(db, ids)),
});

function webhookPause(webhooks: Webhooks): ManagementRoute {
  return change({
    method: "POST",
    path: "/apps/{appId}/webhooks/{webhookId}/pause",
    tag,
    operationId: "pauseWebhook",
    summary: "Pause a webhook: its events are kept, and nothing is sent until it is resumed",
    scope: "webhooks:write",
    accounts: ["app-developer"],
    portal: ["webhooks"],
    errors: notFound,
    response: webhookResponse,
    handle: async ({ trx, actor, ids }) => await describe(trx, await webhooks.pause(trx, actor, ids)),
  });
}

function webhookResumption(webhooks: Webhooks): ManagementRoute {
  return change({
    method: "POST",
    path: "/apps/{appId}/webhooks/{webhookId}/resume",
    tag,
    operationId: "resumeWebhook",
    summary: "Resume a webhook: the events that it missed are sent first, by sequence",
    scope: "webhooks:write",
    accounts: ["app-developer"],
    portal: ["webhooks", "health"],
    errors: [...notFound, "WEBHOOK_UNCONFIRMED"],
    response: webhookResponse,
    async handle({ trx, actor, ids, now }) {
      const resumed = await webhooks.resume(trx, actor, ids);
      await replay(trx, { webhookId: ids.webhookId, statuses: ["pending"] }, { dryRun: false, now });
      return await describe(trx, resumed);
    },
  });
}

async function describe(db: Queries, webhook: WebhooksTable): Promise<z.input<typeof webhookResponse>> {
  const { app_id: appId, event_type: eventType, webhook_id: webhookId } = webhook;
  return {
    ...showWebhook(webhook),
    pending: await countPending(db, { webhookId }),
    missingPermission: await missingPermission(db, { appId, eventType }),
  };
}

function showWebhook(webhook: WebhooksTable): z.input<typeof webhookItem> {
  const iso = (at: number | null): string | null => (at === null ? null : isoTime(at));
  return {
    webhookId: webhook.webhook_id,
    appId: webhook.app_id,
    eventType: webhook.event_type,
    url: webhook.url,
    format: webhook.format,
    state: stateOf(webhook),
    confirmation: {
      state: webhook.confirmation,
      reason: webhook.confirmation_reason,
      lastAttemptAt: iso(webhook.confirmation_attempted_at),
      nextAttemptAt: iso(webhook.confirmation_due_at),
    },
    pauseReason: webhook.pause_reason,
    pausedAt: iso(webhook.paused_at),
    failures: webhook.failures,
    failingSince: iso(webhook.failing_since),
    lastWarningPercent: webhook.last_warning_percent,
    previousSecretExpiresAt: iso(webhook.previous_secret_expires_at),
    createdAt: isoTime(webhook.created_at),
    updatedAt: isoTime(webhook.updated_at),
  };
}

function stateOf(webhook: WebhooksTable): z.input<typeof webhookFields.state> {
  if (webhook.pause_reason === "unconfirmed") return "unconfirmed";
  if (webhook.paused_at !== null) return "paused";
  return webhook.failures > 0 ? "failing" : "active";
}
