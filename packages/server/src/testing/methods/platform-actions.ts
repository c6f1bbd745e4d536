import type { CreatedApp, NewApp } from "../../features/apps/index.ts";
import type { Instance } from "../../features/instances/index.ts";
import type { NewSite, Site } from "../../features/sites/index.ts";
import { ValidationError } from "../../infrastructure/errors/index.ts";
import type { Actor } from "../../infrastructure/management/index.ts";
import type { Platform } from "../../wiring/platform.ts";
import { TestKitError } from "../kit-error.ts";
import { type KnownOptions, requireKnown } from "../known-options.ts";
import { type Manage, readOwnIds } from "./manage.ts";

/** Creates apps, sites and instances, and changes them. */
export interface PlatformActions {
  /** Throws `invalid_option`, as `createSite` and `install` do, and `ID_TAKEN`. */
  createApp(app?: Partial<NewApp>): Promise<CreatedApp>;
  createSite(site?: Partial<NewSite>): Promise<Site>;
  install(installation: Installation): Promise<Instance>;
  remove(instanceId: string): Promise<Instance>;
  suspend(instanceId: string): Promise<Instance>;
  resume(instanceId: string): Promise<Instance>;
  /** Replaces the scopes that the owner approves. */
  approve(instanceId: string, grant: readonly string[]): Promise<Instance>;
  /** Subscribes an app to an event type. Throws `invalid_option` and `EVENT_TYPE_NOT_FOUND`. */
  createWebhook(webhook: NewWebhook): Promise<CreatedWebhook>;
  /** Adds a page or a service plugin to an app. Throws `invalid_option` and `SERVICE_PLUGIN_TYPE_NOT_FOUND`. */
  createExtension(extension: NewExtension): Promise<{ readonly extensionId: string }>;
  /** Creates a type for `publish`. Throws `EVENT_TYPE_EXISTS`. */
  createEventType(eventType: NewEventType): Promise<void>;
  /** Publishes an event to the apps on a site. Throws `EVENT_TYPE_NOT_FOUND`. */
  publish(event: NewEvent): Promise<{ readonly eventId: string }>;
  /** Calls the service plugins on a site, and returns the response or the error of each app. */
  callPlugin(call: PluginCall): Promise<{ readonly results: readonly PluginResult[] }>;
  /** Creates the URL of a page with a signed instance parameter. Throws `EXTENSION_NOT_FOUND`, `MEMBER_NOT_FOUND`. */
  openPage(page: OpenedPage): Promise<{ readonly url: string; readonly expiresAt: string }>;
  /** Signs access tokens with a new key from now on. Tokens of the old key stay valid. */
  rotateKeys(): Promise<{ readonly kid: string }>;
}

/** An app on a site. */
export interface Installation {
  readonly appId: string;
  readonly siteId: string;
  /** Scopes that the owner approves; default: all that the app requests. */
  readonly grant?: readonly string[] | undefined;
  /** Default: a new id. */
  readonly instanceId?: string | undefined;
}

export interface NewWebhook {
  readonly appId: string;
  readonly eventType: string;
  /** `http` is allowed on loopback. */
  readonly url: string;
  /** The body of deliveries: a JWT, or JSON of Standard Webhooks; default `"jwt"`. */
  readonly format?: "jwt" | "json" | undefined;
}

export interface CreatedWebhook extends NewWebhook {
  readonly webhookId: string;
  /** For libraries of Standard Webhooks. */
  readonly signingSecret: string;
}

export interface NewExtension {
  readonly appId: string;
  readonly kind: "IFRAME_PAGE" | "EXTERNAL_PAGE" | "SERVICE_PLUGIN";
  /** Of a page. */
  readonly url?: string | undefined;
  /** Of a service plugin, such as `ECOM_SHIPPING_RATES`. */
  readonly componentType?: string | undefined;
  /** Of a service plugin: the address before the path of each method. */
  readonly baseUri?: string | undefined;
}

export interface NewEventType {
  readonly eventType: string;
  /** Default: the name of the type. */
  readonly description?: string | undefined;
  /** The permission that an app needs to receive it; default: none. */
  readonly permissionId?: string | undefined;
}

