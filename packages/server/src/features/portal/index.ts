export { acceptPortals } from "./accept-portals.ts";
export { type PortalRouteDependencies, portalLinkRoutes } from "./portal-links.routes.ts";
export { PortalLinks } from "./portal-links.ts";
export { portalPageRoutes } from "./portal-pages.routes.ts";
