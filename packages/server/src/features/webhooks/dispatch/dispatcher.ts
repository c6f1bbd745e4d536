import { createCache } from "../../../infrastructure/cache/index.ts";
import { isoTime, pause, seconds } from "../../../infrastructure/clock/index.ts";
import type { Vault } from "../../../infrastructure/crypto/index.ts";
import type { Ids, RandomBytes, WebhooksTable } from "../../../infrastructure/database/index.ts";
import {
  createSampledWarnings,
  describeError,
  excerpt,
  type Metrics,
  type Warn,
} from "../../../infrastructure/observability/index.ts";
import type { Outbound } from "../../../infrastructure/outbound/index.ts";
import type { AppKeyRing, AppSigningKey } from "../../apps/index.ts";
import type { Counts } from "../../counts/index.ts";
import type { DeliveryFaults, DeliveryWithEvent } from "../deliveries/index.ts";
import { createSecretOpener, type OpenSecrets } from "../subscriptions/index.ts";
import { type AttemptResult, classifyAttempt } from "./attempt-outcome.ts";
import { AttemptWriter, type AttemptWriterDependencies } from "./attempt-writer.ts";
import { claimDue, findDueWebhooks, leaseDeliveries, releaseClaims } from "./claim.queries.ts";
import type { DeliveryPolicy } from "./delivery-policies.ts";
import { DeliverySlots } from "./delivery-slots.ts";
import { type EndedAttempt, endAttempt } from "./ended-attempt.ts";
import { signedRequest } from "./signed-request.ts";

export interface DispatcherDependencies extends AttemptWriterDependencies {
  readonly appKeys: AppKeyRing;
  readonly counts: Counts;
  /** In development, the log has the first words of a response that refuses a delivery. */
  readonly development: boolean;
  /** Only in development. */
  readonly deliveryFaults?: DeliveryFaults | undefined;
  readonly ids: Ids;
  /** The `iss` claim of webhooks. */
  readonly issuer: string;
  readonly metrics: Metrics;
  readonly outbound: Outbound;
  readonly policy: DeliveryPolicy;
  readonly random: RandomBytes;
  readonly vault: Vault;
}

interface Claim {
  readonly webhook: WebhooksTable;
  readonly delivery: DeliveryWithEvent;
}

const webhooksPerClaim = 100;
const maxRememberedTurns = 10_000;
const slotLimits = { total: 512, perHost: 256, perWebhook: 64 };
/** Deliveries that are sent or wait until their attempt is stored. */
const maxUnfinished = 1_024;
/** Pause after a claim while many requests are in flight, in seconds: slots that become free form the next claim. */
const claimPause = 0.02;
/** Slots that must be free before the next claim while many requests are in flight: each claim is a transaction. */
const slotsPerClaim = 32;
/** Lease time beyond the time limit of an attempt, for signing, waiting for a socket and storing the result. */
const leaseReserve = seconds(20);

/** Sends deliveries that are due. */
export class Dispatcher {
  /** Number of deliveries claimed since the start. */
  claimed = 0;
  readonly #dependencies: DispatcherDependencies;
  readonly #wake: () => void;
  readonly #attemptWriter: AttemptWriter;
  readonly #inFlight = new Map<string, Promise<void>>();
  readonly #slots = new DeliverySlots(slotLimits);
  readonly #openSecrets: OpenSecrets;
  readonly #warn: Warn;
  /** By webhook id: the instance whose turn was last. */
  readonly #lastInstances = createCache<string, string>({ maxEntries: maxRememberedTurns });
  /** Slots that became free since the last claim. */
  #freed = 0;
  /** Id of the webhook where the next claim continues. */
  #cursor = "";
  /** Whether something was claimed since the last page of due webhooks. Without, they are read again later. */
  #claimedInRound = false;
  #stopping = false;

  /** @param wake called when more can be claimed: enough slots are free, or a delivery waits no longer */
  constructor(dependencies: DispatcherDependencies, wake: () => void) {
    this.#dependencies = dependencies;
    this.#wake = wake;
    this.#attemptWriter = new AttemptWriter(dependencies);
    this.#openSecrets = createSecretOpener(dependencies.vault);
    this.#warn = createSampledWarnings(dependencies);
  }

