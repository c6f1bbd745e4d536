import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { app } from "../routes.tsx";

/** The page of the scopes that an app requests. */
export const permissionsRoute = createRoute({
  getParentRoute: () => app,
  path: "/permissions",
  component: lazyRouteComponent(() => import("./permissions-page.tsx"), "PermissionsPage"),
});
