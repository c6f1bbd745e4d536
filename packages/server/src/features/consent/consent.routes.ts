import type { ManagementRoute } from "../../infrastructure/management/index.ts";
import type { Route } from "../../infrastructure/routes/index.ts";
import { type ApprovalPageDependencies, approvalPages } from "./approval/index.ts";
import {
  appInstaller,
  type FlowDependencies,
  flowRoutes,
  legacyInstaller,
  requestPageRoutes,
  startRoutes,
} from "./flows/index.ts";
import { installLinkRoutes, type LinkPageDependencies, linkPageRoutes } from "./links/index.ts";
import { installRequestRoutes } from "./requests/index.ts";

type ConsentDependencies = ApprovalPageDependencies & FlowDependencies & LinkPageDependencies;

/** The pages on which people install apps. */
export function consentPages(deps: ConsentDependencies): readonly Route[] {
  return [
    ...linkPageRoutes(deps),
    ...flowRoutes(deps, appInstaller),
    ...flowRoutes(deps, legacyInstaller),
    ...startRoutes(deps),
    ...requestPageRoutes(deps),
    ...approvalPages(deps),
  ];
}

/** Management of install links and of requests to install apps. */
export function consentManagementRoutes({
  installLinks,
  installRequests,
}: Pick<ConsentDependencies, "installLinks" | "installRequests">): readonly ManagementRoute[] {
  return [...installLinkRoutes(installLinks), ...installRequestRoutes(installRequests)];
}
