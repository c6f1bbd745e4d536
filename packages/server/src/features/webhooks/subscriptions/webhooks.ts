import type { Clock } from "../../../infrastructure/clock/index.ts";
import type { Vault } from "../../../infrastructure/crypto/index.ts";
import {
  afterCommit,
  type Ids,
  type RandomBytes,
  type WebhooksTable,
  type Write,
} from "../../../infrastructure/database/index.ts";
import type { Actor } from "../../../infrastructure/management/index.ts";
import { lockApp } from "../../apps/index.ts";
import type { AuditLog } from "../../audit/index.ts";
import { cancelDeliveries, liftInstallBarrier, unblockDeliveries } from "../deliveries/index.ts";
import { pauseWebhook, resumeWebhook } from "../endpoint-health/index.ts";
import { readEventType } from "../publishing/index.ts";
import { newSigningSecret, previousSecretLifetime, signingSecretContext } from "./signing-secret.ts";
import {
  insertWebhook,
  lockWebhook,
  readWebhook,
  requireQuota,
  updateWebhook,
  type WebhookIds,
} from "./webhooks.queries.ts";

export interface WebhookDependencies {
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: RandomBytes;
  readonly vault: Vault;
  /** Is called after deliveries became due. */
  readonly wake: () => void;
}

type WebhookChange = (trx: Write, actor: Actor, named: WebhookIds) => Promise<WebhooksTable>;

/** Changes of webhooks. Each runs in the caller's transaction and appends to the audit log. */
export interface Webhooks {
  /** Throws `APP_NOT_FOUND`, `EVENT_TYPE_NOT_FOUND`, `WEBHOOK_EXISTS`, `TOO_MANY_WEBHOOKS`. */
  create(
    trx: Write,
    actor: Actor,
    input: { appId: string; eventType: string; url: string },
  ): Promise<{ webhook: WebhooksTable; signingSecret: string }>;
  /** Throws `WEBHOOK_NOT_FOUND`, `WEBHOOK_EXISTS`. */
  change(trx: Write, actor: Actor, input: WebhookIds & { url: string }): Promise<WebhooksTable>;
  /** Deletes a webhook and cancels its deliveries. Throws `WEBHOOK_NOT_FOUND`. */
  remove(trx: Write, actor: Actor, named: WebhookIds): Promise<void>;
  /** Replaces the signing secret; the previous one also signs for a day. Throws `WEBHOOK_NOT_FOUND`. */
  rotateSecret(
    trx: Write,
    actor: Actor,
    named: WebhookIds,
  ): Promise<{ webhook: WebhooksTable; signingSecret: string }>;
  /** Throws `WEBHOOK_NOT_FOUND`. */
  readonly pause: WebhookChange;
  /** Throws `WEBHOOK_NOT_FOUND`. */
  readonly resume: WebhookChange;
}

export function createWebhooks(dependencies: WebhookDependencies): Webhooks {
  const { audit, clock, ids, random, vault, wake } = dependencies;
  const append: AppendAudit = (trx, actor, { action, appId, details, webhookId }) =>
    audit.append(trx, actor, { action, appId, details: { webhookId, ...details } });
  const newSecret = (webhookId: string) => {
    const signingSecret = newSigningSecret(random);
    return { signingSecret, sealed_secret: vault.seal(signingSecret, signingSecretContext(webhookId)) };
  };
  return {
    ...createStateChanges(dependencies, append),
    async create(trx, actor, input) {
      const { appId, eventType } = input;
      const { host, href: url } = new URL(input.url);
      await lockApp(trx, appId);
      await readEventType(trx, eventType);
      await requireQuota(trx, { ...input, url });
      const webhookId = ids.guid();
      const { sealed_secret, signingSecret } = newSecret(webhookId);
      const row = { webhook_id: webhookId, app_id: appId, event_type: eventType, url };
      await insertWebhook(trx, { ...row, sealed_secret, now: clock.now() });
      const named = { appId, webhookId };
      const details = { eventType, host };
      await append(trx, actor, { ...named, action: "webhook.created", details });
      return { webhook: await readWebhook(trx, named), signingSecret };
    },
    async change(trx, actor, { url: given, ...named }) {
      const { host, href: url } = new URL(given);
      await lockApp(trx, named.appId);
      const { event_type: eventType } = await lockWebhook(trx, named);
      await requireQuota(trx, { ...named, eventType, url, except: named.webhookId });
      await updateWebhook(trx, named.webhookId, { url, now: clock.now() });
      const details = { host };
      await append(trx, actor, { ...named, action: "webhook.changed", details });
      afterCommit(trx, wake);
      return await readWebhook(trx, named);
    },
    async rotateSecret(trx, actor, named) {
      const before = await lockWebhook(trx, named);
      const now = clock.now();
      const { sealed_secret, signingSecret } = newSecret(named.webhookId);
      await updateWebhook(trx, named.webhookId, {
        ...{
          sealed_secret,
          sealed_previous_secret: before.sealed_secret,
          previous_secret_expires_at: now + previousSecretLifetime,
        },
        now,
      });
      await append(trx, actor, { ...named, action: "webhook.secret-rotated" });
      return { webhook: await readWebhook(trx, named), signingSecret };
    },
  };
}

interface AuditedChange extends WebhookIds {
  readonly action: string;
  readonly details?: Readonly<Record<string, unknown>>;
}
type AppendAudit = (trx: Write, actor: Actor, change: AuditedChange) => Promise<void>;

/** Bounds the transaction of a deletion, for each status of deliveries; hourly maintenance cancels the rest. */
const maxCanceled = 1_000;

function createStateChanges(
  { clock, wake }: WebhookDependencies,
  append: AppendAudit,
): Pick<Webhooks, "remove" | "pause" | "resume"> {
  return {
    async remove(trx, actor, named) {
      await lockWebhook(trx, named);
      const { webhookId } = named;
      const now = clock.now();
      await updateWebhook(trx, webhookId, { deleted_at: now, now });
      await liftInstallBarrier(trx, webhookId);
      await unblockDeliveries(trx, now);
      for (const status of ["pending", "blocked"] as const) {
        await cancelDeliveries(trx, { webhookId, status, now, limit: maxCanceled });
      }
      await append(trx, actor, { ...named, action: "webhook.deleted" });
      afterCommit(trx, wake);
    },
    async pause(trx, actor, named) {
      await lockWebhook(trx, named);
      const reason = "manual";
      const paused = await pauseWebhook(trx, { webhookId: named.webhookId, reason, now: clock.now() });
      if (paused) await append(trx, actor, { ...named, action: "webhook.paused", details: { reason } });
      afterCommit(trx, wake);
      return await readWebhook(trx, named);
    },
    async resume(trx, actor, named) {
      const before = await lockWebhook(trx, named);
      if (before.paused_at === null) return before;
      await resumeWebhook(trx, named.webhookId, clock.now());
      await append(trx, actor, { ...named, action: "webhook.resumed" });
      afterCommit(trx, wake);
      return await readWebhook(trx, named);
    },
  };
}
