import type { ManagementRoute } from "../../infrastructure/management/index.ts";
import type { Route } from "../../infrastructure/routes/index.ts";
import {
  type InstallLinks,
  installLinkRoutes,
  type LinkPageDependencies,
  linkPageRoutes,
} from "./links/index.ts";
import { type InstallRequests, installRequestRoutes } from "./requests/index.ts";

/** The pages on which people install apps. */
export function consentPages(deps: LinkPageDependencies): readonly Route[] {
  return linkPageRoutes(deps);
}

/** Management of install links and of requests to install apps. */
export function consentManagementRoutes(deps: {
  readonly installLinks: InstallLinks;
  readonly installRequests: InstallRequests;
}): readonly ManagementRoute[] {
  return [...installLinkRoutes(deps.installLinks), ...installRequestRoutes(deps.installRequests)];
}
