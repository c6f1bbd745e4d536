import { type Clock, isoTime, seconds } from "../../../infrastructure/clock/index.ts";
import type { Vault } from "../../../infrastructure/crypto/index.ts";
import type { Database, Ids, RandomBytes } from "../../../infrastructure/database/index.ts";
import { describeError, type Log, type Metrics } from "../../../infrastructure/observability/index.ts";
import type { Outbound } from "../../../infrastructure/outbound/index.ts";
import type { AppKeyRing, AppSigningKey } from "../../apps/index.ts";
import { createSecretOpener, type OpenSecrets } from "../subscriptions/index.ts";
import { type AttemptResult, classifyAttempt } from "./attempt-outcome.ts";
import type { AttemptWriter } from "./attempt-writer.ts";
import {
  type ClaimedDelivery,
  claimDue,
  type DueWebhook,
  findDueWebhooks,
  releaseClaims,
} from "./claim.queries.ts";
import { createConcurrencyLimits } from "./concurrency-limits.ts";
import type { DeliveryPolicy } from "./delivery-policies.ts";
import { nextAttemptAt } from "./retry-schedule.ts";
import { signedRequest } from "./signed-request.ts";

export interface DispatcherSources {
  readonly appKeys: AppKeyRing;
  readonly clock: Clock;
  readonly database: Database;
  readonly ids: Ids;
  readonly issuer: string;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly outbound: Outbound;
  readonly policy: DeliveryPolicy;
  readonly random: RandomBytes;
  readonly vault: Vault;
}

/** Sends what is due. */
export interface Dispatcher {
  /** Claims what there is room for and begins to send it. Resolves to whether there may be more to claim at once. */
  dispatch(): Promise<boolean>;
  /** Deliveries that were claimed since the start. */
  readonly claimed: number;
  /** Resolves when nothing is on its way. */
  idle(): Promise<void>;
  /** Waits for what is on its way, for as long as `patience` does not resolve, and gives back the rest. */
  stop(patience: Promise<void>): Promise<void>;
}

const webhooksPerClaim = 100;
const slots = { perWebhook: 64, total: 512 };
/** Slots that must be free before the next claim, when many requests are in flight. */
const slotsPerClaim = 16;
/** How much longer than the longest attempt a lease lasts: signing, waiting for a socket, recording. */
const leaseReserve = seconds(20);

/** @param finished is called when slots are free for another claim */
export function createDispatcher(
  sources: DispatcherSources,
  { finished, attemptWriter }: { attemptWriter: AttemptWriter; finished: () => void },
): Dispatcher {
  const { clock, database, log, policy } = sources;
  const limits = createConcurrencyLimits(slots);
  const underWay = new Map<string, Promise<void>>();
  const openSecrets = createSecretOpener(sources.vault);
  let freed = 0;
  let stopping = false;
  let after = "";
  let claimedInAll = 0;

  const send = async (webhook: DueWebhook, delivery: ClaimedDelivery, key: AppSigningKey): Promise<void> => {
    let delivered = false;
    try {
      const { result, startedAt } = await attempt({ ...sources, openSecrets }, webhook, { delivery, key });
      delivered = result.outcome === "delivered";
      // What fails because the process stops says nothing of its endpoint.
      if (stopping && !delivered) return;
      await attemptWriter.write(settle(sources, { delivery, webhook, result, startedAt }));
      underWay.delete(delivery.delivery_id);
    } catch (error) {
      // Nothing was sent, and the lease will end.
      log.error(describeError(error), "a delivery could not be prepared");
      underWay.delete(delivery.delivery_id);
    } finally {
      limits.release(webhook.webhook_id, delivered);
      // Some at a time, where there are many: each claim is a transaction.
      freed += 1;
      if (freed >= Math.min(slotsPerClaim, limits.inFlight / 4)) finished();
    }
  };

  return {
    get claimed() {
      return claimedInAll;
    },
    async dispatch() {
      freed = 0;
      const now = clock.now();
      const found = await findDueWebhooks(database.read, { after, limit: webhooksPerClaim, now });
      // Once through all of them; when a place is free again, somebody says so.
      const more = found.length === webhooksPerClaim;
      after = more ? (found.at(-1)?.webhook_id ?? "") : "";
      const open = found.filter((webhook) => limits.freeSlots(webhook) > 0);
      if (open.length === 0 || stopping) return more;
      const keys = await sources.appKeys.signingKeys([...new Set(open.map((webhook) => webhook.app_id))]);
      const leaseMs = policy.timeoutMs + leaseReserve;
      const claimed = await database.writeRelaxed(async (trx) => {
        const all: { webhook: DueWebhook; delivery: ClaimedDelivery }[] = [];
        for (const webhook of open) {
          const limit = Math.min(limits.freeSlots(webhook), slots.total - limits.inFlight - all.length);
          if (limit <= 0) continue;
          const claim = { webhookId: webhook.webhook_id, limit, now, leaseMs };
          for (const delivery of await claimDue(trx, claim)) all.push({ webhook, delivery });
        }
        return all;
      });
      claimedInAll += claimed.length;
      for (const { delivery, webhook } of claimed) {
        const key = keys.get(webhook.app_id);
        // A clock that leapt has ended its lease, and it is on its way all the same.
        if (key === undefined || underWay.has(delivery.delivery_id)) continue;
        limits.acquire(webhook.webhook_id);
        underWay.set(delivery.delivery_id, send(webhook, delivery, key));
      }
      return more;
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay.values());
    },
    async stop(patience) {
      stopping = true;
      await Promise.race([Promise.all(underWay.values()), patience]);
      await sources.outbound.close();
      await attemptWriter.stop();
      await Promise.all(underWay.values());
      const left = [...underWay.keys()];
      await database.writeRelaxed((trx) => releaseClaims(trx, left, clock.now()));
    },
  };
}

