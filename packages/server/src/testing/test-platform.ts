import { createHash, type KeyObject } from "node:crypto";
import type { Resource } from "../features/resources/index.ts";
import { KeyRing, listSigningKeys, signingKeyState } from "../features/signing-keys/index.ts";
import { parseMasterKeys, Vault } from "../infrastructure/crypto/index.ts";
import { parseAllowed } from "../infrastructure/outbound/index.ts";
import type { Config } from "../wiring/config.ts";
import type { State } from "../wiring/development/index.ts";
import { createPlatform, type Platform } from "../wiring/platform.ts";
import { listen } from "../wiring/server.ts";
import type { StubResource } from "../wiring/stub-resource.ts";
import { createAppServers } from "./app-servers.ts";
import { type Credentials, createCredentials } from "./credentials.ts";
import { createDeliveries, type Deliveries } from "./deliveries.ts";
import type { TestKitError } from "./kit-error.ts";
import { type KnownOptions, requireKnown } from "./known-options.ts";
import { createManage, type Manage } from "./manage.ts";
import { createActions, type PlatformActions } from "./platform-actions.ts";
import { createDeliveryReports } from "./refused-deliveries.ts";
import { seededBytes, seededUuid } from "./seeded-random.ts";
import { createTestClock, type TestClock } from "./test-clock.ts";
import { openTestDirectory } from "./test-database.ts";
import { createTestFaults, type TestFaults } from "./test-faults.ts";
import { openTestSchema } from "./test-schema.ts";
import { exportTestState, importTestState, timeAfter } from "./test-state.ts";

/** A platform for one test, with HTTP on loopback, a clock that the test moves, and reproducible ids. */
export interface TestPlatform extends PlatformActions, Credentials, Deliveries, AsyncDisposable {
  /** `http://127.0.0.1:<port>`; the issuer too. */
  readonly url: string;
  readonly clock: TestClock;
  readonly faults: TestFaults;
  readonly adminKey: string;
  /** The platform, for everything that the methods do not cover. */
  readonly platform: Platform;
  /** Calls the management API, for what has no method of its own. */
  readonly manage: Manage;
  /**
   * Serves an app in this process, such as `app.fetch` of the SDK, until the platform stops. Returns its address on loopback,
   * such as `http://127.0.0.1:40123`.
   */
  serve(handle: (request: Request) => Response | Promise<Response>): Promise<string>;
  /** Adds stubs; each replaces one with the same method and path. Throws `invalid_stub`. */
  stub(resource: StubResource): void;
  /**
   * Resolves when every delivery that is due has been attempted. Throws `deliveries_refused` for attempts that the app
   * did not accept or that did not reach it, each of them once.
   */
  settled(): Promise<void>;
  /**
   * Everything that the platform has stored, as JSON for the option `state`. It contains secrets, and the key that they are
   * encrypted with. Throws `STATE_TOO_LARGE` above 100,000 rows.
   */
  export(): Promise<State>;
  /** The active signing key, for tests that need access tokens with a valid signature and wrong claims. */
  signingKey(): Promise<{ readonly kid: string; readonly privateKey: KeyObject }>;
  /**
   * Stops the platform; `await using` does it too. Then throws `deliveries_refused` for refused deliveries that
   * `settled()` has not reported.
   */
  close(): Promise<void>;
}

export interface TestPlatformOptions {
  /** The same seed gives the same ids and secrets; default `"latchkey"`. */
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
  /** Whether `settled()` and `close()` report deliveries that the app refused; default `"report"`. */
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
  /** Level of the log on standard output; default `"silent"`. `"error"` shows the stack of a stub that throws. */
  readonly logLevel?: "debug" | "info" | "warn" | "error" | "silent";
}

const platformOptions: KnownOptions<TestPlatformOptions> = {
  seed: null,
  now: null,
  confirmWebhooks: null,
  deliveryTimeoutMs: null,
  apiRateLimit: null,
  resources: null,
  stubs: null,
  state: null,
  encryptionKey: null,
  database: ["sqlite", "postgres"],
  deliveryPolicy: ["wix", "standard"],
  refusedDeliveries: ["report", "allow"],
  logLevel: ["debug", "info", "warn", "error", "silent"],
};

