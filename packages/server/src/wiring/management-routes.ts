import {
  type Accounts,
  accountRoutes,
  meRoutes,
  type Passkeys,
  passkeyRoutes,
} from "../features/accounts/index.ts";
import { type ApiKeyDependencies, apiKeyRoutes } from "../features/api-keys/index.ts";
import { type Apps, appRoutes, developerRoutes, secretRoutes } from "../features/apps/index.ts";
import { type AuditLog, auditRoutes } from "../features/audit/index.ts";
import {
  consentManagementRoutes,
  type InstallLinks,
  type InstallRequests,
} from "../features/consent/index.ts";
import { countsRoutes } from "../features/counts/index.ts";
import {
  extensionRoutes,
  type PageDependencies,
  pageRoutes,
  pluginTypeRoutes,
  type SchemaChecker,
} from "../features/extensions/index.ts";
import { findRoutes } from "../features/find/index.ts";
import { approvalRoutes, type Instances, instanceRoutes } from "../features/instances/index.ts";
import { type Jobs, jobRoutes } from "../features/jobs/index.ts";
import { permissionRoutes, resourceRoutes, roleRoutes } from "../features/permissions/index.ts";
import { type PortalRouteDependencies, portalLinkRoutes } from "../features/portal/index.ts";
import { retentionRoutes } from "../features/retention/index.ts";
import { type PluginCaller, servicePluginRoutes } from "../features/service-plugins/index.ts";
import { signingKeyRoutes } from "../features/signing-keys/index.ts";
import { memberRoutes, type Sites, siteRoutes } from "../features/sites/index.ts";
import { timelineRoute } from "../features/timeline/index.ts";
import { type TokenDependencies, tokenLogRoutes, userTokenRoutes } from "../features/tokens/index.ts";
import { type WebhookManagementDependencies, webhookManagementRoutes } from "../features/webhooks/index.ts";
import type { Clock } from "../infrastructure/clock/index.ts";
import type { Vault } from "../infrastructure/crypto/index.ts";
import type { Ids } from "../infrastructure/database/index.ts";
import type { ManagementDependencies, ManagementRoute } from "../infrastructure/management/index.ts";
import type { Metrics } from "../infrastructure/observability/index.ts";
import type { Route } from "../infrastructure/routes/index.ts";
import { platformHealthRoute } from "./monitoring/index.ts";

interface Dependencies
  extends ManagementDependencies,
    WebhookManagementDependencies,
    ApiKeyDependencies,
    PortalRouteDependencies {
  /** Routes that not every environment has. */
  readonly developmentRoutes: readonly ManagementRoute[];
  readonly accounts: Accounts;
  readonly passkeys: Passkeys;
  readonly metrics: Metrics;
  readonly platformName: string;
  readonly apps: Apps;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly instances: Instances;
  readonly jobs: Jobs;
  readonly installLinks: InstallLinks;
  readonly installRequests: InstallRequests;
  readonly sites: Sites;
  readonly publicUrl: string;
  readonly schemas: SchemaChecker;
  readonly servicePlugins: PluginCaller;
  readonly tokens: TokenDependencies;
  readonly usage: PageDependencies["usage"];
  readonly vault: Vault;
}

/** The routes of the management API, in the order of the reference. */
export function managementRoutes(deps: Dependencies): readonly Route[] {
  const routes = [
    ...appRoutes(deps.apps),
    ...secretRoutes(deps.apps),
    ...developerRoutes(deps.audit),
    ...accountRoutes(deps),
    ...meRoutes(deps),
    ...passkeyRoutes(deps),
    ...siteRoutes(deps.sites),
    ...memberRoutes(deps.audit),
    ...roleRoutes(deps.audit),
    ...instanceRoutes(deps.instances),
    ...approvalRoutes(deps.instances, deps.publicUrl),
    ...consentManagementRoutes(deps),
    ...webhookManagementRoutes(deps),
    ...jobRoutes(deps),
    ...extensionRoutes(deps),
    ...pageRoutes(deps),
    ...userTokenRoutes(deps.tokens),
    ...pluginTypeRoutes(deps),
    ...servicePluginRoutes(deps),
    ...permissionRoutes(deps.audit),
    ...resourceRoutes(deps),
    ...signingKeyRoutes(deps),
    ...apiKeyRoutes(deps),
    ...auditRoutes(),
    ...tokenLogRoutes(),
    ...countsRoutes(),
    platformHealthRoute(deps),
    ...retentionRoutes(deps.audit),
    ...deps.developmentRoutes,
  ].map((route) => route(deps));
  const all = [...routes, timelineRoute(routes)(deps)];
  const last = [...portalLinkRoutes(deps, all), ...findRoutes(deps, all)];
  return [...all, ...last.map((route) => route(deps))];
}
