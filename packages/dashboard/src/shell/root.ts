import { createRootRoute } from "@tanstack/react-router";
import { NotFound } from "./not-found.tsx";
import { Shell } from "./shell.tsx";

/** The route that has all pages. */
export const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });
