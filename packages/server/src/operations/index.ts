export { auditRoutes } from "./audit.routes.ts";
export { signingKeyRoutes } from "./keys.routes.ts";
