import { type Poller, seconds, startPoller } from "../../../infrastructure/clock/index.ts";
import type { Vault } from "../../../infrastructure/crypto/index.ts";
import type { Database, Ids, RandomBytes, WebhooksTable } from "../../../infrastructure/database/index.ts";
import { describeError, type Log } from "../../../infrastructure/observability/index.ts";
import type { Outbound } from "../../../infrastructure/outbound/index.ts";
import { createRateLimiter } from "../../../infrastructure/rate-limits/index.ts";
import type { AppKeyRing } from "../../apps/index.ts";
import type { AuditLog } from "../../audit/index.ts";
import { type DeliveryPolicy, nextAttemptAt } from "../dispatch/index.ts";
import {
  claimConfirmations,
  confirmAddress,
  createSecretOpener,
  hasDueConfirmation,
  refuseAddress,
} from "../subscriptions/index.ts";
import { createAddressTest } from "./address-test.ts";

export interface ConfirmationDependencies {
  readonly appKeys: AppKeyRing;
  readonly audit: AuditLog;
  readonly clock: Parameters<typeof startPoller>[0];
  readonly database: Database;
  readonly ids: Ids;
  readonly issuer: string;
  readonly log: Log;
  readonly outbound: Outbound;
  readonly policy: DeliveryPolicy;
  readonly random: RandomBytes;
  readonly vault: Vault;
}

/** Confirmations a minute, in each process, so that nobody can direct many requests at a host. */
const limits = { perApp: 30, perHost: 30 };
const webhooksPerPass = 50;
/** Time until an interrupted or limited confirmation is attempted again, in milliseconds. */
const leaseMs = seconds(60);

/**
 * Starts to confirm the addresses of unconfirmed webhooks. A failure is retried on the schedule of the delivery policy.
 *
 * @param onConfirmed called when deliveries of a confirmed webhook may be due
 */
export function startConfirmation(dependencies: ConfirmationDependencies, onConfirmed: () => void): Poller {
  const { appKeys, clock, database, log, vault } = dependencies;
  const perApp = createRateLimiter({ clock, limit: limits.perApp });
  const perHost = createRateLimiter({ clock, limit: limits.perHost });
  const openSecrets = createSecretOpener(vault);
  const refusalOf = createAddressTest({ ...dependencies, openSecrets });
  const stopping = new AbortController();

  const poller = startPoller(clock, seconds(1), {
    async work() {
      const now = clock.now();
      if (!(await hasDueConfirmation(database.read, now))) return false;
      const claimed = await database.writeRelaxed((trx) =>
        claimConfirmations(trx, { limit: webhooksPerPass, now, leaseMs }),
      );
      const keys = await appKeys.signingKeys([...new Set(claimed.map((webhook) => webhook.app_id))]);
      const addresses = new Map(claimed.map((webhook) => [`${webhook.app_id} ${webhook.url}`, webhook]));
      const attempts = Array.from(addresses.values(), async (webhook) => {
        const key = keys.get(webhook.app_id);
        if (key === undefined) return;
        if (perApp.take(webhook.app_id) > 0 || perHost.take(new URL(webhook.url).host) > 0) return;
        const refusal = await refusalOf(webhook, key);
        // The shutdown ended the requests, so the result says nothing about the endpoint.
        if (stopping.signal.aborted) return;
        await storeResult(dependencies, webhook, refusal);
      });
      await Promise.all(attempts);
      onConfirmed();
      return claimed.length === webhooksPerPass;
    },
    onError: (error) => log.warn(describeError(error), "the confirmation of webhooks is interrupted"),
  });
  return {
    ...poller,
    async stop() {
      stopping.abort();
      await poller.stop();
    },
  };
}

async function storeResult(
  { audit, clock, database, log, policy, random }: ConfirmationDependencies,
  webhook: WebhooksTable,
  refusal: string | undefined,
): Promise<void> {
  const { app_id: appId, url } = webhook;
  const now = clock.now();
  const fields = { appId, webhookId: webhook.webhook_id, host: new URL(url).host };
  if (refusal === undefined) {
    await database.write(async (trx) => {
      for (const webhookId of await confirmAddress(trx, { appId, url }, now)) {
        const entry = { action: "webhook.confirmed", appId, details: { webhookId, host: fields.host } };
        await audit.append(trx, { name: "system", requestId: "" }, entry);
      }
    });
    log.info(fields, "the address of a webhook is confirmed");
    return;
  }
  const attempts = webhook.confirmation_attempts + 1;
  const jitter = (random(1)[0] ?? 0) / 255;
  const next = nextAttemptAt(policy, { attempts, now, retryAfter: undefined }, jitter);
  const failed = { attempts, reason: refusal, now, nextAttemptAt: next };
  await database.writeRelaxed((trx) => refuseAddress(trx, { appId, url }, failed));
  log.warn({ ...fields, attempt: attempts, why: refusal }, "the address of a webhook is not confirmed");
}
