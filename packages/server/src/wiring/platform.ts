import { randomBytes, randomUUID } from "node:crypto";
import {
  Accounts,
  IdentityProvider,
  oidcRoutes,
  Passkeys,
  passkeySignInRoutes,
  signInPages,
} from "../features/accounts/index.ts";
import { ApiKeyUsage } from "../features/api-keys/index.ts";
import { referenceRoutes } from "../features/api-reference/index.ts";
import { AppKeyRing, Apps, appJwksRoutes, type GenerateAppKey } from "../features/apps/index.ts";
import { AuditLog } from "../features/audit/index.ts";
import { consentPages, InstallLinks, InstallRequests, RedirectLimit } from "../features/consent/index.ts";
import { Counts } from "../features/counts/index.ts";
import { dashboardPath, dashboardRoutes, readDashboard } from "../features/dashboard/index.ts";
import { EventLog } from "../features/events/index.ts";
import { InstanceParameters, SchemaChecker } from "../features/extensions/index.ts";
import { forwardAuthRoutes } from "../features/forward-auth/index.ts";
import {
  appInstallationRoutes,
  appInstanceRoutes,
  appSetupRoutes,
  Instances,
} from "../features/instances/index.ts";
import { PortalLinks, portalPageRoutes } from "../features/portal/index.ts";
import {
  checkDeclarations,
  checkRoutes,
  type OpenResource,
  openResource,
  type Resource,
  type ResourcePlatform,
} from "../features/resources/index.ts";
import { CallHistory, PluginCaller } from "../features/service-plugins/index.ts";
import { KeyRing } from "../features/signing-keys/index.ts";
import { ContentWork, Sites } from "../features/sites/index.ts";
import {
  ApiLimits,
  accessTokenRoute,
  FailedAuthentications,
  LegacyCredentials,
  legacyPageRoutes,
  oauthRoutes,
  ParsedTokenCache,
  ResponsePace,
  recordCalls,
  requireMinting,
  type TokenDependencies,
  TokenQueries,
  TokenUsage,
} from "../features/tokens/index.ts";
import { type DeliveryPolicy, deliveryPolicies, startWebhooks } from "../features/webhooks/index.ts";
import {
  type Clock,
  createManualClock,
  type ManualClock,
  systemClock,
} from "../infrastructure/clock/index.ts";
import { Vault } from "../infrastructure/crypto/index.ts";
import {
  createIds,
  type Database,
  openDatabase,
  type RandomBytes,
} from "../infrastructure/database/index.ts";
import { OperatorError } from "../infrastructure/errors/index.ts";
import { ClientNetworks, type Exchange } from "../infrastructure/http/index.ts";
import {
  createLog,
  createMetrics,
  describeError,
  type Log,
  version,
} from "../infrastructure/observability/index.ts";
import { createOutbound } from "../infrastructure/outbound/index.ts";
import { createPage } from "../infrastructure/pages/index.ts";
import { createRouter, openApiDocument, type Route } from "../infrastructure/routes/index.ts";
import { startJobs, startMaintenance } from "./background-jobs.ts";
import { bootstrap, migrateAll } from "./bootstrap.ts";
import type { Config } from "./config.ts";
import type { FaultControls } from "./development/index.ts";
import { healthRoutes } from "./health.routes.ts";
import { authenticateCallers, managementRoutes } from "./management-routes.ts";
import { measureState, watchClockSkew } from "./monitoring/index.ts";
import { LastSeenFile } from "./platform-state/index.ts";
import { createRequestPipeline } from "./request-pipeline.ts";
import type { StubResource } from "./stub-resource.ts";

