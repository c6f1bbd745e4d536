export { appInstanceRoutes } from "./app-instance.routes.ts";
export { appSetupRoutes } from "./app-setup.routes.ts";
export { parseGrant } from "./grant.ts";
export type { Instance } from "./instance.ts";
export { readInstance } from "./instances.queries.ts";
export { instanceRoutes } from "./instances.routes.ts";
export { Instances } from "./instances.ts";
