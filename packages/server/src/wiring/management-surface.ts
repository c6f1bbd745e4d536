import { readFileSync } from "node:fs";
import { Hono } from "hono";
import { type ApiKeys, apiKeyRoutes } from "../features/api-keys/index.ts";
import { referenceRoutes } from "../features/api-reference/index.ts";
import { type Apps, appRoutes, secretRoutes } from "../features/apps/index.ts";
import { type AuditLog, auditRoutes } from "../features/audit/index.ts";
import {
  extensionRoutes,
  type PageUrls,
  pageRoutes,
  pluginTypeRoutes,
} from "../features/extensions/index.ts";
import { type Instances, instanceRoutes } from "../features/instances/index.ts";
import { permissionRoutes, resourceRoutes, roleRoutes } from "../features/permissions/index.ts";
import { type PluginCaller, servicePluginRoutes } from "../features/service-plugins/index.ts";
import { signingKeyRoutes } from "../features/signing-keys/index.ts";
import { memberRoutes, type Sites, siteRoutes } from "../features/sites/index.ts";
import { type TokenSources, tokenLogRoutes, userTokenRoutes } from "../features/tokens/index.ts";
import { type WebhooksSurfaceSources, webhooksSurface } from "../features/webhooks/index.ts";
import type { Clock } from "../infrastructure/clock/index.ts";
import type { Vault } from "../infrastructure/crypto/index.ts";
import type { Ids } from "../infrastructure/database/index.ts";
import type { HttpEnv } from "../infrastructure/http/index.ts";
import {
  createManagementApi,
  type ManagementSources,
  type OpenApiDocument,
  openApiDocument,
  type Route,
} from "../infrastructure/routes/index.ts";
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
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
