import type { WebhookFormat } from "@latchkey/protocol";
import type { Clock } from "../../../infrastructure/clock/index.ts";
import type { Vault } from "../../../infrastructure/crypto/index.ts";
import {
  afterCommit,
  type Ids,
  type RandomBytes,
  type WebhooksTable,
  type Write,
} from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import type { Actor } from "../../../infrastructure/management/index.ts";
import { lockApp } from "../../apps/index.ts";
import type { AuditLog } from "../../audit/index.ts";
import { cancelDeliveries, liftInstallBarrier, unblockDeliveries } from "../deliveries/index.ts";
import { pauseWebhook, resumeWebhook } from "../endpoint-health/index.ts";
import { readEventType } from "../publishing/index.ts";
import {
  type AppAddress,
  type Confirmation,
  newConfirmation,
  releaseWebhook,
} from "./confirmation.queries.ts";
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
  /** Whether new addresses must be confirmed. */
  readonly confirmWebhooks: boolean;
  readonly ids: Ids;
  readonly random: RandomBytes;
  readonly vault: Vault;
  /** Called after deliveries became due. */
  readonly wake: () => void;
}

/** What can be changed. Default: unchanged. */
export interface WebhookChange {
  readonly url?: string | undefined;
  readonly format?: WebhookFormat | undefined;
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
    input: { appId: string; eventType: string; url: string; format?: WebhookFormat | undefined },
  ): Promise<WithSecret> {
    const { clock, ids, wake } = this.#dependencies;
    const { appId, eventType, format = "jwt" } = input;
    const { host, href: url } = new URL(input.url);
    await lockApp(trx, appId);
    await readEventType(trx, eventType);
    await requireQuota(trx, { appId, eventType, url });
    const webhookId = ids.guid();
    const { sealed_secret, signingSecret } = this.#newSecret(webhookId);
    const row = { webhook_id: webhookId, app_id: appId, event_type: eventType, url, format, sealed_secret };
    const confirmation = await this.#newConfirmation(trx, { appId, url });
    const webhook = await insertWebhook(trx, { ...row, ...confirmation }, clock.now());
    const details = { eventType, host, format };
    await this.#append(trx, actor, { action: "webhook.created", appId, webhookId, details });
    afterCommit(trx, wake);
    return { webhook, signingSecret };
  }

  /** Throws `WEBHOOK_NOT_FOUND`, `WEBHOOK_EXISTS`. */
  async change(
    trx: Write,
    actor: Actor,
    { format: newFormat, url: newUrl, ...named }: WebhookIds & WebhookChange,
  ): Promise<WebhooksTable> {
    const { clock, wake } = this.#dependencies;
    await lockApp(trx, named.appId);
    const before = await lockWebhook(trx, named);
    const { host, href: url } = new URL(newUrl ?? before.url);
    const format = newFormat ?? before.format;
    await requireQuota(trx, { ...named, eventType: before.event_type, url, except: named.webhookId });
    const now = clock.now();
    const confirmation = url === before.url ? {} : await this.#newConfirmation(trx, { ...named, url });
    const changed = await updateWebhook(trx, named.webhookId, {
      url,
      format,
      ...confirmation,
      updated_at: now,
    });
    if (changed.confirmation === "unconfirmed") {
      await pauseWebhook(trx, { webhookId: named.webhookId, reason: "unconfirmed", now });
    } else {
      await releaseWebhook(trx, changed, now);
    }
    await this.#append(trx, actor, { action: "webhook.changed", ...named, details: { host, format } });
    afterCommit(trx, wake);
    return await readWebhook(trx, named);
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
    await updateWebhook(trx, webhookId, {
      ...{ deleted_at: now, updated_at: now, confirmation_due_at: null },
    });
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
    const { pause_reason } = await lockWebhook(trx, named);
    const reason = "manual";
    const now = clock.now();
    const paused =
      pause_reason === "unconfirmed"
        ? await updateWebhook(trx, named.webhookId, { pause_reason: reason, updated_at: now })
        : await pauseWebhook(trx, { webhookId: named.webhookId, reason, now });
    if (paused) await this.#append(trx, actor, { action: "webhook.paused", ...named, details: { reason } });
    afterCommit(trx, wake);
    return await readWebhook(trx, named);
  }

  /** Throws `WEBHOOK_NOT_FOUND`, `WEBHOOK_UNCONFIRMED`. */
  async resume(trx: Write, actor: Actor, named: WebhookIds): Promise<WebhooksTable> {
    const { clock, confirmWebhooks, wake } = this.#dependencies;
    const before = await lockWebhook(trx, named);
    if (before.paused_at === null) return before;
    if (confirmWebhooks) requireConfirmed(before);
    const updated_at = clock.now();
    if (before.confirmation !== "unconfirmed") {
      await resumeWebhook(trx, named.webhookId, updated_at);
    } else if (confirmWebhooks) {
      await updateWebhook(trx, named.webhookId, { pause_reason: "unconfirmed", updated_at });
    } else {
      const change = { confirmation: "not_required", confirmation_due_at: null, updated_at } as const;
      await updateWebhook(trx, named.webhookId, change);
      await resumeWebhook(trx, named.webhookId, updated_at);
    }
    await this.#append(trx, actor, { action: "webhook.resumed", ...named });
    afterCommit(trx, wake);
    return await readWebhook(trx, named);
  }

  async #newConfirmation(trx: Write, address: AppAddress): Promise<Confirmation> {
    const { clock, confirmWebhooks: required } = this.#dependencies;
    return await newConfirmation(trx, address, { now: clock.now(), required });
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

/** Throws `WEBHOOK_UNCONFIRMED` when a webhook waits for the confirmation of its address. */
export function requireConfirmed({ confirmation_reason: reason, pause_reason }: WebhooksTable): void {
  if (pause_reason === "unconfirmed") throw new ApiError("WEBHOOK_UNCONFIRMED", { data: { reason } });
}