/** A running platform without a socket: `Request` in, `Response` out. */
export interface Platform {
  readonly clock: Clock;
  readonly database: Database;
  readonly accounts: Accounts;
  readonly apps: Apps;
  readonly sites: Sites;
  readonly instances: Instances;
  readonly installRequests: InstallRequests;
  /** Calls service plugins of apps, for a product that runs in this process. */
  readonly servicePlugins: PluginCaller;
  /** Every route that is mounted. */
  readonly routes: readonly Route[];
  /** Adds stubs; each replaces one with the same method and path. Absent in production. Throws `invalid_stub`. */
  readonly stub?: (resource: StubResource) => void;
  /** Faults for tests. Absent in production. */
  readonly faults?: FaultControls;
  /** Returns the platform of a resource, for its code outside of requests, such as tests. Throws `resource_invalid`. */
  platformFor<Tables>(resource: Resource): ResourcePlatform<Tables>;
  fetch(request: Request, exchange: Exchange): Promise<Response>;
  newRequestId(): string;
  /** Resolves when content is deleted, jobs are done, events are fanned out, and no delivery is due or in flight. */
  settled(): Promise<void>;
  /** Resolves when the server must not continue. Until it stops, `/readyz` and the token endpoints return 503. */
  readonly failure: Promise<Error>;
  /** Makes `/readyz` return 503, so that load balancers send no more requests. */
  drain(): void;
  close(): Promise<void>;
}

export interface PlatformOptions {
  /** APIs that run in this process. Default: none. */
  readonly resources?: readonly Resource[];
  /** Default: real time; in development, a clock that `POST /dev/clock` moves. */
  readonly clock?: ManualClock;
  /** Default: writes to standard output in the format of the configuration. */
  readonly log?: Log;
  readonly random?: RandomBytes;
  readonly randomUuid?: () => string;
  readonly generateAppKey?: GenerateAppKey;
  /** Overrides parts of the delivery policy in the configuration. */
  readonly deliveryPolicy?: Partial<DeliveryPolicy>;
  /** Development only: responses to paths that the platform does not serve. */
  readonly stubs?: readonly StubResource[];
}

const maxParsedTokens = 10_000;

/**
 * Opens and migrates the database, and creates every feature and resource. Throws `data_directory_in_use`,
 * `invalid_configuration` for stubs in production, `invalid_stub`, `migration_changed`, `migration_failed`,
 * `database_outdated`, `wrong_encryption_key`, `resource_invalid`, `resource_collision`.
 */
