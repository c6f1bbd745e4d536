export {
  type DashboardDependencies,
  dashboardPage,
  dashboardPath,
  dashboardRoutes,
} from "./dashboard.routes.ts";
export { readDashboard } from "./dashboard-files.ts";
