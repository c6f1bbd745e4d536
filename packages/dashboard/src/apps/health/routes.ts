import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { filtersOf } from "../../parts/filters.tsx";
import { app } from "../routes.tsx";

/** The page of what works and what fails of an app. */
export const healthRoute = createRoute({
  getParentRoute: () => app,
  path: "/health",
  validateSearch: filtersOf("step"),
  component: lazyRouteComponent(() => import("./health-page.tsx"), "HealthPage"),
});
