import { createHash } from "node:crypto";
import type { ManualClock } from "../infrastructure/clock/index.ts";
import { parseMasterKeys, Vault } from "../infrastructure/crypto/index.ts";
import { parseAllowed } from "../infrastructure/outbound/index.ts";
import type { Config } from "../wiring/config.ts";
import { createPlatform, type Platform } from "../wiring/platform.ts";
import { listen } from "../wiring/server.ts";
import type { TestPlatformOptions } from "./platform-options.ts";
import { seededBytes, seededUuid } from "./seeded-random.ts";
import { testAppKeys } from "./test-app-keys.ts";
import { openTestDirectory } from "./test-database.ts";
import { openTestSchema } from "./test-schema.ts";
import { importTestState } from "./test-state.ts";

/** A platform that listens on loopback, with storage of its own. */
export interface StartedPlatform {
  readonly platform: Platform;
  readonly url: string;
  readonly adminKey: string;
  /** The key that its secrets are encrypted with. */
  readonly encryptionKey: string;
  readonly vault: Vault;
  /** Stops it, and deletes its storage. */
  stop(): Promise<void>;
}

/** Starts a platform in this process. Throws `invalid_state`, `wrong_encryption_key`. */
export async function startTestPlatform(
  options: TestPlatformOptions,
  clock: ManualClock,
): Promise<StartedPlatform> {
  const { resources = [], state, stubs = [] } = options;
  const { seed = defaultSeed } = options;
  const random = seededBytes(seed);
  const stateKey = typeof state?.encryptionKey === "string" ? state.encryptionKey : undefined;
  const encryptionKey = options.encryptionKey ?? stateKey ?? sha256("master key");
  const masterKeys = parseMasterKeys(encryptionKey);
  const storage = options.database === "postgres" ? await openTestSchema(resources) : openTestDirectory();
  try {
    // The issuer contains the port, so the port is chosen first.
    const config = createConfig(options, { ...storage, masterKeys, port: await freePort() });
    if (state !== undefined) await importTestState({ ...config, clock, resources }, state);
    const platform = await createPlatform(config, {
      ...{ clock, random, resources, stubs },
      randomUuid: () => seededUuid(random),
      generateAppKey: testAppKeys(seed),
      deliveryPolicy: { timeoutMs: options.deliveryTimeoutMs ?? 10_000 },
    });
    const server = await listen(platform, { host: config.host, port: config.port });
    return {
      ...{ platform, url: config.publicUrl, adminKey: config.adminKey, encryptionKey },
      vault: new Vault(masterKeys, random),
      async stop() {
        await server.stop(0);
        await platform.close();
        await storage.remove();
      },
    };
  } catch (error) {
    await storage.remove();
    throw error;
  }
}

const defaultSeed = "latchkey";

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
    adminKey: `test-admin-key-${sha256(options.seed ?? defaultSeed)}`,
    ...{ logLevel: options.logLevel ?? "silent", logFormat: "text" },
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
