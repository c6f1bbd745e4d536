import { type ApiKeys, apiKeyRoutes } from "../features/api-keys/index.ts";
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
import { type WebhookManagementDependencies, webhookManagementRoutes } from "../features/webhooks/index.ts";
import type { Clock } from "../infrastructure/clock/index.ts";
import type { Vault } from "../infrastructure/crypto/index.ts";
import type { Ids } from "../infrastructure/database/index.ts";
import type { ManagementRoute, ManagementSources } from "../infrastructure/management/index.ts";
import type { Route } from "../infrastructure/routes/index.ts";

interface Sources extends ManagementSources, WebhookManagementDependencies {
  /** Routes that not every environment has. */
  readonly developmentRoutes: readonly ManagementRoute[];
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

/** The management API of every feature, in the order of the reference. */
export function managementRoutes(sources: Sources): readonly Route[] {
  return [
    ...appRoutes(sources.apps),
    ...secretRoutes(sources.apps),
    ...siteRoutes(sources.sites),
    ...memberRoutes(sources.audit),
    ...roleRoutes(sources.audit),
    ...instanceRoutes(sources.instances),
    ...webhookManagementRoutes(sources),
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
  ].map((route) => route(sources));
}
