import { seededAt, seededId } from "../platform/seeded-ids.ts";
import { inserts } from "../platform/seeded-instances.ts";

/** The receivers of seeded deliveries. */
export interface Target {
  readonly appId: string;
  readonly webhookIds: readonly string[];
  readonly eventType: string;
}

/** SQL that inserts due deliveries, spread over webhooks; each has its own event and instance. */
export function* dueDeliveries({ appId, eventType, webhookIds }: Target, count: number): Iterable<string> {
  const payload = JSON.stringify({ n: 1, text: "x".repeat(100) });
  const events = "event_id, event_type, site_id, payload, occurred_at, fanned_out_at";
  yield* inserts(`events (${events})`, count, (index) => [
    ...[seededId("event", index), eventType, seededId("site", index), payload, seededAt, seededAt],
  ]);
  const columns =
    "delivery_id, event_id, webhook_id, app_id, instance_id, event_type, sequence, status, attempts, attempt_offset, next_attempt_at, ordered, blocks_until_attempted, created_at";
  yield* inserts(`deliveries (${columns})`, count, (index) => [
    ...[seededId("delivery", index), seededId("event", index)],
    ...[webhookIds[index % webhookIds.length] ?? "", appId, seededId("instance", index)],
    ...[eventType, 1, "pending", 0, 0, seededAt, 0, 0, seededAt],
  ]);
}

/** SQL that inserts delivered deliveries that are older than their retention, each with its event and one attempt. */
export function* expiredDeliveries(appId: string, count: number): Iterable<string> {
  const endedAt = seededAt + 1_000;
  const ids = (index: number): string => orderedId(seededAt, index);
  const payload = JSON.stringify({ n: 1, text: "x".repeat(100) });
  const events = "event_id, event_type, site_id, payload, occurred_at, fanned_out_at";
  yield* inserts(`events (${events})`, count, (index) => [
    ...[ids(index), "own.benchmark", seededId("site", index), payload, seededAt, seededAt],
  ]);
  const columns =
    "delivery_id, event_id, webhook_id, app_id, instance_id, event_type, sequence, status, attempts, attempt_offset, ordered, blocks_until_attempted, created_at, ended_at";
  yield* inserts(`deliveries (${columns})`, count, (index) => [
    ...[ids(index), ids(index), seededId("webhook", 0), appId, seededId("instance", index)],
    ...["own.benchmark", 1, "delivered", 1, 0, 0, 0, seededAt, endedAt],
  ]);
  const attempts = "delivery_id, attempt, started_at, duration_ms, format, outcome, status";
  yield* inserts(`delivery_attempts (${attempts})`, count, (index) => [
    ...[ids(index), 1, seededAt, 10, "jwt", "delivered", 200],
  ]);
}

/** A UUIDv7 of `epochMs` that is computed from its index. */
function orderedId(epochMs: number, index: number): string {
  const time = epochMs.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${index.toString(16).padStart(12, "0")}`;
}

/** SQL that inserts events of one site that are not fanned out. */
export function* pendingEvents(siteId: string, eventType: string, count: number): Iterable<string> {
  const columns = "event_id, event_type, site_id, payload, occurred_at";
  yield* inserts(`events (${columns})`, count, (index) => [
    ...[seededId("event", index), eventType, siteId, JSON.stringify({ n: index }), seededAt],
  ]);
}

/** SQL that inserts `count` apps on one site, each with a paused webhook. */
export function* subscribers(siteId: string, eventType: string, count: number): Iterable<string> {
  const app = (index: number): string => seededId("app", index);
  yield* inserts(
    "apps (app_id, name, gen, scopes, enabled, token_format, token_lifetime, created_at, updated_at)",
    count,
    (index) => [app(index), "App", 1, "[]", 1, "jwt", 14_400, seededAt, seededAt],
  );
  yield* inserts(
    "instances (instance_id, app_id, site_id, state, gen, granted_scopes, created_at, updated_at)",
    count,
    (index) => [seededId("instance", index), app(index), siteId, "installed", 1, "[]", seededAt, seededAt],
  );
  yield* inserts(
    "instance_sequences (instance_id, app_id, site_id, state, last_sequence)",
    count,
    (index) => [...[seededId("instance", index), app(index), siteId, "installed", 0]],
  );
  yield* inserts(
    "webhooks (webhook_id, app_id, event_type, url, format, sealed_secret, failures, last_warning_percent, paused_at, confirmation, confirmation_attempts, created_at, updated_at)",
    count,
    (index) => [
      ...[seededId("webhook", index), app(index), eventType, "http://127.0.0.1:9999/", "jwt", ""],
      ...[0, 0, seededAt, "not_required", 0, seededAt, seededAt],
    ],
  );
}
