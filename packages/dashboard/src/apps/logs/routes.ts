import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { filtersOf } from "../../parts/filters.tsx";
import { app } from "../routes.tsx";

/** The page of the refused requests of an app. */
export const logsRoute = createRoute({
  getParentRoute: () => app,
  path: "/logs",
  validateSearch: filtersOf("requestId", "instanceId", "reason", "kind", "since", "until"),
  component: lazyRouteComponent(() => import("./logs-page.tsx"), "LogsPage"),
});
