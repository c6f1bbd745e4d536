import { plantedId } from "../platform/planted-ids.ts";
import { inserts } from "../platform/planting.ts";

const plantedAt = 1_790_000_000_000;

/** Where planted deliveries go. */
export interface Target {
  readonly appId: string;
  readonly webhookIds: readonly string[];
  readonly eventType: string;
}

/** SQL for deliveries that are due, spread over webhooks; each for an event and an instance of its own. */
export function* dueDeliveries({ appId, eventType, webhookIds }: Target, count: number): Iterable<string> {
  const payload = JSON.stringify({ n: 1, text: "x".repeat(100) });
  const events = "event_id, event_type, site_id, payload, occurred_at, fanned_out_at";
  yield* inserts(`events (${events})`, count, (index) => [
    ...[plantedId("event", index), eventType, plantedId("site", index), payload, plantedAt, plantedAt],
  ]);
  const columns =
    "delivery_id, event_id, webhook_id, app_id, instance_id, event_type, sequence, status, attempts, attempt_offset, next_attempt_at, ordered, blocks_until_attempted, created_at";
  yield* inserts(`deliveries (${columns})`, count, (index) => [
    ...[plantedId("delivery", index), plantedId("event", index)],
    ...[webhookIds[index % webhookIds.length] ?? "", appId, plantedId("instance", index)],
    ...[eventType, 1, "pending", 0, 0, plantedAt, 0, 0, plantedAt],
  ]);
}

/** SQL for as many apps on one site, each with a paused subscription. */
export function* subscribers(siteId: string, eventType: string, count: number): Iterable<string> {
  const app = (index: number): string => plantedId("app", index);
  yield* inserts(
    "apps (app_id, name, gen, scopes, legacy, enabled, token_format, token_lifetime, created_at, updated_at)",
    count,
    (index) => [app(index), "App", 1, "[]", 0, 1, "jwt", 14_400, plantedAt, plantedAt],
  );
  yield* inserts(
    "instances (instance_id, app_id, site_id, state, gen, granted_scopes, created_at, updated_at)",
    count,
    (index) => [plantedId("instance", index), app(index), siteId, "installed", 1, "[]", plantedAt, plantedAt],
  );
  yield* inserts(
    "instance_sequences (instance_id, app_id, site_id, state, last_sequence)",
    count,
    (index) => [...[plantedId("instance", index), app(index), siteId, "installed", 0]],
  );
  yield* inserts(
    "webhooks (webhook_id, app_id, event_type, url, sealed_secret, failures, last_warning_percent, paused_at, created_at, updated_at)",
    count,
    (index) => [
      ...[plantedId("webhook", index), app(index), eventType, "http://127.0.0.1:9999/", ""],
      ...[0, 0, plantedAt, plantedAt, plantedAt],
    ],
  );
}
