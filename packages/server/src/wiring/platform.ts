import { randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createApiKeys, createAuthenticate, createKeyUsage } from "../features/api-keys/index.ts";
import { referenceRoutes } from "../features/api-reference/index.ts";
import { type Apps, appJwksRoutes, createAppKeyRing, createApps } from "../features/apps/index.ts";
import { createAuditLog } from "../features/audit/index.ts";
import { EventLog } from "../features/events/index.ts";
import { createPageUrls } from "../features/extensions/index.ts";
import { forwardAuthRoutes } from "../features/forward-auth/index.ts";
import { appInstanceRoutes, createInstances, type Instances } from "../features/instances/index.ts";
import {
  checkDeclarations,
  checkRoutes,
  type OpenResource,
  openResource,
  type Resource,
  type ResourcePlatform,
} from "../features/resources/index.ts";
import { CallHistory, PluginCaller } from "../features/service-plugins/index.ts";
import { createKeyRing } from "../features/signing-keys/index.ts";
import { createSites, type Sites } from "../features/sites/index.ts";
import {
  createAccessGuard,
  createSignatureCache,
  createTokenStore,
  createTokenUsage,
  oauthRoutes,
} from "../features/tokens/index.ts";
import { type DeliveryPolicy, deliveryPolicies, startDelivery } from "../features/webhooks/index.ts";
import {
  type Clock,
  createManualClock,
  type ManualClock,
  systemClock,
} from "../infrastructure/clock/index.ts";
import { createVault, type Vault } from "../infrastructure/crypto/index.ts";
import {
  createIds,
  type Database,
  type Ids,
  openDatabase,
  type RandomBytes,
} from "../infrastructure/database/index.ts";
import { OperatorError } from "../infrastructure/errors/index.ts";
import type { Exchange } from "../infrastructure/http/index.ts";
import type { ManagementRoute } from "../infrastructure/management/index.ts";
import {
  createLog,
  createMetrics,
  describeError,
  type Log,
  type Metrics,
} from "../infrastructure/observability/index.ts";
import { createOutbound, type Outbound } from "../infrastructure/outbound/index.ts";
import { createRateLimiter } from "../infrastructure/rate-limits/index.ts";
import {
  type AccessGuard,
  accessTokenRoute,
  createRouter,
  openApiDocument,
  type Route,
} from "../infrastructure/routes/index.ts";
import { startMaintenance } from "./background-jobs.ts";
import { initialise } from "./bootstrap.ts";
import type { Config } from "./config.ts";
import type { StubDependencies } from "./development/index.ts";
import { healthRoutes } from "./health.routes.ts";
import { managementRoutes } from "./management-routes.ts";
import { createRequestPipeline } from "./request-pipeline.ts";
import type { StubResource } from "./stub-resource.ts";

/** A running platform without a socket: `Request` in, `Response` out. */
export interface Platform {
  readonly clock: Clock;
  readonly database: Database;
  readonly apps: Apps;
  readonly sites: Sites;
  readonly instances: Instances;
  /** Calls what apps implement, for a product that runs in this process. */
  readonly servicePlugins: PluginCaller;
  /** Every route that is mounted. */
  readonly routes: readonly Route[];
  /** Adds stubs; each replaces one with the same method and path. Absent in production. Throws `invalid_stub`. */
  readonly stub?: (resource: StubResource) => void;
  /**
   * Returns the platform as one of its resources sees it, for code of the resource outside requests, such as tests.
   *
   * Throws `resource_invalid` for a resource that this platform does not have.
   */
  platformFor<Tables>(resource: Resource): ResourcePlatform<Tables>;
  fetch(request: Request, exchange: Exchange): Promise<Response>;
  newRequestId(): string;
  /** Resolves when every event is fanned out and no delivery that is due now waits or is on its way. */
  settled(): Promise<void>;
  /** Makes `/readyz` say no, so that a load balancer stops sending. */
  drain(): void;
  close(): Promise<void>;
}

