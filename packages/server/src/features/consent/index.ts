export { consentManagementRoutes, consentPages } from "./consent.routes.ts";
export { InstallLinks, pruneInstallLinks } from "./links/index.ts";
export { InstallRequests, pruneInstallRequests } from "./requests/index.ts";
