import type { WebhookFormat } from "@latchkey/protocol";

export interface EventsTable {
  event_id: string;
  event_type: string;
  app_id: string | null;
  site_id: string;
  instance_id: string | null;
  /** JSON. */
  payload: string;
  /** JSON: the identity that caused the event, in the format of the wire protocol. */
  identity: string | null;
  occurred_at: number;
  /** During fan-out: the last instance whose deliveries exist. */
  fan_out_cursor: string | null;
  fanned_out_at: number | null;
  /** The span of the request that caused the event (W3C Trace Context). */
  traceparent: string | null;
}

export interface EventTypesTable {
  event_type: string;
  description: string;
  /** The permission that an instance needs; null when none is needed. */
  permission_id: string | null;
  /** The resource that declares it; null for the platform and the management API. */
  resource: string | null;
  created_at: number;
}

/** A subscription of an app. */
export interface WebhooksTable {
  webhook_id: string;
  app_id: string;
  event_type: string;
  url: string;
  format: WebhookFormat;
  sealed_secret: string;
  /** Also signs until `previous_secret_expires_at`. */
  sealed_previous_secret: string | null;
  previous_secret_expires_at: number | null;
  /** Consecutive failures. */
  failures: number;
  failing_since: number | null;
  /** 0, 50, 70 or 90. */
  last_warning_percent: number;
  paused_at: number | null;
  pause_reason: "manual" | "failing" | "gone" | "unconfirmed" | null;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
  /** Whether the address is confirmed by its owner. */
  confirmation: "not_required" | "unconfirmed" | "confirmed";
  /** Failed confirmations in a row. */
  confirmation_attempts: number;
  confirmation_attempted_at: number | null;
  /** Why the last confirmation failed. */
  confirmation_reason: string | null;
  /** When the confirmation is attempted next; null without one. */
  confirmation_due_at: number | null;
}

/** The event sequence of an instance, and its state after the last event that is fanned out. */
export interface InstanceSequencesTable {
  instance_id: string;
  app_id: string;
  site_id: string;
  state: "installed" | "suspended" | "removed";
  last_sequence: number;
}

/** One event on its way to one subscription of one instance. */
export interface DeliveriesTable {
  delivery_id: string;
  event_id: string;
  webhook_id: string;
  app_id: string;
  /** Null for a test delivery. */
  instance_id: string | null;
  event_type: string;
  sequence: number | null;
  /** `blocked`: waits for the first attempt of the instance's `AppInstalled`. */
  status: "blocked" | "pending" | "delivered" | "failed" | "canceled";
  attempts: number;
  /** Attempts before the last resend or replay. The retry schedule starts after them. */
  attempt_offset: number;
  /** While it is sent: the end of the lease. */
  next_attempt_at: number | null;
  /** Null unless it is being sent. */
  leased_until: number | null;
  /** 1 while earlier ordered deliveries of the instance and webhook are sent first; 0 after its first attempt. */
  ordered: number;
  /** 1 for an `AppInstalled` before the end of its first attempt: other deliveries of the instance are blocked. */
  blocks_until_attempted: number;
  created_at: number;
  ended_at: number | null;
}

/** One HTTP request. */
export interface DeliveryAttemptsTable {
  delivery_id: string;
  attempt: number;
  started_at: number;
  duration_ms: number;
  /** The format of the body that was sent. */
  format: WebhookFormat;
  outcome: string;
  /** Status of the response, if any. */
  status: number | null;
  /** The beginning of the response body. */
  response: string | null;
  detail: string | null;
}

export interface BackfillsTable {
  backfill_id: string;
  app_id: string;
  /** The last instance whose event exists. */
  position: string;
  processed: number;
  /** Number of instances at the start. */
  total: number;
  created_at: number;
  ended_at: number | null;
}
