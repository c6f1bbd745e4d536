import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { filtersOf } from "../../parts/filters.tsx";
import { app } from "../routes.tsx";

const refused = createRoute({
  getParentRoute: () => app,
  path: "/logs",
  validateSearch: filtersOf("requestId", "instanceId", "reason", "kind", "since", "until"),
  component: lazyRouteComponent(() => import("./logs-page.tsx"), "LogsPage"),
});

const pluginCalls = createRoute({
  getParentRoute: () => app,
  path: "/logs/plugin-calls",
  validateSearch: filtersOf("requestId", "instanceId", "outcome", "since", "until"),
  component: lazyRouteComponent(() => import("./plugin-calls-page.tsx"), "PluginCallsPage"),
});

/** The pages of the refused requests and the plugin calls of an app. */
export const logRoutes = [refused, pluginCalls];
