import { Counter, Gauge } from "prom-client";
import { callErrorCodes } from "../../features/service-plugins/index.ts";
import { activeKeyTimes } from "../../features/signing-keys/index.ts";
import { invalidReasons } from "../../features/tokens/index.ts";
import { attemptOutcomes } from "../../features/webhooks/index.ts";
import type { Clock } from "../../infrastructure/clock/index.ts";
import type { Database } from "../../infrastructure/database/index.ts";
import { oauthErrors } from "../../infrastructure/errors/index.ts";
import {
  type Metrics,
  measure,
  sameEverywhere,
  startAtZero,
  version,
} from "../../infrastructure/observability/index.ts";

interface Dependencies {
  readonly clock: Clock;
  readonly database: Database;
  readonly metrics: Metrics;
}

/** Registers the metrics of the state of the process, and creates every counter with zero. */
export function measureState({ clock, database, metrics }: Dependencies): void {
  const { registry } = metrics;
  startAtZero(metrics.tokenRequests, "outcome", ["ok", ...Object.keys(oauthErrors)]);
  startAtZero(metrics.tokenChecks, "outcome", ["ok", ...invalidReasons]);
  startAtZero(metrics.responses, "status", ["2xx", "3xx", "4xx", "5xx"]);
  startAtZero(metrics.deliveryAttempts, "outcome", attemptOutcomes);
  startAtZero(metrics.pluginCalls, "outcome", ["ANSWERED", ...callErrorCodes]);
  startAtZero(metrics.quotaExceeded, "quota", ["event_bytes", "log_rows", "pending_deliveries"]);
  new Gauge({
    name: "latchkey_build_info",
    help: "1, with the version of Latchkey, the version of Node and the kind of database as labels.",
    labelNames: ["version", "node", "database"],
    registers: [registry],
  }).set({ version, node: process.versions.node, database: database.engine }, 1);
  measureDatabase(metrics, database);
  measure(registry, "latchkey_signing_key_active_since_timestamp_seconds", {
    help: `When the active signing key began to sign. ${sameEverywhere}`,
    value: async () => (await activeKeyTimes(database.read, clock.now())).activeAt / 1_000,
  });
  measure(registry, "latchkey_signing_key_next_rotation_timestamp_seconds", {
    help: `When the next signing key begins to sign. ${sameEverywhere}`,
    value: async () => (await activeKeyTimes(database.read, clock.now())).nextAt / 1_000,
  });
}

function measureDatabase({ registry }: Metrics, database: Database): void {
  const registers = [registry];
  new Gauge({
    name: "latchkey_database_connections",
    help: "Connections to the database by pool and state; max is the limit, waiting counts callers.",
    labelNames: ["pool", "state"],
    registers,
    collect() {
      for (const { idle, max, open, pool, waiting } of database.usage().pools) {
        for (const [state, value] of Object.entries({ busy: open - idle, idle, max, waiting }))
          this.set({ pool, state }, value);
      }
    },
  });
  new Gauge({
    name: "latchkey_database_searches",
    help: "Queries of callers that run, and that wait for a connection.",
    labelNames: ["state"],
    registers,
    collect() {
      for (const [state, value] of Object.entries(database.usage().searches)) this.set({ state }, value);
    },
  });
  new Counter({
    name: "latchkey_database_failures_total",
    help: "Connections and queries that failed because the database was unavailable.",
    registers,
    collect() {
      this.reset();
      this.inc(database.usage().failures);
    },
  });
}
