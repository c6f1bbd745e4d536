export { consentManagementRoutes, consentPages } from "./consent.routes.ts";
export { Departures } from "./departures.ts";
export { InstallLinks } from "./links/index.ts";
export { InstallRequests } from "./requests/index.ts";
