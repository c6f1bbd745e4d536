import type { Identity } from "@latchkey/protocol";
import { type Clock, days } from "../../infrastructure/clock/index.ts";
import { afterCommit, type Ids, type Write } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { type Metrics, traceparent } from "../../infrastructure/observability/index.ts";
import { addEventBytes, readEventBytes } from "./event-quota.queries.ts";

/** An event to append. */
export interface NewEvent {
  readonly eventType: string;
  readonly siteId: string;
  /** For events that concern one instance only. */
  readonly instanceId?: string;
  readonly appId?: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Who caused it, when known. */
  readonly identity?: Identity;
  /** The app whose change caused the event: it counts for the quota of this app. Absent for changes of the platform. */
  readonly causedBy?: string;
  /** A UUIDv7, for payloads that contain the id. Default: a new one. */
  readonly eventId?: string;
  /** Whether the caller inserts the deliveries itself, so that fan-out skips the event. Default: false. */
  readonly fannedOut?: boolean;
}

export interface EventLogDependencies {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly metrics: Pick<Metrics, "quotaExceeded">;
  /** Bytes of events that the changes of one app may append in 30 days. */
  readonly maxBytesPerApp: number;
}

const rowsPerInsert = 500;

interface StoredEvent {
  readonly event_id: string;
  readonly payload: string;
  readonly identity: string | null;
}

/** Appends events. Webhooks fans them out into deliveries later. */
export class EventLog {
  readonly #dependencies: EventLogDependencies;
  readonly #listeners: (() => void)[] = [];

  constructor(dependencies: EventLogDependencies) {
    this.#dependencies = dependencies;
  }

  /** Bytes of events that the changes of one app may append in 30 days. */
  get maxBytesPerApp(): number {
    return this.#dependencies.maxBytesPerApp;
  }

  /**
   * Appends events in the transaction of the change that they describe.
   *
   * Throws `EVENT_QUOTA_EXCEEDED` when the app that caused them has appended as much as it may.
   *
   * @returns their ids
   */
  async append(trx: Write, events: readonly NewEvent[]): Promise<string[]> {
    const { clock, ids } = this.#dependencies;
    const now = clock.now();
    const cause = traceparent();
    const rows = events.map((event) => ({
      event_id: event.eventId ?? ids.ordered(),
      event_type: event.eventType,
      app_id: event.appId ?? null,
      site_id: event.siteId,
      instance_id: event.instanceId ?? null,
      payload: JSON.stringify(event.payload),
      identity: event.identity === undefined ? null : JSON.stringify(event.identity),
      occurred_at: now,
      fan_out_cursor: null,
      fanned_out_at: event.fannedOut === true ? now : null,
      traceparent: cause,
    }));
    const sized = rows.map((row, index) => ({ ...row, causedBy: events[index]?.causedBy }));
    for (const [appId, caused] of Map.groupBy(sized, (row) => row.causedBy)) {
      if (appId !== undefined) await this.#count(trx, { appId, caused, now });
    }
    for (let start = 0; start < rows.length; start += rowsPerInsert) {
      await trx
        .insertInto("events")
        .values(rows.slice(start, start + rowsPerInsert))
        .execute();
    }
    if (rows.length > 0) for (const listener of this.#listeners) afterCommit(trx, listener);
    return rows.map((row) => row.event_id);
  }

  /** Counts events for the quota of an app. Changes at the same moment may exceed it together. */
  async #count(
    trx: Write,
    { appId, caused, now }: { appId: string; caused: readonly StoredEvent[]; now: number },
  ): Promise<void> {
    const { maxBytesPerApp, metrics } = this.#dependencies;
    const bytes = caused.reduce(
      (sum, { identity, payload }) => sum + Buffer.byteLength(payload) + Buffer.byteLength(identity ?? ""),
      0,
    );
    if ((await readEventBytes(trx, appId, now)) + bytes > maxBytesPerApp) {
      metrics.quotaExceeded.inc({ quota: "event_bytes" });
      throw new ApiError("EVENT_QUOTA_EXCEEDED", {
        data: { maxBytes: maxBytesPerApp },
        headers: { "retry-after": String(Math.ceil((days(1) - (now % days(1))) / 1_000)) },
      });
    }
    await addEventBytes(trx, { appId, bytes, eventId: caused[0]?.event_id ?? "", now });
  }

  /** Calls `listener` after each commit of this process that appended events; not for other processes. */
  onStored(listener: () => void): void {
    this.#listeners.push(listener);
  }
}
