import { createRoute, createRouter } from "@tanstack/react-router";
import { accountRoutes } from "./account/routes.tsx";
import { basepath } from "./api/address.ts";
import { deliveryRoutes } from "./apps/deliveries/routes.ts";
import { extensionRoutes } from "./apps/extensions/routes.ts";
import { healthRoute } from "./apps/health/routes.ts";
import { instancesRoutes } from "./apps/instances/routes.ts";
import { logRoutes } from "./apps/logs/routes.ts";
import { permissionsRoute } from "./apps/permissions/routes.ts";
import { app, appRoutes, appsRoutes } from "./apps/routes.tsx";
import { webhookRoutes } from "./apps/webhooks/routes.ts";
import { findRoutes } from "./find-page/routes.tsx";
import { operatorRoutes } from "./operator/routes.tsx";
import { PageError } from "./shell/page-error.tsx";
import { root } from "./shell/root.ts";
import { Start } from "./shell/start.tsx";
import { site, siteRoutes, sitesRoutes } from "./sites/routes.tsx";

const start = createRoute({ getParentRoute: () => root, path: "/", component: Start });

// Search parameters are plain text, so that an id of digits stays as it is.
const parseSearch = (text: string) => Object.fromEntries(new URLSearchParams(text));
const stringifySearch = (search: Record<string, string>) => {
  const text = new URLSearchParams(search).toString();
  return text && `?${text}`;
};

const deliveryPages = [...webhookRoutes, ...deliveryRoutes, ...extensionRoutes] as const;
const insightRoutes = [...instancesRoutes, permissionsRoute, healthRoute, ...logRoutes] as const;

/** The pages of the dashboard. The server serves them below `/dashboard`, and those of a portal below its own path. */
export const router = createRouter({
  routeTree: root.addChildren([
    start,
    ...appsRoutes,
    app.addChildren([...appRoutes, ...deliveryPages, ...insightRoutes]),
    ...sitesRoutes,
    site.addChildren([...siteRoutes]),
    ...findRoutes,
    ...operatorRoutes,
    ...accountRoutes,
  ]),
  basepath,
  scrollRestoration: false,
  defaultErrorComponent: PageError,
  parseSearch,
  stringifySearch,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
