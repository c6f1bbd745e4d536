import { createHash, type KeyObject } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CreatedApp, generateAppKey, type NewApp } from "../apps/index.ts";
import type { Actor } from "../audit/index.ts";
import { createManualClock, type ManualClock } from "../clock/index.ts";
import type { Instance } from "../instances/index.ts";
import {
  createKeyRing,
  createVault,
  listSigningKeys,
  parseMasterKeys,
  signingKeyState,
} from "../keys/index.ts";
import { parseAllowed } from "../outbound/index.ts";
import { createPlatform, type Platform } from "../platform.ts";
import { listen } from "../server.ts";
import type { NewSite, Site } from "../sites/index.ts";
import { openTestSchema } from "./test-schema.ts";

/** A platform of your own for one test: real HTTP on loopback, a clock that you move, ids that do not change. */
export interface TestPlatform {
  /** `http://127.0.0.1:<port>`; the issuer too. */
  readonly url: string;
  readonly clock: ManualClock;
  readonly adminKey: string;
  /** The platform itself, for what the methods below do not cover. */
  readonly platform: Platform;
  createApp(app?: Partial<NewApp>): Promise<CreatedApp>;
  createSite(site?: Partial<NewSite>): Promise<Site>;
  install(installation: { appId: string; siteId: string; grant?: readonly string[] }): Promise<Instance>;
  remove(instanceId: string): Promise<Instance>;
  suspend(instanceId: string): Promise<Instance>;
  resume(instanceId: string): Promise<Instance>;
  /** Sets the scopes that the owner approves from now on. */
  approve(instanceId: string, grant: readonly string[]): Promise<Instance>;
  /** Resolves when every delivery that is due now has been tried: what a test waits for instead of some time. */
  settled(): Promise<void>;
  /** The key that signs access tokens now: for tests of what must be refused although it is genuinely signed. */
  signingKey(): Promise<{ readonly kid: string; readonly privateKey: KeyObject }>;
  close(): Promise<void>;
}

export interface TestPlatformOptions {
  /** Same seed, same ids and secrets; default `"latchkey"`. */
  readonly seed?: string;
  /** Default `"sqlite"`, in a directory of its own; `"postgres"` uses a schema of its own at `TEST_DATABASE_URL`. */
  readonly database?: "sqlite" | "postgres";
  /** What the clock shows at first, in epoch milliseconds; default 2026-01-02T03:04:05.678Z. */
  readonly now?: number;
  /** How webhooks are tried; default `"wix"`. */
  readonly deliveryPolicy?: "wix" | "standard";
  /** How long an endpoint may take, in milliseconds of real time; default 10,000, so that no slow machine fails a test. */
  readonly deliveryTimeoutMs?: number;
  /** API calls that each instance may make a minute; default any number. */
  readonly apiRateLimit?: number;
}

const startTime = Date.parse("2026-01-02T03:04:05.678Z");
const actor: Actor = { name: "test", requestId: "" };

/**
 * Starts a platform for a test.
 *
 * @example
 * const platform = await createTestPlatform({ seed: "refuses a removed instance" });
 * const app = await platform.createApp({ scopes: ["SCOPE.DC-STORES.READ-PRODUCTS"] });
 * const site = await platform.createSite();
 * const { instanceId } = await platform.install({ appId: app.appId, siteId: site.siteId });
 * await platform.clock.advance(4 * 3_600_000);
 * await platform.close();
 */
export async function createTestPlatform(options: TestPlatformOptions = {}): Promise<TestPlatform> {
  const seed = options.seed ?? "latchkey";
  const clock = createManualClock(options.now ?? startTime);
  const random = seededBytes(seed);
  const storage = options.database === "postgres" ? await openTestSchema() : temporaryDirectory();
  const adminKey = `test-admin-key-${createHash("sha256").update(seed).digest("hex")}`;
  // The issuer holds the port, so a port is taken before the platform is made.
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
      logLevel: "silent",
      ...(options.apiRateLimit === undefined ? {} : { apiRateLimit: options.apiRateLimit }),
      deliveryPolicy: options.deliveryPolicy ?? "wix",
      outboundAllow: parseAllowed("127.0.0.0/8,::1", ""),
      pluginIssuer: "wix.com",
      drainDelayMs: 0,
    },
    {
      ...{ clock, random, randomUuid: () => seededUuid(random) },
      deliveryPolicy: { timeoutMs: options.deliveryTimeoutMs ?? 10_000 },
    },
  );
  const server = await listen(platform, { host: "127.0.0.1", port });
  return {
    url,
    clock,
    adminKey,
    platform,
    ...actions(platform),
    settled: platform.settled,
    async signingKey() {
      const keys = await listSigningKeys(platform.database.read);
      const kid = keys.findLast((key) => signingKeyState(key, clock.now()) === "active")?.kid ?? "";
      const keyRing = createKeyRing(platform.database, createVault(masterKeys, random));
      return { kid, privateKey: await keyRing.privateKey(kid) };
    },
    async close() {
      await server.stop(0);
      await platform.close();
      await storage.remove();
    },
  };
}

function actions({ apps, database, instances, sites }: Platform) {
  const write = database.write;
  return {
    async createApp(app: Partial<NewApp> = {}) {
      const key = await generateAppKey();
      return await write((trx) => apps.create(trx, actor, { name: "Test App", ...app, key }));
    },
    createSite: (site: Partial<NewSite> = {}) =>
      write((trx) => sites.create(trx, actor, { name: "Test Site", ...site })),
    install: (installation: { appId: string; siteId: string; grant?: readonly string[] }) =>
      write((trx) => instances.install(trx, actor, installation)),
    remove: (instanceId: string) => write((trx) => instances.remove(trx, actor, instanceId)),
    suspend: (instanceId: string) => write((trx) => instances.suspend(trx, actor, instanceId)),
    resume: (instanceId: string) => write((trx) => instances.resume(trx, actor, instanceId)),
    approve: (instanceId: string, grant: readonly string[]) =>
      write((trx) => instances.approve(trx, actor, { instanceId, grant })),
  };
}

function temporaryDirectory() {
  const directory = mkdtempSync(join(tmpdir(), "latchkey-test-"));
  return {
    directory,
    databaseUrl: `sqlite:${directory}`,
    remove: async () => rmSync(directory, { recursive: true, force: true }),
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

/** Bytes that look random and depend on the seed only; for tests alone. */
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
