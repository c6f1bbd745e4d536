export { appInstaller } from "./app-installer.ts";
export { dashboardInstaller } from "./dashboard-installer.ts";
export { flowRoutes } from "./flow.routes.ts";
export type { FlowDependencies } from "./flow.ts";
export { legacyInstaller } from "./legacy-installer.ts";
export { requestPageRoutes } from "./request-page.routes.ts";
export { startRoutes } from "./start.routes.ts";
