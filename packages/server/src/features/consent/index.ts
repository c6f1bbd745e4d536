export { consentManagementRoutes, consentPages } from "./consent.routes.ts";
export { InstallLinks } from "./links/index.ts";
export { RedirectLimit } from "./redirect-limit.ts";
export { InstallRequests } from "./requests/index.ts";
