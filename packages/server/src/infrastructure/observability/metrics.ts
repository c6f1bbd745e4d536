import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";

/** Prometheus metrics; labels are from fixed sets, never ids. */
export interface Metrics {
  readonly registry: Registry;
  /** Token requests by outcome: `ok` or the RFC 6749 error. */
  readonly tokenRequests: Counter<"outcome">;
  /** Checks of access tokens at APIs by outcome. */
  readonly tokenChecks: Counter<"outcome">;
  /** Refusals of known apps that the token log has no room for. */
  readonly tokenLogLeftOut: Counter;
  /** HTTP answers by class of status, such as `2xx`. */
  readonly responses: Counter<"status">;
  /** Attempts to deliver webhooks by outcome. */
  readonly deliveryAttempts: Counter<"outcome">;
  /** How long attempts take, in seconds. */
  readonly deliveryDuration: Histogram;
  /** From an event to the first attempt to deliver it, in seconds. */
  readonly deliveryLag: Histogram;
  /** Calls of service plugins by outcome: `ANSWERED`, or the code of the error. */
  readonly pluginCalls: Counter<"outcome">;
  /** How long calls of service plugins take, in seconds. */
  readonly pluginDuration: Histogram;
  /** Work of maintenance that failed and is tried again an hour later, such as `delete deliveries`. */
  readonly maintenanceFailures: Counter<"work">;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: "latchkey_" });
  return {
    registry,
    tokenRequests: new Counter({
      name: "latchkey_token_requests_total",
      help: "Token requests by outcome.",
      labelNames: ["outcome"],
      registers,
    }),
    tokenChecks: new Counter({
      name: "latchkey_token_checks_total",
      help: "Access tokens checked at APIs by outcome.",
      labelNames: ["outcome"],
      registers,
    }),
    tokenLogLeftOut: new Counter({
      name: "latchkey_token_log_left_out_total",
      help: "Refused token requests that came too fast to be kept one by one.",
      registers,
    }),
    responses: new Counter({
      name: "latchkey_http_responses_total",
      help: "HTTP answers by class of status.",
      labelNames: ["status"],
      registers,
    }),
    deliveryAttempts: new Counter({
      name: "latchkey_delivery_attempts_total",
      help: "Attempts to deliver webhooks by outcome.",
      labelNames: ["outcome"],
      registers,
    }),
    deliveryDuration: new Histogram({
      name: "latchkey_delivery_attempt_seconds",
      help: "How long attempts to deliver webhooks take.",
      buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    deliveryLag: new Histogram({
      name: "latchkey_delivery_lag_seconds",
      help: "From an event to the first attempt to deliver it.",
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300, 3_600],
      registers,
    }),
    pluginCalls: new Counter({
      name: "latchkey_service_plugin_calls_total",
      help: "Calls of service plugins by outcome.",
      labelNames: ["outcome"],
      registers,
    }),
    maintenanceFailures: new Counter({
      name: "latchkey_maintenance_failures_total",
      help: "Hourly work that failed, by what it was; it is tried again an hour later.",
      labelNames: ["work"],
      registers,
    }),
    pluginDuration: new Histogram({
      name: "latchkey_service_plugin_call_seconds",
      help: "How long calls of service plugins take.",
      buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
  };
}
