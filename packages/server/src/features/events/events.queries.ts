import type { Identity } from "@latchkey/protocol";
import type { Clock } from "../../infrastructure/clock/index.ts";
import { afterCommit, type Ids, type Write } from "../../infrastructure/database/index.ts";
import { traceparent } from "../../infrastructure/observability/index.ts";

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
  /** A UUIDv7, for payloads that contain the id. Default: a new one. */
  readonly eventId?: string;
  /** Whether the caller inserts the deliveries itself, so that fan-out skips the event. Default: false. */
  readonly fannedOut?: boolean;
}

const rowsPerInsert = 500;

/** Appends events. Webhooks fans them out into deliveries later. */
export class EventLog {
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #listeners: (() => void)[] = [];

  constructor({ clock, ids }: { clock: Clock; ids: Ids }) {
    this.#clock = clock;
    this.#ids = ids;
  }

  /**
   * Appends events in the transaction of the change that they describe.
   *
   * @returns their ids
   */
  async append(trx: Write, events: readonly NewEvent[]): Promise<string[]> {
    const now = this.#clock.now();
    const cause = traceparent();
    const rows = events.map((event) => ({
      event_id: event.eventId ?? this.#ids.ordered(),
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
    for (let start = 0; start < rows.length; start += rowsPerInsert) {
      await trx
        .insertInto("events")
        .values(rows.slice(start, start + rowsPerInsert))
        .execute();
    }
    if (rows.length > 0) for (const listener of this.#listeners) afterCommit(trx, listener);
    return rows.map((row) => row.event_id);
  }

  /** Calls `listener` after each commit of this process that appended events; not for other processes. */
  onStored(listener: () => void): void {
    this.#listeners.push(listener);
  }
}
