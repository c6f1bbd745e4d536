import { Counter, collectDefaultMetrics, Registry } from "prom-client";

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
  };
}
