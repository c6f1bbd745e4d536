import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { filtersOf } from "../../parts/filters.tsx";
import { app } from "../routes.tsx";

const list = createRoute({
  getParentRoute: () => app,
  path: "/instances",
  validateSearch: filtersOf("state", "site", "grant", "tokens"),
  component: lazyRouteComponent(() => import("./instances-page.tsx"), "InstancesPage"),
});

const one = createRoute({
  getParentRoute: () => app,
  path: "/instances/$instanceId",
  validateSearch: filtersOf("kinds", "since", "until"),
  component: lazyRouteComponent(() => import("./instance-page.tsx"), "InstancePage"),
});

/** The pages of the instances of an app. */
export const instancesRoutes = [list, one];
