import { createRootRoute } from "@tanstack/react-router";
import { isPortal } from "../api/address.ts";
import { NotFound } from "./not-found.tsx";
import { PortalShell } from "./portal-shell.tsx";
import { Shell } from "./shell.tsx";

/** The route that has all pages. */
export const root = createRootRoute({
  component: isPortal ? PortalShell : Shell,
  notFoundComponent: NotFound,
});
