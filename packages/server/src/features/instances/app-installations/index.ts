export { appInstallationRoutes } from "./app-installations.routes.ts";
export { appendInstallationEvent } from "./installation-events.ts";
