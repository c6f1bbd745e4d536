import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";

/** Prometheus metrics. Labels have fixed sets of values, never ids. */
export interface Metrics {
  readonly registry: Registry;
  /** Token requests by outcome: `ok` or the RFC 6749 error. */
  readonly tokenRequests: Counter<"outcome">;
  /** Checks of access tokens at APIs by outcome. */
  readonly tokenChecks: Counter<"outcome">;
  /** Rejected token requests that the token log omits, because they came too fast. */
  readonly tokenLogLeftOut: Counter;
  /** HTTP responses by class of status, such as `2xx`. */
  readonly responses: Counter<"status">;
  /** Webhook delivery attempts by outcome. */
  readonly deliveryAttempts: Counter<"outcome">;
  /** Duration of attempts, in seconds. */
  readonly deliveryDuration: Histogram;
  /** From an event to the first attempt to deliver it, in seconds. */
  readonly deliveryLag: Histogram;
  /** Calls of service plugins by outcome: `ANSWERED`, or the code of the error. */
  readonly pluginCalls: Counter<"outcome">;
  /** Duration of service plugin calls, in seconds. */
  readonly pluginDuration: Histogram;
  /** What an app was refused because its quota is used up. */
  readonly quotaExceeded: Counter<"quota">;
  /** Failed maintenance steps, such as `delete deliveries`. They run again an hour later. */
  readonly maintenanceFailures: Counter<"work">;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: "latchkey_" });
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter({ name, help, labelNames, registers });
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name, help, buckets, registers });
  return {
    registry,
    tokenRequests: counter("latchkey_token_requests_total", "Token requests by outcome.", "outcome"),
    tokenChecks: counter(
      "latchkey_token_checks_total",
      "Access tokens checked at APIs by outcome.",
      "outcome",
    ),
    tokenLogLeftOut: counter(
      "latchkey_token_log_left_out_total",
      "Rejected token requests that the token log omits, because they came too fast.",
    ),
    responses: counter("latchkey_http_responses_total", "HTTP responses by class of status.", "status"),
    deliveryAttempts: counter(
      "latchkey_delivery_attempts_total",
      "Webhook delivery attempts by outcome.",
      "outcome",
    ),
    deliveryDuration: histogram(
      "latchkey_delivery_attempt_seconds",
      "Duration of webhook delivery attempts.",
      [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    ),
    deliveryLag: histogram(
      "latchkey_delivery_lag_seconds",
      "From an event to the first attempt to deliver it.",
      [0.01, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300, 3_600],
    ),
    pluginCalls: counter(
      "latchkey_service_plugin_calls_total",
      "Calls of service plugins by outcome.",
      "outcome",
    ),
    pluginDuration: histogram(
      "latchkey_service_plugin_call_seconds",
      "Duration of service plugin calls.",
      [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    ),
    quotaExceeded: withZeros(
      counter(
        "latchkey_quota_exceeded_total",
        "Changes refused, and deliveries not attempted, because a quota of an app is used up.",
        "quota",
      ),
      ["event_bytes", "pending_deliveries"],
    ),
    maintenanceFailures: counter(
      "latchkey_maintenance_failures_total",
      "Failed steps of hourly maintenance by step.",
      "work",
    ),
  };
}

function withZeros(counter: Counter<"quota">, quotas: readonly string[]): Counter<"quota"> {
  for (const quota of quotas) counter.inc({ quota }, 0);
  return counter;
}
