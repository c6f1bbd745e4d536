export { appInstanceRoutes } from "./app-instance.routes.ts";
export { parseGrant } from "./grant.ts";
export type { Instance } from "./instance.ts";
export { readInstance } from "./instances.queries.ts";
export { instanceRoutes } from "./instances.routes.ts";
export type { Instances } from "./instances.ts";
export { createInstances } from "./instances.ts";
