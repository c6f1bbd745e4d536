export { forwardAuthRoutes } from "./forward-auth.routes.ts";
