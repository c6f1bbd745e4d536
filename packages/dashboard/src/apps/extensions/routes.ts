import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { app } from "../routes.tsx";

const extensions = createRoute({
  getParentRoute: () => app,
  path: "/extensions",
  component: lazyRouteComponent(() => import("./extensions-page.tsx"), "ExtensionsPage"),
});

const extension = createRoute({
  getParentRoute: () => app,
  path: "/extensions/$extensionId",
  component: lazyRouteComponent(() => import("./extension-page.tsx"), "ExtensionPage"),
});

/** The pages about the extensions of an app. */
export const extensionRoutes = [extensions, extension];