export interface NewEvent {
  readonly siteId: string;
  readonly eventType: string;
  /** Delivered unchanged; default `{}`. */
  readonly payload?: Readonly<Record<string, unknown>> | undefined;
  /** The only instance that receives it; default: every instance on the site. */
  readonly instanceId?: string | undefined;
}

export interface PluginCall {
  readonly siteId: string;
  readonly componentType: string;
  readonly method: string;
  readonly request?: Readonly<Record<string, unknown>> | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** The response of one app, or its error. */
export interface PluginResult {
  readonly appId: string;
  readonly instanceId: string;
  readonly durationMs: number;
  readonly response?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: string; readonly message: string; readonly status?: number };
}

export interface OpenedPage {
  readonly instanceId: string;
  readonly extensionId: string;
  /** The member of the site who opens it; default: nobody is signed in. */
  readonly accountId?: string | undefined;
}

const actor: Actor = { name: "test", requestId: "" };

const appOptions: KnownOptions<NewApp> = {
  ...{ name: null, scopes: null, legacy: null, postInstallationUrls: null },
  ...{ tokenFormat: ["jwt", "wix"], tokenLifetime: null, appId: null, secret: null },
};
const anySite = { name: null, externalId: null, locale: null, currency: null, url: null, siteId: null };
const siteOptions: KnownOptions<NewSite> = anySite;
const installOptions: KnownOptions<Installation> = {
  ...{ appId: null, siteId: null, grant: null, instanceId: null },
};

export function createActions(
  { apps, database, instances, sites }: Platform,
  manage: Manage,
): PlatformActions {
  const { write } = database;
  return {
    async createApp(app = {}) {
      requireKnown<Partial<NewApp>>("createApp", app, appOptions);
      requireSecret(app.secret);
      const given = readOwnIds("createApp", app, ["appId"]);
      const key = await apps.generateKey();
      return await write((trx) => apps.create(trx, actor, { name: "Test App", ...given, key })).catch(
        explain,
      );
    },
    async createSite(site = {}) {
      requireKnown<Partial<NewSite>>("createSite", site, siteOptions);
      const given = readOwnIds("createSite", site, ["siteId"]);
      return await write((trx) => sites.create(trx, actor, { name: "Test Site", ...given }));
    },
    async install(installation) {
      requireKnown("install", installation, installOptions);
      const given = readOwnIds("install", installation, ["instanceId"]);
      return await write((trx) => instances.install(trx, actor, given));
    },
    remove: (instanceId) => write((trx) => instances.remove(trx, actor, instanceId)),
    suspend: (instanceId) => write((trx) => instances.suspend(trx, actor, instanceId)),
    resume: (instanceId) => write((trx) => instances.resume(trx, actor, instanceId)),
    approve: (instanceId, grant) => write((trx) => instances.approve(trx, actor, { instanceId, grant })),
    createWebhook: ({ appId, ...webhook }) => manage(`POST /apps/${appId}/webhooks`, webhook),
    createExtension: ({ appId, ...extension }) => manage(`POST /apps/${appId}/extensions`, extension),
    async createEventType(eventType) {
      await manage("POST /event-types", { description: eventType.eventType, ...eventType });
    },
    publish: (event) => manage("POST /events", { payload: {}, ...event }),
    callPlugin: (call) => manage("POST /service-plugins/call", call),
    openPage: ({ instanceId, ...page }) => manage(`POST /instances/${instanceId}/page-url`, page),
    rotateKeys: () => manage("POST /keys", { activateNow: true }),
  };
}

function requireSecret(secret: string | undefined): void {
  if (secret === undefined || /^[\x21-\x7e]{16,200}$/.test(secret)) return;
  throw new TestKitError(
    "invalid_option",
    "secret of createApp must have 16 to 200 visible ASCII characters.",
  );
}

/** Throws the violations as text. A scope is unknown when its resource is missing. */
function explain(error: unknown): never {
  if (!(error instanceof ValidationError)) throw error;
  const violations = error.violations.map(({ description, field }) => `${field} ${description}`).join("; ");
  const isScope = error.violations.some(({ field }) => field.startsWith("scopes"));
  const advice = isScope
    ? ". Give createTestPlatform the resource that has the scope, such as { resources: [stores] }."
    : ".";
  throw new TestKitError("invalid_option", `createApp: ${violations}${advice}`);
}
