export { findOwner, readMember } from "./members.queries.ts";
export { accountIdText, memberRoutes } from "./members.routes.ts";
export type { Site } from "./site.ts";
export { lockSiteShared, readSite } from "./sites.queries.ts";
export { siteRoutes } from "./sites.routes.ts";
export type { NewSite, SiteContent, Sites } from "./sites.ts";
export { createSites } from "./sites.ts";
