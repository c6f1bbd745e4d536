import type { Resource } from "../features/resources/index.ts";
import type { State } from "../wiring/development/index.ts";
import type { StubResource } from "../wiring/stub-resource.ts";
import type { KnownOptions } from "./known-options.ts";

export interface TestPlatformOptions {
  /** The same seed gives the same ids and secrets, and in one process the same key pairs of apps; default `"latchkey"`. */
  readonly seed?: string;
  /** Default `"sqlite"`, in a directory of its own; `"postgres"` uses a schema of its own at `TEST_DATABASE_URL`. */
  readonly database?: "sqlite" | "postgres";
  /** Initial time in epoch milliseconds; default: the real time, which apps use to check webhooks. */
  readonly now?: number;
  /** The delivery policy of webhooks; default `"wix"`. */
  readonly deliveryPolicy?: "wix" | "standard";
  /** Whether new webhook addresses are confirmed before they get events, as in production; default false. */
  readonly confirmWebhooks?: boolean;
  /** Timeout of deliveries in milliseconds of real time; default 10,000, which suits slow machines. */
  readonly deliveryTimeoutMs?: number;
  /** Whether `settled()` and `close()` report deliveries that the app refused or did not subscribe to; default `"report"`. */
  readonly refusedDeliveries?: "report" | "allow";
  /** APIs that the platform serves, such as `stores` of `@latchkey/stores`; default none. */
  readonly resources?: readonly Resource[];
  /** API calls of an instance in one minute; default: no limit. */
  readonly apiRateLimit?: number;
  /** Responses to paths that the platform does not serve; default 404 `ENDPOINT_NOT_SERVED`. */
  readonly stubs?: readonly StubResource[];
  /** The state to begin with, from `export()` or `GET /admin/v1/dev/state`; default: an empty platform. */
  readonly state?: State;
  /** The key that the secrets of `state` are encrypted with; default: the one in the state. */
  readonly encryptionKey?: string;
  /**
   * Level of the log on standard output; default `"silent"`. `"debug"` shows each request with the reason of a refusal, and each
   * delivery; `"error"` shows only errors of the platform, such as the stack of a stub that throws.
   */
  readonly logLevel?: "debug" | "info" | "warn" | "error" | "silent";
}

/** What the options take. `now` and `state` are checked where they are read. */
export const platformOptions: KnownOptions<TestPlatformOptions> = {
  seed: "string",
  now: null,
  confirmWebhooks: "boolean",
  deliveryTimeoutMs: "number",
  apiRateLimit: "number",
  resources: "array",
  stubs: "array",
  state: null,
  encryptionKey: "string",
  database: ["sqlite", "postgres"],
  deliveryPolicy: ["wix", "standard"],
  refusedDeliveries: ["report", "allow"],
  logLevel: ["debug", "info", "warn", "error", "silent"],
};