/** One HTTP try. */
async function attempt(
  { clock, ids, issuer, openSecrets, outbound, policy }: DispatcherSources & { openSecrets: OpenSecrets },
  webhook: DueWebhook,
  { delivery, key }: { delivery: ClaimedDelivery; key: AppSigningKey },
): Promise<{ result: AttemptResult; startedAt: number }> {
  const { app_id: appId, webhook_id: webhookId, url } = webhook;
  const startedAt = clock.now();
  const secrets = openSecrets(webhook, startedAt);
  const { body, headers } = await signedRequest(
    delivery,
    { ...key, issuer, jti: ids.guid(), appId, webhookId, secrets },
    startedAt,
  );
  const response = await outbound.post({ url, headers, body, timeoutMs: policy.timeoutMs });
  return { result: classifyAttempt(policy, response), startedAt };
}

/** What an attempt means for its delivery, told to log and metrics. */
function settle(
  { clock, log, metrics, policy, random }: DispatcherSources,
  ended: { webhook: DueWebhook; delivery: ClaimedDelivery; result: AttemptResult; startedAt: number },
) {
  const { delivery, startedAt, result, webhook } = ended;
  const attempts = delivery.attempts + 1;
  const delivered = result.outcome === "delivered";
  const gone = policy.listens && result.status === 410;
  const failure = {
    attempts: attempts - delivery.attempt_offset,
    now: clock.now(),
    retryAfter: result.retryAfter,
  };
  const next = delivered ? undefined : nextAttemptAt(policy, failure, (random(1)[0] ?? 0) / 255);
  metrics.deliveryAttempts.inc({ outcome: result.outcome });
  metrics.deliveryDuration.observe(result.durationMs / 1_000);
  if (attempts === 1) metrics.deliveryLag.observe(Math.max(0, startedAt - delivery.occurred_at) / 1_000);
  if (!delivered) {
    log.warn(
      {
        ...{ deliveryId: delivery.delivery_id, webhookId: webhook.webhook_id, appId: webhook.app_id },
        ...{ eventType: delivery.event_type, host: new URL(webhook.url).host, attempt: attempts },
        ...{ outcome: result.outcome, why: result.detail },
        nextAttemptAt: next === undefined ? null : isoTime(next),
      },
      next === undefined ? "a delivery failed for the last time; replay it" : "a delivery failed",
    );
  }
  return {
    ...{ deliveryId: delivery.delivery_id, webhookId: webhook.webhook_id, attempt: attempts, startedAt },
    ...{ result, nextAttemptAt: next, blocksUntilAttempted: delivery.blocks_until_attempted === 1, gone },
  };
}
