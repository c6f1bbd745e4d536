import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { seconds, systemClock } from "../clock/index.ts";

/** Prometheus metrics. Labels have fixed sets of values, never ids. */
export interface Metrics {
  readonly registry: Registry;
  /** Token requests by outcome: `ok` or the RFC 6749 error. */
  readonly tokenRequests: Counter<"outcome">;
  /** Checks of access tokens at APIs by outcome. */
  readonly tokenChecks: Counter<"outcome">;
  /** Requests whose App secret, access token or API key is refused, by the credential and the reason. */
  readonly refusedRequests: Counter<"kind" | "reason">;
  /** Refused requests of an app without an entry of their own in the token log, because they came too fast. */
  readonly tokenLogLeftOut: Counter;
  /** HTTP responses by class of status, such as `2xx`. */
  readonly responses: Counter<"status">;
  /** Seconds from receiving the headers of a request to its response. `route` is the path in the OpenAPI document. */
  readonly requestDuration: Histogram<"method" | "route" | "status">;
  /** Connections that broke while they were idle. */
  readonly databaseConnectionErrors: Counter;
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
  /** When each maintenance step succeeded last, in epoch seconds; 0 before. */
  readonly maintenanceSuccess: Gauge<"work">;
}

export function createMetrics(): Metrics {
  const registry = createRegistry();
  const register: Register = {
    counter: (name, help, ...labelNames) => new Counter({ name, help, labelNames, registers: [registry] }),
    gauge: (name, help, ...labelNames) => new Gauge({ name, help, labelNames, registers: [registry] }),
    histogram: (name, help, { buckets, labelNames = [] }) =>
      new Histogram({ name, help, buckets, labelNames, registers: [registry] }),
  };
  return { registry, ...requestMetrics(register), ...appMetrics(register), ...databaseMetrics(register) };
}

let processMetrics: Registry | undefined;

/** Measured once in a process: the observers of prom-client never end, and would keep each registry for ever. */
function measureProcess(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  // Only counters may end with `_total`. `nodejs_active_handles` and others have the same figures.
  for (const kind of ["handles", "requests", "resources"])
    registry.removeSingleMetric(`nodejs_active_${kind}_total`);
  return registry;
}

function createRegistry(): Registry {
  processMetrics ??= measureProcess();
  return Registry.merge([processMetrics]);
}

/** Creates metrics of a registry. */
interface Register {
  counter<Label extends string>(name: string, help: string, ...labelNames: Label[]): Counter<Label>;
  gauge<Label extends string>(name: string, help: string, ...labelNames: Label[]): Gauge<Label>;
  histogram<Label extends string>(
    name: string,
    help: string,
    options: { buckets: number[]; labelNames?: Label[] },
  ): Histogram<Label>;
}

function requestMetrics({ counter, histogram }: Register) {
  return {
    tokenRequests: counter("latchkey_token_requests_total", "Token requests by outcome.", "outcome"),
    tokenChecks: counter(
      "latchkey_token_checks_total",
      "Access tokens checked at APIs by outcome.",
      "outcome",
    ),
    refusedRequests: counter(
      "latchkey_refused_requests_total",
      "Requests whose App secret, access token or API key is refused.",
      ...(["kind", "reason"] as const),
    ),
    tokenLogLeftOut: counter(
      "latchkey_token_log_left_out_total",
      "Refused requests without an entry of their own in the token log, because they came too fast.",
    ),
    responses: counter("latchkey_http_responses_total", "HTTP responses by class of status.", "status"),
    requestDuration: histogram(
      "latchkey_http_request_duration_seconds",
      "Time from the headers of a request to its response.",
      {
        buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
        labelNames: ["route", "method", "status"],
      },
    ),
  };
}

/** Metrics of requests to apps. */
function appMetrics({ counter, histogram }: Register) {
  return {
    deliveryAttempts: counter(
      "latchkey_delivery_attempts_total",
      "Webhook delivery attempts by outcome.",
      "outcome",
    ),
    deliveryDuration: histogram(
      "latchkey_delivery_attempt_seconds",
      "Duration of webhook delivery attempts.",
      { buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] },
    ),
    deliveryLag: histogram(
      "latchkey_delivery_lag_seconds",
      "From an event to the first attempt to deliver it.",
      { buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300, 3_600] },
    ),
    pluginCalls: counter(
      "latchkey_service_plugin_calls_total",
      "Calls of service plugins by outcome.",
      "outcome",
    ),
    pluginDuration: histogram("latchkey_service_plugin_call_seconds", "Duration of service plugin calls.", {
      buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    }),
    quotaExceeded: counter(
      "latchkey_quota_exceeded_total",
      "Changes refused, deliveries not attempted, and logs shortened, because a quota of an app is used up.",
      "quota",
    ),
  };
}

function databaseMetrics({ counter, gauge }: Register) {
  return {
    databaseConnectionErrors: counter(
      "latchkey_database_connection_errors_total",
      "Idle connections to the database that broke.",
    ),
    maintenanceFailures: counter(
      "latchkey_maintenance_failures_total",
      "Failed steps of hourly maintenance by step.",
      "work",
    ),
    maintenanceSuccess: gauge(
      "latchkey_maintenance_last_success_timestamp_seconds",
      "When each step of maintenance last succeeded in this process; 0 before.",
      "work",
    ),
  };
}

/** Creates the series of a metric, so that `increase()` counts the first event too. */
export function startAtZero<Label extends string>(
  metric: { inc(labels: Partial<Record<Label, string>>, value: number): void },
  label: Label,
  values: Iterable<string>,
): void {
  for (const value of values) metric.inc({ [label]: value } as Record<Label, string>, 0);
}

/** The end of the help text of a gauge that describes the database, not the process. */
export const sameEverywhere = "The same in every process of one database: use max(), not sum().";

/** How long a scrape waits for a value, in milliseconds. */
const patience = seconds(2);

/** Registers a gauge whose value is read at each scrape; NaN when it cannot be read, as while the database is down. */
export function measure(
  registry: Registry,
  name: string,
  { help, value }: { help: string; value: () => number | Promise<number> },
): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      const { promise, resolve } = Promise.withResolvers<number>();
      const timer = systemClock.after(patience, () => resolve(Number.NaN));
      Promise.resolve()
        .then(value)
        .then(resolve, () => resolve(Number.NaN));
      this.set(await promise);
      timer.cancel();
    },
  });
}