/** What a platform serves beside its own API, and what stands in for time and chance of the machine in tests. */
export interface PlatformOptions {
  /** APIs that run in this process. Default: none. */
  readonly resources?: readonly Resource[];
  /** Moved by the routes of a development server too. */
  readonly clock?: ManualClock;
  readonly random?: RandomBytes;
  readonly randomUuid?: () => string;
  /** What is other than in the policy that the configuration names. */
  readonly deliveryPolicy?: Partial<DeliveryPolicy>;
  /** Development only: how the platform responds to paths that it does not serve. */
  readonly stubs?: readonly StubResource[];
}

const rememberedSignatures = 10_000;

/**
 * Opens the database, makes it ready and wires every feature and resource.
 *
 * Throws `data_directory_in_use`, `invalid_configuration` for stubs in production, `invalid_stub`, `migration_changed`,
 * `migration_failed`, `wrong_encryption_key`, `resource_invalid`, `resource_collision`.
 */
export async function createPlatform(config: Config, options: PlatformOptions = {}): Promise<Platform> {
  const development = config.environment === "development";
  // In development and in tests every time in the product can be moved.
  const manualClock = options.clock ?? (development ? createManualClock(systemClock) : undefined);
  const { resources = [] } = options;
  checkDeclarations(resources);
  const ground = await openGround(config, { ...options, resources, clock: manualClock ?? systemClock });
  const domain = { ...ground, ...createDomain(ground, resources), callHistory: new CallHistory(ground) };
  const pages = createPageUrls(ground);
  const servicePlugins = new PluginCaller({ ...domain, pluginIssuer: config.pluginIssuer });
  const features = { ...domain, ...createTokens(config, ground), pages, servicePlugins };
  const delivery = startDelivery({
    ...features,
    issuer: config.publicUrl,
    policy: { ...deliveryPolicies[config.deliveryPolicy], ...options.deliveryPolicy },
  });
  const developmentRoutes =
    development && manualClock !== undefined
      ? await loadDevelopment({ ...features, clock: manualClock })
      : [];
  const stopMaintenance = startMaintenance(features);
  let draining = false;
  const isDraining = (): boolean => draining;
  const authenticate = createAuthenticate({ ...features, adminKey: config.adminKey });
  const platformRoutes = [
    ...oauthRoutes(features.tokens, authenticate),
    ...appInstanceRoutes(features),
    ...appJwksRoutes(features),
    ...forwardAuthRoutes({ ...features, publicUrl: config.publicUrl }),
    ...managementRoutes({
      ...features,
      ...{ authenticate, delivery, developmentRoutes, publicUrl: config.publicUrl },
    }),
    ...healthRoutes({ ...features, isDraining, authenticate }),
  ];
  const close = async (): Promise<void> => {
    draining = true;
    await Promise.all([stopMaintenance(), delivery.stop()]);
    await features.database.close();
  };
  const orClose = async (error: unknown): Promise<never> => {
    await close();
    throw error;
  };
  const routes = await routesOf(config, resources, { ...features, platformRoutes }).catch(orClose);
  const stubs = await loadStubs(config, { ...features, routes, resources: options.stubs ?? [] }).catch(
    orClose,
  );
  const router = createRouter(routes);
  const endpoint = stubs?.behind(router) ?? router;
  const fetch = createRequestPipeline({ ...features, loopbackOnly: development }, endpoint);
  return {
    ...features,
    ...(stubs === undefined ? {} : { stub: stubs.add }),
    fetch,
    routes,
    newRequestId: features.ids.guid,
    settled: delivery.settled,
    platformFor: <Tables>(resource: Resource) => platformFor<Tables>(features.opened, resource),
    drain() {
      draining = true;
    },
    close,
  };
}

function platformFor<Tables>(opened: readonly OpenResource[], { name }: Resource): ResourcePlatform<Tables> {
  const found = opened.find((one) => one.name === name);
  if (found !== undefined) return found.platform as unknown as ResourcePlatform<Tables>;
  throw new OperatorError("resource_invalid", `This platform has no resource ${name}.`);
}

/** The routes of resources, then those of the platform and of the reference. Throws `resource_collision`. */
async function routesOf(
  config: Config,
  resources: readonly Resource[],
  { guard, opened, platformRoutes }: RouteDependencies,
): Promise<readonly Route[]> {
  checkRoutes(resources, opened, platformRoutes);
  const apiRoutes = opened.flatMap(({ routes }) => routes.map((route) => accessTokenRoute(guard, route)));
  return withReference(config, [...apiRoutes, ...platformRoutes]);
}

