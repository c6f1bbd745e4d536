import { createHash, type KeyObject } from "node:crypto";
import { type CreatedApp, generateAppKey, type NewApp } from "../features/apps/index.ts";
import type { Instance } from "../features/instances/index.ts";
import type { Resource } from "../features/resources/index.ts";
import { KeyRing, listSigningKeys, signingKeyState } from "../features/signing-keys/index.ts";
import type { NewSite, Site } from "../features/sites/index.ts";
import { parseMasterKeys, Vault } from "../infrastructure/crypto/index.ts";
import type { Actor } from "../infrastructure/management/index.ts";
import { parseAllowed } from "../infrastructure/outbound/index.ts";
import { createPlatform, type Platform } from "../wiring/platform.ts";
import { listen } from "../wiring/server.ts";
import type { StubResource } from "../wiring/stub-resource.ts";
import type { TestKitError } from "./kit-error.ts";
import { type KnownOptions, requireKnown } from "./known-options.ts";
import { createDeliveryReports } from "./refused-deliveries.ts";
import { createTestClock, type TestClock } from "./test-clock.ts";
import { openTestDirectory } from "./test-database.ts";
import { openTestSchema } from "./test-schema.ts";

/** A platform for one test, with HTTP on loopback, a clock that the test moves, and reproducible ids. */
export interface TestPlatform {
  /** `http://127.0.0.1:<port>`; the issuer too. */
  readonly url: string;
  readonly clock: TestClock;
  readonly adminKey: string;
  /** The platform, for everything that the methods below do not cover. */
  readonly platform: Platform;
  /** Throws `invalid_option`, as `createSite` and `install` do. */
  createApp(app?: Partial<NewApp>): Promise<CreatedApp>;
  createSite(site?: Partial<NewSite>): Promise<Site>;
  install(installation: Installation): Promise<Instance>;
  remove(instanceId: string): Promise<Instance>;
  suspend(instanceId: string): Promise<Instance>;
  resume(instanceId: string): Promise<Instance>;
  /** Replaces the scopes that the owner approves. */
  approve(instanceId: string, grant: readonly string[]): Promise<Instance>;
  /** Adds stubs; each replaces one with the same method and path. Throws `invalid_stub`. */
  stub(resource: StubResource): void;
  /**
   * Resolves when every delivery that is due has been attempted. Throws `deliveries_refused` for attempts that the app
   * did not accept or that did not reach it, each of them once.
   */
  settled(): Promise<void>;
  /** The active signing key, for tests that need access tokens with a valid signature and wrong claims. */
  signingKey(): Promise<{ readonly kid: string; readonly privateKey: KeyObject }>;
  /** Stops the platform. Then throws `deliveries_refused` for refused deliveries that `settled()` has not reported. */
  close(): Promise<void>;
}

/** An app on a site. */
export interface Installation {
  readonly appId: string;
  readonly siteId: string;
  /** Scopes that the owner approves; default: all that the app requests. */
  readonly grant?: readonly string[];
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
  database: ["sqlite", "postgres"],
  deliveryPolicy: ["wix", "standard"],
  refusedDeliveries: ["report", "allow"],
  logLevel: ["debug", "info", "warn", "error", "silent"],
};
const tokenFormat = ["jwt", "wix"];
const appOptions: KnownOptions<NewApp> = {
  name: null,
  scopes: null,
  legacy: null,
  postInstallationUrls: null,
  tokenFormat,
  tokenLifetime: null,
};
const anySite = { name: null, externalId: null, locale: null, currency: null, url: null };
const siteOptions: KnownOptions<NewSite> = anySite;
const installOptions: KnownOptions<Installation> = { appId: null, siteId: null, grant: null };

const actor: Actor = { name: "test", requestId: "" };

/**
 * Starts a platform for a test. Throws `invalid_option`, `invalid_time`.
 *
 * @example
 * const platform = await createTestPlatform({ seed: "refuses a removed instance", resources: [stores] });
 * const app = await platform.createApp({ scopes: ["SCOPE.DC-STORES.READ-PRODUCTS"] });
 * const site = await platform.createSite();
 * const { instanceId } = await platform.install({ appId: app.appId, siteId: site.siteId });
 * await platform.clock.advance("4h");
 * await platform.close();
 */
