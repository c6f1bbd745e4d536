import type { Identity } from "@latchkey/protocol";
import type { Clock } from "../../infrastructure/clock/index.ts";
import { afterCommit, type Ids, type Write } from "../../infrastructure/database/index.ts";

/** Something that happened on a site, as features append it. */
export interface NewEvent {
  readonly eventType: string;
  readonly siteId: string;
  /** For events that concern one instance only. */
  readonly instanceId?: string;
  readonly appId?: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Who caused it, where that is known. */
  readonly identity?: Identity;
  /** An id made beforehand, for payloads that hold it. Default: a new one. */
  readonly eventId?: string;
  /** An event that is nobody's by itself: whoever appends it makes its deliveries. Default: false. */
  readonly fannedOut?: boolean;
}

/** Appends events; deliveries are made from them later, by whoever delivers. */
export interface EventLog {
  /**
   * Appends in the transaction of the change itself, so that neither exists without the other.
   *
   * @returns their ids
   */
  append(trx: Write, events: readonly NewEvent[]): Promise<string[]>;
  /** Calls `listener` each time this process has stored events; others store theirs unheard. */
  onStored(listener: () => void): void;
}

const rowsPerInsert = 500;

export function createEventLog(sources: { clock: Clock; ids: Ids }): EventLog {
  const listeners: (() => void)[] = [];
  return {
    onStored: (listener) => void listeners.push(listener),
    async append(trx, events) {
      const rows = events.map((event) => ({
        event_id: event.eventId ?? sources.ids.ordered(),
        event_type: event.eventType,
        app_id: event.appId ?? null,
        site_id: event.siteId,
        instance_id: event.instanceId ?? null,
        payload: JSON.stringify(event.payload),
        identity: event.identity === undefined ? null : JSON.stringify(event.identity),
        occurred_at: sources.clock.now(),
        fan_out_cursor: null,
        fanned_out_at: event.fannedOut === true ? sources.clock.now() : null,
      }));
      for (let start = 0; start < rows.length; start += rowsPerInsert) {
        await trx
          .insertInto("events")
          .values(rows.slice(start, start + rowsPerInsert))
          .execute();
      }
      if (rows.length > 0) for (const listener of listeners) afterCommit(trx, listener);
      return rows.map((row) => row.event_id);
    },
  };
}
