export { dashboardPath, dashboardRoutes } from "./dashboard.routes.ts";
export { readDashboard } from "./dashboard-files.ts";