export async function createPlatform(config: Config, options: PlatformOptions = {}): Promise<Platform> {
  const { resources = [] } = options;
  const loaded = await loadDevelopment(config, options);
  checkDeclarations(resources);
  const manualClock = options.clock ?? createManualClock(systemClock);
  const clock = loaded || options.clock ? manualClock : systemClock;
  const infrastructure = await openInfrastructure(config, { ...options, clock });
  const features = createFeatures(config, infrastructure, resources);
  const development = loaded?.({ ...infrastructure, clock: manualClock });
  const delivery = startWebhooks({
    ...features,
    deliveryFaults: development?.deliveryFaults,
    issuer: config.publicUrl,
    maxPendingPerApp: config.pendingDeliveriesPerApp,
    policy: { ...deliveryPolicies[config.deliveryPolicy], ...options.deliveryPolicy },
  });
  const jobs = startJobs(features, delivery);
  const stopMaintenance = startMaintenance(features);
  startContentWork(features);
  measureState(features);
  // Real time, also when the clock of the platform is moved.
  const stopWatching = watchClockSkew({ ...features, clock: systemClock });
  let draining = false;
  const failure = infrastructure.database.lastSeen.outdated.then((error) => {
    draining = true;
    infrastructure.log.fatal(describeError(error), "the server stops");
    return error;
  });
  const close = async (): Promise<void> => {
    draining = true;
    development?.stop();
    await Promise.all([stopMaintenance(), stopWatching(), delivery.stop(), features.schemas.close()]);
    await Promise.all([features.contentWork.stop(), jobs.stop()]);
    await closeStorage(features);
  };
  try {
    const context = {
      ...features,
      authenticate: authenticateCallers({ ...features, adminKey: config.adminKey }),
      confirmWebhooks: config.confirmWebhooks,
      dashboard: readDashboard(),
      delivery,
      developmentRoutes: development?.routes(features) ?? [],
      isDraining: () => draining,
      jobs,
    };
    const routes = withReference(config, resources, createRoutes(resources, context));
    const router = createRouter(routes);
    const served = await development?.serve(router, { ...features, routes });
    // Opens the connection of the hot path, by which other programs see that a server uses the database.
    await requireMinting(features.tokens);
    const networks = new ClientNetworks(config.trustedProxies);
    const pipeline = { ...features, devHosts: config.devHosts ?? [], networks };
    return {
      ...features,
      ...(development && served && { stub: served.stub, faults: development.faults }),
      fetch: createRequestPipeline(pipeline, served?.fetch ?? router),
      routes,
      newRequestId: features.ids.guid,
      settled: () => Promise.all([features.contentWork.idle(), jobs.idle()]).then(delivery.settled),
      failure,
      platformFor: <Tables>(resource: Resource) => platformFor<Tables>(features.opened, resource),
      drain() {
        draining = true;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openInfrastructure(
  config: Config,
  options: Omit<PlatformOptions, "clock"> & { clock: Clock },
) {
  const { clock, generateAppKey, random = randomBytes } = options;
  const log = options.log ?? createLog(config.logLevel, { format: config.logFormat });
  const ids = createIds({ clock, randomUuid: options.randomUuid ?? randomUUID });
  const vault = new Vault(config.masterKeys, random);
  const metrics = createMetrics();
  const onConnectionError = (error: Error): void => {
    log.warn(describeError(error), "a database connection broke");
    metrics.databaseConnectionErrors.inc();
  };
  const database = openDatabase(config.databaseUrl, onConnectionError, config.databaseUrlFile);
  const lastSeenFile = new LastSeenFile({ database, log }, config.dataDirectory);
  try {
    await migrateAll({ clock, database }, options.resources, (text) =>
      log.warn({ text }, "a migration waits"),
    );
    await lastSeenFile.requireNewest();
    await bootstrap({ clock, database, ids, vault }, options.resources);
    await lastSeenFile.start();
  } catch (error) {
    await database.close();
    throw error;
  }
  // Timeouts of the network are in real time, also when the clock of the platform is moved.
  const outbound = createOutbound({ clock: systemClock, allowed: config.outboundAllow, log });
  return { clock, database, generateAppKey, ids, lastSeenFile, log, metrics, outbound, random, vault };
}

type Infrastructure = Awaited<ReturnType<typeof openInfrastructure>>;

/** Creates the features, each from those below it. */
function createFeatures(config: Config, infrastructure: Infrastructure, resources: readonly Resource[]) {
  const { clock, database, vault } = infrastructure;
  const { platformName = "Latchkey" } = config;
  const base = {
    ...infrastructure,
    development: config.environment === "development",
    logRowsPerApp: config.logRowsPerApp,
    publicUrl: config.publicUrl,
    platformName,
    page: createPage({ name: platformName, logo: config.platformLogo }),
    audit: new AuditLog(infrastructure),
    events: new EventLog({ ...infrastructure, maxBytesPerApp: config.eventBytesPerApp }),
    appKeys: new AppKeyRing(database, vault),
    keyUsage: new ApiKeyUsage(infrastructure),
    callHistory: new CallHistory(infrastructure),
    counts: new Counts(infrastructure),
    usage: new TokenUsage(infrastructure),
    schemas: new SchemaChecker(clock),
    contentWork: new ContentWork(infrastructure),
  };
  const { identityProvider, localSignIn = true, signUp = false } = config;
  const accounts = new Accounts({ ...base, localSignIn, signUp });
  const instances = new Instances({ ...base, publicUrl: config.publicUrl });
  const appInstances = instances.approvals;
  const installing = {
    installLinks: new InstallLinks({ ...base, publicUrl: config.publicUrl }),
    redirectLimit: new RedirectLimit(clock),
    installRequests: new InstallRequests({ ...base, instances }),
    instanceParameters: new InstanceParameters(base),
    portalLinks: new PortalLinks(base),
  };
  const opened = resources.map((resource) => openResource(resource, base));
  const content = opened.map((resource) => resource.siteContent);
  const tokens: TokenDependencies = {
    ...base,
    instances,
    issuer: config.publicUrl,
    queries: new TokenQueries(database, config.masterKeys.ids.length),
    keyRing: new KeyRing(database, vault),
    parsedTokens: new ParsedTokenCache(maxParsedTokens),
    failedAuthentications: new FailedAuthentications({ clock }),
    responsePace: new ResponsePace(),
    apiLimits: config.apiRateLimits && new ApiLimits(clock, config.apiRateLimits),
  };
  return {
    ...base,
    accounts,
    passkeys: new Passkeys({ ...base, accounts }),
    identityProvider: identityProvider && new IdentityProvider(identityProvider, config.publicUrl),
    ...installing,
    apps: new Apps({ ...base, appInstances }),
    sites: new Sites({ ...base, ...instances, content }),
    instances,
    legacy: new LegacyCredentials(base),
    tokens,
    servicePlugins: new PluginCaller({ ...base, pluginIssuer: config.pluginIssuer }),
    opened,
    samples: new Map(opened.flatMap((resource) => [...resource.samples])),
  };
}

/** Stores the last counts, which end with the deliveries, and closes the database. */
async function closeStorage({ counts, database, lastSeenFile }: Features): Promise<void> {
  for (const one of [counts, lastSeenFile]) await one.stop();
  await database.close();
}

type Features = ReturnType<typeof createFeatures>;

function startContentWork({ contentWork, instances, opened, sites }: Features): void {
  const ofResources = opened.flatMap(({ continueWork, name }) =>
    continueWork === undefined ? [] : [[`work of ${name}`, continueWork] as const],
  );
  contentWork.start({
    "content of sites": () => sites.continueWork(),
    "pending approvals": () => instances.approvals.continueWork(),
    ...Object.fromEntries(ofResources),
  });
}

type RouteContext = Features &
  Parameters<typeof managementRoutes>[0] &
  Parameters<typeof dashboardRoutes>[0] &
  Parameters<typeof healthRoutes>[0];

/** Creates the routes of the resources and of the platform. Throws `resource_collision`. */
function createRoutes(resources: readonly Resource[], context: RouteContext): readonly Route[] {
  const { authenticate, database, instances, opened, tokens } = context;
  const apiRoutes = [
    ...appInstanceRoutes(context),
    ...appInstallationRoutes(context),
    ...appSetupRoutes(database, instances),
  ];
  const platformRoutes = [
    ...oauthRoutes(tokens, authenticate),
    ...legacyPageRoutes,
    ...apiRoutes.map((route) => accessTokenRoute(tokens, route)),
    ...appJwksRoutes(context),
    ...forwardAuthRoutes(tokens),
    ...managementRoutes(context),
    ...signInPages(context),
    ...identityProviderRoutes(context),
    ...passkeySignInRoutes(context),
    ...consentPages(context),
    ...dashboardRoutes(context),
    ...portalPageRoutes(context),
    ...healthRoutes(context),
  ];
  checkRoutes(resources, opened, platformRoutes);
  return [...resourceRoutes(context), ...platformRoutes].map((route) => recordCalls(tokens, route));
}

function identityProviderRoutes({ identityProvider, ...context }: RouteContext): readonly Route[] {
  return identityProvider === undefined ? [] : oidcRoutes({ ...context, identityProvider });
}

function resourceRoutes({ opened, tokens }: Pick<ReturnType<typeof createFeatures>, "opened" | "tokens">) {
  return opened.flatMap(({ routes }) => routes.map((route) => accessTokenRoute(tokens, route)));
}

/** Adds the routes of the reference, which describes all routes. */
function withReference(
  { publicUrl }: Config,
  resources: readonly Resource[],
  routes: readonly Route[],
): readonly Route[] {
  const resourceTags = resources.flatMap(({ tags }) => tags);
  const tags = Object.fromEntries(resourceTags.map(({ description, name }) => [name, description]));
  const all = [...routes];
  const describe = () => openApiDocument(all, { publicUrl, tags, version });
  const hasDashboard = routes.some(({ path }) => path === dashboardPath);
  all.push(...referenceRoutes({ describe, dashboard: hasDashboard ? dashboardPath : undefined }));
  return all;
}

function platformFor<Tables>(opened: readonly OpenResource[], { name }: Resource): ResourcePlatform<Tables> {
  const found = opened.find((one) => one.name === name);
  if (found !== undefined) return found.platform as unknown as ResourcePlatform<Tables>;
  throw new OperatorError("resource_invalid", `This platform has no resource ${name}.`);
}

/** Throws `invalid_configuration` for stubs in production. */
async function loadDevelopment({ environment, stubsFile: file }: Config, { stubs = [] }: PlatformOptions) {
  if (environment === "development") {
    const { createDevelopment } = await import("./development/index.ts");
    return (infrastructure: Parameters<typeof createDevelopment>[0]) =>
      createDevelopment(infrastructure, { file, resources: stubs });
  }
  if (file === undefined && stubs.length === 0) return undefined;
  throw new OperatorError("invalid_configuration", "Stubs are for development; production takes none.");
}
