import { createRootRoute, createRoute, createRouter, redirect } from "@tanstack/react-router";
import { AppList } from "./apps/app-list.tsx";
import { AppPages } from "./apps/app-pages.tsx";
import { NewApp } from "./apps/new-app.tsx";
import { OAuthPage } from "./apps/oauth/oauth-page.tsx";
import { Overview } from "./apps/overview/overview.tsx";
import { NotFound } from "./shell/not-found.tsx";
import { Shell } from "./shell/shell.tsx";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const start = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/apps", replace: true });
  },
});
const apps = createRoute({ getParentRoute: () => root, path: "/apps", component: AppList });
const newApp = createRoute({ getParentRoute: () => root, path: "/apps/new", component: NewApp });
const app = createRoute({ getParentRoute: () => root, path: "/apps/$appId", component: AppPages });
const overview = createRoute({ getParentRoute: () => app, path: "/", component: Overview });
const oauth = createRoute({ getParentRoute: () => app, path: "/oauth", component: OAuthPage });

/** The pages of the dashboard. The server serves them below `/dashboard`. */
export const router = createRouter({
  routeTree: root.addChildren([start, apps, newApp, app.addChildren([overview, oauth])]),
  basepath: "/dashboard",
  scrollRestoration: false,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
