import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { filtersOf } from "../parts/filters.tsx";
import { root } from "../shell/root.ts";

/** The frame of the pages of one site. */
export const site = createRoute({
  getParentRoute: () => root,
  path: "/sites/$siteId",
  component: lazyRouteComponent(() => import("./site-pages.tsx"), "SitePages"),
});

const sites = createRoute({
  getParentRoute: () => root,
  path: "/sites",
  validateSearch: filtersOf("name"),
  component: lazyRouteComponent(() => import("./site-list.tsx"), "SiteList"),
});
const newSite = createRoute({
  getParentRoute: () => root,
  path: "/sites/new",
  component: lazyRouteComponent(() => import("./new-site.tsx"), "NewSite"),
});
const page = createRoute({
  getParentRoute: () => root,
  path: "/sites/$siteId/pages/$appId/$extensionId",
  component: lazyRouteComponent(() => import("./frame/page-of-app.tsx"), "PageOfApp"),
});
const apps = createRoute({
  getParentRoute: () => site,
  path: "/",
  component: lazyRouteComponent(() => import("./apps/site-apps.tsx"), "SiteApps"),
});
const install = createRoute({
  getParentRoute: () => site,
  path: "/install",
  component: lazyRouteComponent(() => import("./apps/install-app.tsx"), "InstallApp"),
});
const app = createRoute({
  getParentRoute: () => site,
  path: "/apps/$appId",
  component: lazyRouteComponent(() => import("./app/site-app-page.tsx"), "SiteAppPage"),
});
const requests = createRoute({
  getParentRoute: () => site,
  path: "/requests",
  validateSearch: filtersOf("state"),
  component: lazyRouteComponent(() => import("./requests.tsx"), "Requests"),
});
const members = createRoute({
  getParentRoute: () => site,
  path: "/members",
  component: lazyRouteComponent(() => import("./members.tsx"), "Members"),
});
const settings = createRoute({
  getParentRoute: () => site,
  path: "/settings",
  component: lazyRouteComponent(() => import("./settings.tsx"), "Settings"),
});

/** The pages about all sites, and the pages of apps. */
export const sitesRoutes = [sites, newSite, page];

/** The pages of one site. */
export const siteRoutes = [apps, install, app, requests, members, settings];
