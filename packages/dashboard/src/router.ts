import { createRoute, createRouter, redirect } from "@tanstack/react-router";
import { deliveryRoutes } from "./apps/deliveries/routes.tsx";
import { extensionRoutes } from "./apps/extensions/routes.tsx";
import { app, appRoutes, appsRoutes } from "./apps/routes.tsx";
import { webhookRoutes } from "./apps/webhooks/routes.tsx";
import { PageError } from "./shell/page-error.tsx";
import { root } from "./shell/root.ts";

const start = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/apps", replace: true });
  },
});

// Search parameters are plain text, so that an id of digits stays as it is.
const parseSearch = (text: string) => Object.fromEntries(new URLSearchParams(text));
const stringifySearch = (search: Record<string, string>) => {
  const text = new URLSearchParams(search).toString();
  return text && `?${text}`;
};

/** The pages of the dashboard. The server serves them below `/dashboard`. */
export const router = createRouter({
  routeTree: root.addChildren([
    start,
    ...appsRoutes,
    app.addChildren([...appRoutes, ...webhookRoutes, ...deliveryRoutes, ...extensionRoutes]),
  ]),
  basepath: "/dashboard",
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