interface RouteDependencies {
  readonly guard: AccessGuard;
  readonly opened: readonly OpenResource[];
  readonly platformRoutes: readonly Route[];
}

/** Adds the routes that describe all routes. */
function withReference({ publicUrl }: Config, routes: readonly Route[]): readonly Route[] {
  const all: Route[] = [...routes];
  const version = readVersion();
  all.push(...referenceRoutes(() => openApiDocument(all, { publicUrl, version })));
  return all;
}

/** What every feature stands on. */
interface Ground {
  readonly clock: Clock;
  readonly database: Database;
  readonly ids: Ids;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly outbound: Outbound;
  readonly random: RandomBytes;
  readonly vault: Vault;
}

async function openGround(
  config: Config,
  deps: Omit<PlatformOptions, "clock"> & { clock: Clock; resources: readonly Resource[] },
): Promise<Ground> {
  const { clock, random = randomBytes } = deps;
  const log = createLog(config.logLevel);
  const ids = createIds({ clock, randomUuid: deps.randomUuid ?? randomUUID });
  const vault = createVault(config.masterKeys, random);
  const database = openDatabase(config.databaseUrl, (error) =>
    log.warn(describeError(error), "a database connection broke"),
  );
  try {
    await initialise({ clock, database, ids, vault }, deps.resources);
  } catch (error) {
    await database.close();
    throw error;
  }
  // How long others take is measured by the machine's own time: no test and no developer moves that of the network.
  const outbound = createOutbound({ clock: systemClock, allowed: config.outboundAllow });
  return { clock, database, ids, log, metrics: createMetrics(), outbound, random, vault };
}

function createDomain(ground: Ground, resources: readonly Resource[]) {
  const audit = createAuditLog(ground);
  const events = new EventLog(ground);
  const apps = createApps({ ...ground, audit });
  const appKeys = createAppKeyRing(ground.database, ground.vault);
  const apiKeys = createApiKeys({ ...ground, audit });
  const keyUsage = createKeyUsage(ground);
  const instances = createInstances({ ...ground, audit, events });
  const opened = resources.map((resource) => openResource(resource, { ...ground, events }));
  const content = [instances.siteContent, ...opened.map((resource) => resource.siteContent)];
  const sites = createSites({ ...ground, audit, events, content });
  const samples = new Map(opened.flatMap((resource) => [...resource.samples]));
  return { audit, events, apiKeys, appKeys, apps, instances, keyUsage, opened, samples, sites };
}

function createTokens(config: Config, ground: Ground) {
  const { database, vault } = ground;
  const usage = createTokenUsage(ground);
  const tokens = {
    ...ground,
    issuer: config.publicUrl,
    store: createTokenStore(database, config.masterKeys.ids.length),
    keyRing: createKeyRing(database, vault),
    signatures: createSignatureCache(rememberedSignatures),
    usage,
  };
  const limit = config.apiRateLimit;
  const limiter = limit === undefined ? undefined : createRateLimiter({ clock: ground.clock, limit });
  return { tokens, usage, guard: createAccessGuard(tokens, limiter) };
}

async function loadDevelopment(
  deps: Pick<Platform, "apps" | "sites" | "instances"> & {
    clock: ManualClock;
    opened: readonly OpenResource[];
  },
): Promise<readonly ManagementRoute[]> {
  const { developmentRoutes } = await import("./development/index.ts");
  return developmentRoutes(deps);
}

/** Throws `invalid_configuration` for stubs in production, and `invalid_stub`. */
async function loadStubs({ environment, stubsFile: file }: Config, deps: Omit<StubDependencies, "file">) {
  if (environment === "development") {
    const { createStubs } = await import("./development/index.ts");
    return await createStubs({ ...deps, file });
  }
  if (file === undefined && deps.resources.length === 0) return undefined;
  throw new OperatorError("invalid_configuration", "Stubs are for development; production takes none.");
}

function readVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
