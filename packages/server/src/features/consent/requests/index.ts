export { installRequestRoutes } from "./install-requests.routes.ts";
export { type InstallRequest, InstallRequests } from "./install-requests.ts";
