import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../shell/root.ts";

const account = createRoute({
  getParentRoute: () => root,
  path: "/account",
  component: lazyRouteComponent(() => import("./account-page.tsx"), "AccountPage"),
});

/** The page about the person who is signed in. */
export const accountRoutes = [account];
