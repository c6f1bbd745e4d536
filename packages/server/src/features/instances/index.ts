export { appInstanceRoutes } from "./app-instance.routes.ts";
export { Approvals, approvalRoutes, approvalUrl, type ScopeChange, scopeChange } from "./approvals/index.ts";
export { parseGrant } from "./grant.ts";
export type { Instance } from "./instance.ts";
export { findInstanceOn, readInstance } from "./instances.queries.ts";
export { instanceRoutes } from "./instances.routes.ts";
export { Instances } from "./instances.ts";