  /** Claims as many deliveries as there are free slots, and starts to send them. Resolves to whether more may be due. */
  async dispatch(): Promise<boolean> {
    const { appKeys, clock, database } = this.#dependencies;
    this.#freed = 0;
    const now = clock.now();
    const due = await findDueWebhooks(database.read, { after: this.#cursor, limit: webhooksPerClaim, now });
    const isLastPage = due.length < webhooksPerClaim;
    const more = !isLastPage || this.#claimedInRound;
    if (isLastPage) this.#claimedInRound = false;
    this.#cursor = isLastPage ? "" : (due.at(-1)?.webhook_id ?? "");
    const ready = due.filter((webhook) => this.#slots.free(webhook) > 0);
    if (ready.length === 0 || this.#stopping) return more;
    if (this.#inFlight.size >= maxUnfinished) return false;
    const keys = await appKeys.signingKeys([...new Set(ready.map((webhook) => webhook.app_id))]);
    const claims = await this.#claim(ready, now);
    if (claims.length > 0) this.#claimedInRound = true;
    this.claimed += claims.length;
    for (const claim of claims) {
      const key = keys.get(claim.webhook.app_id);
      const id = claim.delivery.delivery_id;
      // A clock that is moved forward ends the lease of a delivery that is still in flight.
      if (key === undefined || this.#inFlight.has(id)) this.#slots.giveBack(claim.webhook);
      else this.#inFlight.set(id, this.#send(claim, key));
    }
    if (claims.length > 0 && this.#slots.inFlight > slotsPerClaim) await pause(claimPause);
    return more;
  }

  /** Resolves when no attempt is in flight. */
  async idle(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight.values());
  }

  /** Waits for attempts in flight until `timeout` resolves, aborts the others and releases their claims. */
  async stop(timeout: Promise<void>): Promise<void> {
    const { clock, database, outbound } = this.#dependencies;
    this.#stopping = true;
    await Promise.race([Promise.all(this.#inFlight.values()), timeout]);
    await outbound.close();
    await this.#attemptWriter.stop();
    await Promise.all(this.#inFlight.values());
    const unsent = [...this.#inFlight.keys()];
    await database.writeRelaxed((trx) => releaseClaims(trx, unsent, clock.now()));
  }

  /**
   * Claims due deliveries of webhooks, as many as each has free slots, and takes these slots. The next call of `dispatch`
   * begins with the first webhook for which no slot was left.
   */
  async #claim(webhooks: readonly WebhooksTable[], now: number): Promise<Claim[]> {
    const { database, policy } = this.#dependencies;
    const leaseMs = policy.timeoutMs + leaseReserve;
    const claims: Claim[] = [];
    const giveBack = (): void => {
      for (const { webhook } of claims.splice(0)) this.#slots.giveBack(webhook);
    };
    try {
      await database.writeRelaxed(async (trx) => {
        // The transaction may run again.
        giveBack();
        let continueAfter: string | undefined;
        for (const [index, webhook] of webhooks.entries()) {
          const limit = this.#slots.free(webhook);
          if (limit === 0) {
            continueAfter ??= webhooks[index - 1]?.webhook_id;
            continue;
          }
          const webhookId = webhook.webhook_id;
          const after = this.#lastInstances.get(webhookId) ?? "";
          const { deliveries, lastInstance } = await claimDue(trx, { webhookId, limit, now, after });
          this.#lastInstances.set(webhookId, lastInstance);
          for (const delivery of deliveries) {
            claims.push({ webhook, delivery });
            this.#slots.take(webhook);
          }
        }
        await leaseDeliveries(
          trx,
          claims.map(({ delivery }) => delivery.delivery_id),
          now + leaseMs,
        );
        this.#cursor = continueAfter ?? this.#cursor;
      });
    } catch (error) {
      giveBack();
      throw error;
    }
    return claims;
  }

  async #send(claim: Claim, key: AppSigningKey): Promise<void> {
    const { clock, deliveryFaults, log } = this.#dependencies;
    const { delivery, webhook } = claim;
    const id = delivery.delivery_id;
    if (deliveryFaults && (await deliveryFaults.postpone(delivery))) {
      this.#slots.giveBack(webhook);
      this.#inFlight.delete(id);
      return;
    }
    const startedAt = clock.now();
    let result: AttemptResult | undefined;
    try {
      result = await this.#attempt(claim, key, startedAt);
    } catch (error) {
      // Nothing was sent. The delivery is due again when its lease ends.
      log.error(describeError(error), "a delivery could not be prepared");
    }
    const delivered = result?.outcome === "delivered";
    this.#release(webhook, delivered);
    // The shutdown aborted the request. The endpoint did not fail, so the claim is released.
    if (result !== undefined && this.#stopping && !delivered) return;
    if (result !== undefined) {
      const ended = endAndReport(
        { ...this.#dependencies, warn: this.#warn },
        { ...claim, result, startedAt },
      );
      await this.#attemptWriter.write(ended);
      // Another delivery of the instance may wait for this attempt.
      if (delivery.ordered === 1 || delivery.blocks_until_attempted === 1) this.#wake();
    }
    this.#inFlight.delete(id);
  }

  #release(webhook: WebhooksTable, delivered: boolean): void {
    this.#slots.release(webhook, delivered);
    this.#freed += 1;
    if (this.#freed >= Math.min(slotsPerClaim, this.#slots.inFlight / 4)) this.#wake();
  }

  async #attempt({ delivery, webhook }: Claim, key: AppSigningKey, now: number): Promise<AttemptResult> {
    const { deliveryFaults, ids, issuer, outbound, policy } = this.#dependencies;
    const secrets = this.#openSecrets(webhook, now);
    const material = { ...key, format: webhook.format, issuer, jti: ids.guid(), secrets };
    const request = await signedRequest(delivery, material, now);
    const span = {
      name: "webhook attempt",
      parent: delivery.traceparent,
      attributes: {
        "latchkey.app_id": delivery.app_id,
        "latchkey.delivery_id": delivery.delivery_id,
        "latchkey.event_type": delivery.event_type,
      },
    };
    const sent = { ...request, span, url: webhook.url, timeoutMs: policy.timeoutMs };
    const result = await (deliveryFaults ? deliveryFaults.post(delivery, sent) : outbound.post(sent));
    return classifyAttempt(policy, result);
  }
}

/** Ends an attempt, and reports it to log and metrics. */
function endAndReport(
  { clock, counts, development, log, metrics, policy, random, warn }: DispatcherDependencies & { warn: Warn },
  { delivery, result, startedAt, webhook }: Claim & { result: AttemptResult; startedAt: number },
): EndedAttempt {
  const jitter = (random(1)[0] ?? 0) / 255;
  const now = clock.now();
  const ended = endAttempt(policy, { delivery, result, startedAt, format: webhook.format, now }, jitter);
  const { attempt, deliveryId, nextAttemptAt, webhookId } = ended;
  metrics.deliveryAttempts.inc({ outcome: result.outcome });
  metrics.deliveryDuration.observe(result.durationMs / 1_000);
  counts.addTimed({ ...result, metric: "deliveries", appId: delivery.app_id });
  if (attempt === 1) metrics.deliveryLag.observe(Math.max(0, startedAt - delivery.occurred_at) / 1_000);
  const delivered = result.outcome === "delivered";
  if (delivered && !log.isLevelEnabled("debug")) return ended;
  const { app_id: appId, event_type: eventType } = delivery;
  const fields = {
    ...{ deliveryId, webhookId, appId, eventType, attempt, outcome: result.outcome },
    status: result.status ?? undefined,
    durationMs: Math.round(result.durationMs),
    reason: endpointReason(result),
    why: result.detail ?? undefined,
    retryInMs: nextAttemptAt && nextAttemptAt - now,
  };
  const { host, origin, pathname } = new URL(webhook.url);
  if (!delivered) {
    const retryAt = nextAttemptAt === undefined ? null : isoTime(nextAttemptAt);
    const text = retryAt === null ? "a delivery failed for the last time; replay it" : "a delivery failed";
    warn(`${webhookId} ${text}`, { ...fields, host, nextAttemptAt: retryAt }, text);
  }
  // Without the query, which may contain a secret.
  const body = development && !delivered ? excerpt(result.response ?? "") : "";
  log.debug({ ...fields, url: origin + pathname, ...(body !== "" && { body }) }, "delivery attempt");
  return ended;
}

/** The `reason`, or else the `error`, in the response of an endpoint that refuses a webhook, as the SDK writes it. */
function endpointReason({ outcome, response }: AttemptResult): string | undefined {
  if (outcome !== "wrong_status" || response === null) return undefined;
  try {
    const { error, reason } = JSON.parse(response) as { error?: unknown; reason?: unknown };
    return [reason, error].find((text) => typeof text === "string" && /^\w{1,40}$/.test(text)) as
      | string
      | undefined;
  } catch {
    return undefined;
  }
}
