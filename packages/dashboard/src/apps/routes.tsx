import { createRoute, redirect } from "@tanstack/react-router";
import { filtersOf } from "../parts/filters.tsx";
import { root } from "../shell/root.ts";
import { AppList } from "./app-list.tsx";
import { AppPages } from "./app-pages.tsx";
import { NewApp } from "./new-app.tsx";
import { OAuthPage } from "./oauth/oauth-page.tsx";
import { Overview } from "./overview/overview.tsx";

/** The frame of the pages of one app; the routes of each page have it as parent. */
export const app = createRoute({ getParentRoute: () => root, path: "/apps/$appId", component: AppPages });

const apps = createRoute({
  getParentRoute: () => root,
  path: "/apps",
  validateSearch: filtersOf("name"),
  component: AppList,
});
const newApp = createRoute({ getParentRoute: () => root, path: "/apps/new", component: NewApp });
const overview = createRoute({ getParentRoute: () => app, path: "/overview", component: Overview });
const start = createRoute({
  getParentRoute: () => app,
  path: "/",
  beforeLoad: ({ params: { appId } }) => {
    throw redirect({ to: "/apps/$appId/overview", params: { appId }, replace: true });
  },
});
const oauth = createRoute({ getParentRoute: () => app, path: "/oauth", component: OAuthPage });

/** The pages about all apps. */
export const appsRoutes = [apps, newApp];

/** The pages of one app. */
export const appRoutes = [start, overview, oauth];
