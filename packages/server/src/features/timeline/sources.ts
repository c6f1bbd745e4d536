import type { Queries } from "../../infrastructure/database/index.ts";
import type { FoundPage, Page } from "../../infrastructure/management/index.ts";
import { listAuditEntries } from "../audit/index.ts";
import type { Instance } from "../instances/index.ts";
import { listCalls } from "../service-plugins/index.ts";
import { listTokenLog } from "../tokens/index.ts";
import { listDeliveries } from "../webhooks/index.ts";

export const timelineKinds = ["refused-request", "delivery", "plugin-call", "change"] as const;

export type TimelineKind = (typeof timelineKinds)[number];

/** Something that is recorded about an instance. */
export interface TimelineEntry {
  readonly kind: TimelineKind;
  /** Of its row: begins with the time of the row, in each table. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly name: string;
  readonly outcome?: string | undefined;
  readonly detail?: string | null | undefined;
  readonly httpStatus?: number | null | undefined;
  readonly durationMs?: number | undefined;
  readonly requests?: number;
  readonly lastAt?: number | null;
  readonly actor?: string;
  readonly requestId?: string;
}

interface Asked {
  readonly instance: Instance;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

interface Source {
  readonly kind: TimelineKind;
  /** The operation that lists the rows. Who may call it for the instance sees them in the timeline. */
  readonly operation: string;
  find(db: Queries, asked: Asked, page: Page): Promise<FoundPage<TimelineEntry>>;
}

/** The lists that the timeline consists of. */
export const sources: readonly Source[] = [
  {
    kind: "refused-request",
    operation: "listTokenLog",
    async find(db, { instance, ...times }, page) {
      // Another app can name the instance, and its requests are in the log of that app.
      const { appId, instanceId } = instance;
      const found = await listTokenLog(db, { appId, instanceId, ...times }, page);
      return show(found, (entry) => ({
        kind: "refused-request",
        id: entry.entry_id,
        at: entry.first_at,
        lastAt: entry.last_at,
        name: entry.route,
        outcome: entry.reason,
        requests: entry.requests,
        requestId: entry.last_request_id,
      }));
    },
  },
  {
    kind: "delivery",
    operation: "listDeliveries",
    async find(db, { instance, ...times }, page) {
      const found = await listDeliveries(db, { instanceId: instance.instanceId, ...times }, page);
      return show(found, ({ delivery, lastAttempt }) => ({
        kind: "delivery",
        id: delivery.delivery_id,
        at: delivery.created_at,
        lastAt: delivery.ended_at,
        name: delivery.event_type,
        outcome: delivery.status,
        detail: lastAttempt?.detail,
        httpStatus: lastAttempt?.status,
        durationMs: lastAttempt?.duration_ms,
      }));
    },
  },
  {
    kind: "plugin-call",
    operation: "listServicePluginCalls",
    async find(db, { instance, ...times }, page) {
      const found = await listCalls(db, { instanceId: instance.instanceId, ...times }, page);
      return show(found, (call) => ({
        kind: "plugin-call",
        id: call.call_id,
        at: call.started_at,
        name: `${call.component_type}.${call.method}`,
        outcome: call.outcome,
        detail: call.detail,
        httpStatus: call.status,
        durationMs: call.duration_ms,
        requestId: call.request_id,
      }));
    },
  },
  {
    kind: "change",
    operation: "listAuditEntries",
    async find(db, { instance, ...times }, page) {
      const found = await listAuditEntries(db, { instanceId: instance.instanceId, ...times }, page);
      return show(found, (entry) => ({
        kind: "change",
        id: entry.entry_id,
        at: entry.occurred_at,
        name: entry.action,
        actor: entry.actor,
        requestId: entry.request_id,
      }));
    },
  },
];

function show<Row>(
  { rows, ...found }: FoundPage<Row>,
  toEntry: (row: Row) => TimelineEntry,
): FoundPage<TimelineEntry> {
  return { ...found, rows: rows.map(toEntry) };
}
