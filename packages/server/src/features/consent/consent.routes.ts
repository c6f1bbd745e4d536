import type { ManagementRoute } from "../../infrastructure/management/index.ts";
import type { Route } from "../../infrastructure/routes/index.ts";
import { type ApprovalPageDependencies, approvalPages } from "./approval/index.ts";
import {
  appInstaller,
  dashboardInstaller,
  type FlowDependencies,
  flowRoutes,
  legacyInstaller,
  requestPageRoutes,
  startRoutes,
} from "./flows/index.ts";
import { installLinkRoutes, type LinkPageDependencies, linkPageRoutes } from "./links/index.ts";
import { installRequestRoutes } from "./requests/index.ts";
import { siteAppRoutes } from "./site-apps/index.ts";

type ConsentDependencies = ApprovalPageDependencies & FlowDependencies & LinkPageDependencies;

/** The pages on which people install apps. */
export function consentPages(deps: ConsentDependencies): readonly Route[] {
  return [
    ...linkPageRoutes(deps),
    ...flowRoutes(deps, appInstaller),
    ...flowRoutes(deps, legacyInstaller),
    ...flowRoutes(deps, dashboardInstaller(deps)),
    ...startRoutes(deps),
    ...requestPageRoutes(deps),
    ...approvalPages(deps),
  ];
}

/** Management of install links and of requests to install apps, and reads of the apps of a site. */
export function consentManagementRoutes({
  installLinks,
  installRequests,
}: Pick<ConsentDependencies, "installLinks" | "installRequests">): readonly ManagementRoute[] {
  return [...siteAppRoutes, ...installLinkRoutes(installLinks), ...installRequestRoutes(installRequests)];
}