/**
 * Starts a platform for a test. Throws `invalid_option`, `invalid_time`, `invalid_state`.
 *
 * @example
 * await using platform = await createTestPlatform({ seed: "refuses a removed instance", resources: [stores] });
 * const { appId } = await platform.createApp({ scopes: ["SCOPE.DC-STORES.READ-PRODUCTS"] });
 * const { siteId } = await platform.createSite();
 * const instance = await platform.install({ appId, siteId });
 * const token = await platform.token(instance);
 * await platform.clock.advance("4h");
 */
export async function createTestPlatform(options: TestPlatformOptions = {}): Promise<TestPlatform> {
  requireKnown("createTestPlatform", options, platformOptions);
  const seed = options.seed ?? "latchkey";
  const { clock, platformClock } = createTestClock(options.now ?? timeAfter(options.state));
  const random = seededBytes(seed);
  const encryptionKey = options.encryptionKey ?? options.state?.encryptionKey ?? sha256("master key");
  const masterKeys = parseMasterKeys(encryptionKey);
  const storage = options.database === "postgres" ? await openTestSchema() : openTestDirectory();
  // The issuer contains the port, so the port is chosen first.
  const config = createConfig(options, { ...storage, masterKeys, port: await freePort() });
  const start = async (): Promise<Platform> => {
    const { state } = options;
    if (state !== undefined) await importTestState(config.databaseUrl, state, { ...options, clock: platformClock });
    return await createPlatform(config, {
      resources: options.resources ?? [],
      clock: platformClock,
      random,
      randomUuid: () => seededUuid(random),
      deliveryPolicy: { timeoutMs: options.deliveryTimeoutMs ?? 10_000 },
      stubs: options.stubs ?? [],
    });
  };
  const platform = await start().catch(async (error: unknown) => {
    await storage.remove();
    throw error;
  });
  const server = await listen(platform, { host: config.host, port: config.port });
  const reports = options.refusedDeliveries === "allow" ? undefined : createDeliveryReports(platform.database.read);
  const appServers = createAppServers();
  const served = { platform, url: config.publicUrl, adminKey: config.adminKey };
  const manage = createManage(served);
  const vault = new Vault(masterKeys, random);
  const stop = async (): Promise<void> => {
    let refused: TestKitError | undefined;
    try {
      refused = await reports?.withResponse();
    } finally {
      await server.stop(0);
      await platform.close();
      await appServers.close();
      await storage.remove();
    }
    if (refused !== undefined) throw refused;
  };
  let stopping: Promise<void> | undefined;
  const close = (): Promise<void> => {
    stopping ??= stop();
    return stopping;
  };
  return {
    ...served,
    clock,
    faults: createTestFaults(platform),
    manage,
    ...createActions(platform, manage),
    ...createCredentials(served, vault),
    ...createDeliveries(manage, platform.settled),
    serve: appServers.serve,
    stub: (resource) => platform.stub?.(resource),
    async settled() {
      await platform.settled();
      await reports?.all();
    },
    export: () => exportTestState(platform, encryptionKey),
    async signingKey() {
      const keys = await listSigningKeys(platform.database.read);
      const kid = keys.findLast((key) => signingKeyState(key, clock.now()) === "active")?.kid ?? "";
      return { kid, privateKey: await new KeyRing(platform.database, vault).privateKey(kid) };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The configuration of a development server that only this machine reaches. */
function createConfig(
  options: TestPlatformOptions,
  given: Pick<Config, "databaseUrl" | "masterKeys" | "port"> & { readonly directory: string },
): Config & { readonly adminKey: string } {
  const { databaseUrl, directory, masterKeys, port } = given;
  return {
    environment: "development",
    host: "127.0.0.1",
    port,
    publicUrl: `http://127.0.0.1:${port}`,
    dataDirectory: directory,
    databaseUrl,
    masterKeys,
    adminKey: `test-admin-key-${sha256(options.seed ?? "latchkey")}`,
    logLevel: options.logLevel ?? "silent",
    ...(options.apiRateLimit === undefined ? {} : { apiRateLimits: { instance: options.apiRateLimit } }),
    ...{ deliveryPolicy: options.deliveryPolicy ?? "wix", pluginIssuer: "wix.com" },
    ...{ eventBytesPerApp: 1_000_000_000, pendingDeliveriesPerApp: 100_000, logRowsPerApp: 100_000 },
    ...{ confirmWebhooks: options.confirmWebhooks ?? false, signUp: true },
    outboundAllow: parseAllowed("127.0.0.0/8,::1", ""),
    ...{ trustedProxies: [], resources: [], drainDelayMs: 0 },
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

async function freePort(): Promise<number> {
  const { createServer } = await import("node:net");
  return await new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
