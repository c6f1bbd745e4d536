import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { publicId } from "../find/found.ts";
import { root } from "../shell/root.ts";

const find = createRoute({
  getParentRoute: () => root,
  path: "/find",
  validateSearch: ({ id }: Record<string, unknown>): { id?: string } => {
    const shown = publicId(id);
    return shown === undefined ? {} : { id: shown };
  },
  component: lazyRouteComponent(() => import("./find-page.tsx"), "FindPage"),
});

/** The page that finds what an id is. */
export const findRoutes = [find];