export async function createTestPlatform(options: TestPlatformOptions = {}): Promise<TestPlatform> {
  requireKnown("createTestPlatform", options, platformOptions);
  const seed = options.seed ?? "latchkey";
  const clock = createTestClock(options.now);
  const random = seededBytes(seed);
  const storage = options.database === "postgres" ? await openTestSchema() : openTestDirectory();
  const adminKey = `test-admin-key-${createHash("sha256").update(seed).digest("hex")}`;
  // The issuer contains the port, so the port is chosen first.
  const port = await freePort();
  const masterKeys = parseMasterKeys(createHash("sha256").update("master key").digest("hex"));
  const url = `http://127.0.0.1:${port}`;
  const platform = await createPlatform(
    {
      environment: "development",
      host: "127.0.0.1",
      port,
      publicUrl: url,
      dataDirectory: storage.directory,
      databaseUrl: storage.databaseUrl,
      masterKeys,
      adminKey,
      logLevel: options.logLevel ?? "silent",
      ...(options.apiRateLimit === undefined ? {} : { apiRateLimits: { instance: options.apiRateLimit } }),
      ...{ deliveryPolicy: options.deliveryPolicy ?? "wix", pluginIssuer: "wix.com" },
      ...{ eventBytesPerApp: 1_000_000_000, pendingDeliveriesPerApp: 100_000, logRowsPerApp: 100_000 },
      ...{ confirmWebhooks: options.confirmWebhooks ?? false, signUp: true },
      outboundAllow: parseAllowed("127.0.0.0/8,::1", ""),
      ...{ trustedProxies: [], resources: [], drainDelayMs: 0 },
    },
    {
      resources: options.resources ?? [],
      clock,
      random,
      randomUuid: () => seededUuid(random),
      deliveryPolicy: { timeoutMs: options.deliveryTimeoutMs ?? 10_000 },
      stubs: options.stubs ?? [],
    },
  ).catch(async (error: unknown) => {
    await storage.remove();
    throw error;
  });
  const server = await listen(platform, { host: "127.0.0.1", port });
  const reportsDeliveries = options.refusedDeliveries !== "allow";
  const reports = reportsDeliveries ? createDeliveryReports(platform.database.read) : undefined;
  return {
    url,
    clock,
    adminKey,
    platform,
    ...actions(platform),
    stub: (resource) => platform.stub?.(resource),
    async settled() {
      await platform.settled();
      await reports?.all();
    },
    async signingKey() {
      const keys = await listSigningKeys(platform.database.read);
      const kid = keys.findLast((key) => signingKeyState(key, clock.now()) === "active")?.kid ?? "";
      const keyRing = new KeyRing(platform.database, new Vault(masterKeys, random));
      return { kid, privateKey: await keyRing.privateKey(kid) };
    },
    async close() {
      let refused: TestKitError | undefined;
      try {
        refused = await reports?.withResponse();
      } finally {
        await server.stop(0);
        await platform.close();
        await storage.remove();
      }
      if (refused !== undefined) throw refused;
    },
  };
}

function actions({ apps, database, instances, sites }: Platform) {
  const write = database.write;
  return {
    async createApp(app: Partial<NewApp> = {}) {
      requireKnown<Partial<NewApp>>("createApp", app, appOptions);
      const key = await generateAppKey();
      return await write((trx) => apps.create(trx, actor, { name: "Test App", ...app, key }));
    },
    async createSite(site: Partial<NewSite> = {}) {
      requireKnown<Partial<NewSite>>("createSite", site, siteOptions);
      return await write((trx) => sites.create(trx, actor, { name: "Test Site", ...site }));
    },
    async install(installation: Installation) {
      requireKnown("install", installation, installOptions);
      return await write((trx) => instances.install(trx, actor, installation));
    },
    remove: (instanceId: string) => write((trx) => instances.remove(trx, actor, instanceId)),
    suspend: (instanceId: string) => write((trx) => instances.suspend(trx, actor, instanceId)),
    resume: (instanceId: string) => write((trx) => instances.resume(trx, actor, instanceId)),
    approve: (instanceId: string, grant: readonly string[]) =>
      write((trx) => instances.approve(trx, actor, { instanceId, grant })),
  };
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

/** Reproducible bytes, for tests only. */
function seededBytes(seed: string): (length: number) => Uint8Array {
  let counter = 0;
  return (length) => {
    const blocks: Buffer[] = [];
    for (let size = 0; size < length; size += 32) {
      blocks.push(createHash("sha256").update(`${seed} ${counter}`).digest());
      counter += 1;
    }
    return Buffer.concat(blocks).subarray(0, length);
  };
}

function seededUuid(random: (length: number) => Uint8Array): string {
  const hex = Buffer.from(random(16)).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
