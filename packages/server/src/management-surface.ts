import { readFileSync } from "node:fs";
import { Hono } from "hono";
import { type ApiKeys, apiKeyRoutes } from "./accounts/index.ts";
import { type Apps, appRoutes, secretRoutes } from "./apps/index.ts";
import type { AuditLog } from "./audit/index.ts";
import type { Clock } from "./clock/index.ts";
import type { Ids } from "./db/index.ts";
import { extensionRoutes, type PageUrls, pageRoutes, pluginTypeRoutes } from "./extensions/index.ts";
import type { HttpEnv } from "./http/index.ts";
import { type Instances, instanceRoutes } from "./instances/index.ts";
import type { Vault } from "./keys/index.ts";
import {
  createManagementApi,
  type ManagementSources,
  type OpenApiDocument,
  openApiDocument,
  type Route,
} from "./management/index.ts";
import { auditRoutes, signingKeyRoutes } from "./operations/index.ts";
import { permissionRoutes, resourceRoutes, roleRoutes } from "./permissions/index.ts";
import { referenceRoutes } from "./reference-page/index.ts";
import { type PluginCaller, servicePluginRoutes } from "./service-plugins/index.ts";
import { memberRoutes, type Sites, siteRoutes } from "./sites/index.ts";
import { type TokenSources, tokenLogRoutes, userTokenRoutes } from "./tokens/index.ts";
import { type WebhooksSurfaceSources, webhooksSurface } from "./webhooks/index.ts";
import { wireReference } from "./wire-reference/index.ts";

interface Sources extends ManagementSources, WebhooksSurfaceSources {
  /** Routes that not every environment has. */
  readonly developmentRoutes: readonly Route[];
  readonly apiKeys: ApiKeys;
  readonly apps: Apps;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly instances: Instances;
  readonly sites: Sites;
  readonly pages: PageUrls;
  readonly publicUrl: string;
  readonly servicePlugins: PluginCaller;
  readonly tokens: TokenSources;
  readonly vault: Vault;
}

/** The management API of every feature, in the order of its reference, and that reference itself. */
export function managementSurface(sources: Sources): Hono<HttpEnv> {
  const routes = [
    ...appRoutes(sources.apps),
    ...secretRoutes(sources.apps),
    ...siteRoutes(sources.sites),
    ...memberRoutes(sources.audit),
    ...roleRoutes(sources.audit),
    ...instanceRoutes(sources.instances),
    ...webhooksSurface(sources),
    ...extensionRoutes(sources),
    ...pageRoutes(sources.pages),
    ...userTokenRoutes(sources.tokens),
    ...pluginTypeRoutes(sources.audit),
    ...servicePluginRoutes(sources.servicePlugins),
    ...permissionRoutes(sources.audit),
    ...resourceRoutes(sources),
    ...signingKeyRoutes(sources),
    ...apiKeyRoutes(sources.apiKeys),
    ...auditRoutes(),
    ...tokenLogRoutes(),
    ...sources.developmentRoutes,
  ];
  const { publicUrl } = sources;
  const describe = (): Promise<OpenApiDocument> =>
    openApiDocument(routes, { publicUrl, version: readVersion(), otherPaths: wireReference() });
  return new Hono<HttpEnv>()
    .route("/", createManagementApi(sources, routes))
    .route("/", referenceRoutes(describe));
}

function readVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
