export type { Site } from "./site.ts";
export { siteRoutes } from "./sites.routes.ts";
export { holdSite, readSite } from "./sites.store.ts";
export type { NewSite, SiteContent, Sites } from "./sites.ts";
export { createSites } from "./sites.ts";
