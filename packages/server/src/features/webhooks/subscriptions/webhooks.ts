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
  /** Called after deliveries became due. */
  readonly wake: () => void;
}

interface WithSecret {
  readonly webhook: WebhooksTable;
  readonly signingSecret: string;
}

/** Bounds the transaction of a deletion, for each status of deliveries; hourly maintenance cancels the rest. */
const maxCanceled = 1_000;

/** Changes webhooks, each in the caller's transaction and with an audit entry. */
export class Webhooks {
  readonly #dependencies: WebhookDependencies;

  constructor(dependencies: WebhookDependencies) {
    this.#dependencies = dependencies;
  }

  /** Throws `APP_NOT_FOUND`, `EVENT_TYPE_NOT_FOUND`, `WEBHOOK_EXISTS`, `TOO_MANY_WEBHOOKS`. */
  async create(
    trx: Write,
    actor: Actor,
    input: { appId: string; eventType: string; url: string },
  ): Promise<WithSecret> {
    const { clock, ids } = this.#dependencies;
    const { appId, eventType } = input;
    const { host, href: url } = new URL(input.url);
    await lockApp(trx, appId);
    await readEventType(trx, eventType);
    await requireQuota(trx, { appId, eventType, url });
    const webhookId = ids.guid();
    const { sealed_secret, signingSecret } = this.#newSecret(webhookId);
    const row = { webhook_id: webhookId, app_id: appId, event_type: eventType, url, sealed_secret };
    const webhook = await insertWebhook(trx, row, clock.now());
    const details = { eventType, host };
    await this.#append(trx, actor, { action: "webhook.created", appId, webhookId, details });
    return { webhook, signingSecret };
  }

  /** Throws `WEBHOOK_NOT_FOUND`, `WEBHOOK_EXISTS`. */
  async change(
    trx: Write,
    actor: Actor,
    { url: given, ...named }: WebhookIds & { url: string },
  ): Promise<WebhooksTable> {
    const { clock, wake } = this.#dependencies;
    const { host, href: url } = new URL(given);
    await lockApp(trx, named.appId);
    const { event_type: eventType } = await lockWebhook(trx, named);
    await requireQuota(trx, { ...named, eventType, url, except: named.webhookId });
    const webhook = await updateWebhook(trx, named.webhookId, { url, updated_at: clock.now() });
    await this.#append(trx, actor, { action: "webhook.changed", ...named, details: { host } });
    afterCommit(trx, wake);
    return webhook;
  }

  /** Replaces the signing secret; the previous one also signs for a day. Throws `WEBHOOK_NOT_FOUND`. */
  async rotateSecret(trx: Write, actor: Actor, named: WebhookIds): Promise<WithSecret> {
    const { sealed_secret: sealed_previous_secret } = await lockWebhook(trx, named);
    const now = this.#dependencies.clock.now();
    const { sealed_secret, signingSecret } = this.#newSecret(named.webhookId);
    const webhook = await updateWebhook(trx, named.webhookId, {
      sealed_secret,
      sealed_previous_secret,
      previous_secret_expires_at: now + previousSecretLifetime,
      updated_at: now,
    });
    await this.#append(trx, actor, { action: "webhook.secret-rotated", ...named });
    return { webhook, signingSecret };
  }

  /** Deletes a webhook and cancels its deliveries. Throws `WEBHOOK_NOT_FOUND`. */
  async remove(trx: Write, actor: Actor, named: WebhookIds): Promise<void> {
    const { clock, wake } = this.#dependencies;
    const { webhookId } = named;
    await lockWebhook(trx, named);
    const now = clock.now();
    await updateWebhook(trx, webhookId, { deleted_at: now, updated_at: now });
    await liftInstallBarrier(trx, webhookId);
    await unblockDeliveries(trx, now);
    for (const status of ["pending", "blocked"] as const) {
      await cancelDeliveries(trx, { webhookId, status, now, limit: maxCanceled });
    }
    await this.#append(trx, actor, { action: "webhook.deleted", ...named });
    afterCommit(trx, wake);
  }

  /** Throws `WEBHOOK_NOT_FOUND`. */
  async pause(trx: Write, actor: Actor, named: WebhookIds): Promise<WebhooksTable> {
    const { clock, wake } = this.#dependencies;
    await lockWebhook(trx, named);
    const reason = "manual";
    const paused = await pauseWebhook(trx, { webhookId: named.webhookId, reason, now: clock.now() });
    if (paused) await this.#append(trx, actor, { action: "webhook.paused", ...named, details: { reason } });
    afterCommit(trx, wake);
    return await readWebhook(trx, named);
  }

  /** Throws `WEBHOOK_NOT_FOUND`. */
  async resume(trx: Write, actor: Actor, named: WebhookIds): Promise<WebhooksTable> {
    const { clock, wake } = this.#dependencies;
    const before = await lockWebhook(trx, named);
    if (before.paused_at === null) return before;
    await resumeWebhook(trx, named.webhookId, clock.now());
    await this.#append(trx, actor, { action: "webhook.resumed", ...named });
    afterCommit(trx, wake);
    return await readWebhook(trx, named);
  }

  async #append(
    trx: Write,
    actor: Actor,
    { webhookId, details, ...entry }: WebhookIds & { action: string; details?: object },
  ): Promise<void> {
    await this.#dependencies.audit.append(trx, actor, { ...entry, details: { webhookId, ...details } });
  }

  #newSecret(webhookId: string): { signingSecret: string; sealed_secret: string } {
    const { random, vault } = this.#dependencies;
    const signingSecret = newSigningSecret(random);
    return { signingSecret, sealed_secret: vault.seal(signingSecret, signingSecretContext(webhookId)) };
  }
}
