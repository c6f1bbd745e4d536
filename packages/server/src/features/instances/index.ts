export { appInstallationRoutes } from "./app-installations/index.ts";
export { appInstanceRoutes } from "./app-instance.routes.ts";
export { appSetupRoutes } from "./app-setup.routes.ts";
export { approvalRoutes, approvalUrl, scopeChange } from "./approvals/index.ts";
export { parseGrant } from "./grant.ts";
export type { Instance } from "./instance.ts";
export { findInstanceOn, readInstance } from "./instances.queries.ts";
export { instanceRoutes } from "./instances.routes.ts";
export { Instances } from "./instances.ts";
