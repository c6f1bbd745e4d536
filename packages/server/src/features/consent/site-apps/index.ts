export { siteAppRoutes } from "./site-apps.routes.ts";
