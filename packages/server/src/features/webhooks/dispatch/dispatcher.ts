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
import { type ConcurrencyLimits, createConcurrencyLimits } from "./concurrency-limits.ts";
import type { DeliveryPolicy } from "./delivery-policies.ts";
import { type EndedAttempt, endAttempt } from "./ended-attempt.ts";
import { signedRequest } from "./signed-request.ts";

export interface DispatcherDependencies {
  readonly appKeys: AppKeyRing;
  readonly clock: Clock;
  readonly database: Database;
  readonly ids: Ids;
  /** The `iss` claim of webhooks. */
  readonly issuer: string;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly outbound: Outbound;
  readonly policy: DeliveryPolicy;
  readonly random: RandomBytes;
  readonly vault: Vault;
}

/** Sends deliveries that are due. */
export interface Dispatcher {
  /** Claims as many deliveries as there are free slots, and starts to send them. Resolves to whether more may be due. */
  dispatch(): Promise<boolean>;
  /** Number of deliveries claimed since the start. */
  readonly claimed: number;
  /** Resolves when no attempt is in flight. */
  idle(): Promise<void>;
  /** Waits for attempts in flight until `timeout` resolves, aborts the others and releases their claims. */
  stop(timeout: Promise<void>): Promise<void>;
}

const webhooksPerClaim = 100;
const slots = { perWebhook: 64, total: 512 };
/** Slots that must be free before the next claim while many requests are in flight: each claim is a transaction. */
const slotsPerClaim = 16;
/** Lease time beyond the time limit of an attempt, for signing, waiting for a socket and storing the result. */
const leaseReserve = seconds(20);

/** @param onSlotsFree is called when enough slots are free for another claim */
export function createDispatcher(
  dependencies: DispatcherDependencies,
  { attemptWriter, onSlotsFree }: { attemptWriter: AttemptWriter; onSlotsFree: () => void },
): Dispatcher {
  const { clock, database, log } = dependencies;
  const limits = createConcurrencyLimits(slots);
  const inFlight = new Map<string, Promise<void>>();
  const openSecrets = createSecretOpener(dependencies.vault);
  let freed = 0;
  let stopping = false;
  let after = "";
  let claimedInTotal = 0;

  const send = async (webhook: DueWebhook, delivery: ClaimedDelivery, key: AppSigningKey): Promise<void> => {
    let delivered = false;
    try {
      const attempt = { webhook, delivery, key, openSecrets };
      const { result, startedAt } = await performAttempt(dependencies, attempt);
      delivered = result.outcome === "delivered";
      // The shutdown aborted it, which says nothing about the endpoint; its claim is released.
      if (stopping && !delivered) return;
      await attemptWriter.write(endAndReport(dependencies, { webhook, delivery, result, startedAt }));
      inFlight.delete(delivery.delivery_id);
    } catch (error) {
      // Nothing was sent. The delivery is due again when its lease ends.
      log.error(describeError(error), "a delivery could not be prepared");
      inFlight.delete(delivery.delivery_id);
    } finally {
      limits.release(webhook.webhook_id, delivered);
      freed += 1;
      if (freed >= Math.min(slotsPerClaim, limits.inFlight / 4)) onSlotsFree();
    }
  };

  return {
    get claimed() {
      return claimedInTotal;
    },
    async dispatch() {
      freed = 0;
      const now = clock.now();
      const due = await findDueWebhooks(database.read, { after, limit: webhooksPerClaim, now });
      const more = due.length === webhooksPerClaim;
      after = more ? (due.at(-1)?.webhook_id ?? "") : "";
      const ready = due.filter((webhook) => limits.freeSlots(webhook) > 0);
      if (ready.length === 0 || stopping) return more;
      const keys = await dependencies.appKeys.signingKeys([
        ...new Set(ready.map((webhook) => webhook.app_id)),
      ]);
      const claimed = await claimForSlots(dependencies, ready, { limits, now });
      claimedInTotal += claimed.length;
      for (const { delivery, webhook } of claimed) {
        const key = keys.get(webhook.app_id);
        // A clock that is moved forward ends the lease of a delivery that is still in flight.
        if (key === undefined || inFlight.has(delivery.delivery_id)) continue;
        limits.acquire(webhook.webhook_id);
        inFlight.set(delivery.delivery_id, send(webhook, delivery, key));
      }
      return more;
    },
    async idle() {
      while (inFlight.size > 0) await Promise.all(inFlight.values());
    },
    async stop(timeout) {
      stopping = true;
      await Promise.race([Promise.all(inFlight.values()), timeout]);
      await dependencies.outbound.close();
      await attemptWriter.stop();
      await Promise.all(inFlight.values());
      const unsent = [...inFlight.keys()];
      await database.writeRelaxed((trx) => releaseClaims(trx, unsent, clock.now()));
    },
  };
}

interface Claim {
  readonly webhook: DueWebhook;
  readonly delivery: ClaimedDelivery;
}

/** Claims due deliveries of webhooks, as many as each has free slots. */
async function claimForSlots(
  { database, policy }: DispatcherDependencies,
  webhooks: readonly DueWebhook[],
  { limits, now }: { limits: ConcurrencyLimits; now: number },
): Promise<Claim[]> {
  const leaseMs = policy.timeoutMs + leaseReserve;
  return await database.writeRelaxed(async (trx) => {
    const claimed: Claim[] = [];
    for (const webhook of webhooks) {
      const limit = Math.min(limits.freeSlots(webhook), slots.total - limits.inFlight - claimed.length);
      if (limit <= 0) continue;
      const claim = { webhookId: webhook.webhook_id, limit, now, leaseMs };
      for (const delivery of await claimDue(trx, claim)) claimed.push({ webhook, delivery });
    }
    return claimed;
  });
}

async function performAttempt(
  { clock, ids, issuer, outbound, policy }: DispatcherDependencies,
  { delivery, key, openSecrets, webhook }: Claim & { key: AppSigningKey; openSecrets: OpenSecrets },
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

/** Ends an attempt, and reports it to log and metrics. */
function endAndReport(
  { clock, log, metrics, policy, random }: DispatcherDependencies,
  { delivery, result, startedAt, webhook }: Claim & { result: AttemptResult; startedAt: number },
): EndedAttempt {
  const webhookId = webhook.webhook_id;
  const now = clock.now();
  const ended = endAttempt(
    policy,
    { delivery, webhookId, result, startedAt, now },
    (random(1)[0] ?? 0) / 255,
  );
  const { attempt, deliveryId, nextAttemptAt } = ended;
  metrics.deliveryAttempts.inc({ outcome: result.outcome });
  metrics.deliveryDuration.observe(result.durationMs / 1_000);
  if (attempt === 1) metrics.deliveryLag.observe(Math.max(0, startedAt - delivery.occurred_at) / 1_000);
  if (result.outcome !== "delivered") {
    log.warn(
      {
        ...{ deliveryId, webhookId, appId: webhook.app_id, eventType: delivery.event_type },
        ...{ host: new URL(webhook.url).host, attempt, outcome: result.outcome, why: result.detail },
        nextAttemptAt: nextAttemptAt === undefined ? null : isoTime(nextAttemptAt),
      },
      nextAttemptAt === undefined ? "a delivery failed for the last time; replay it" : "a delivery failed",
    );
  }
  return ended;
}
