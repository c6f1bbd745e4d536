export { accountIdText, memberRoutes } from "./members.routes.ts";
export { findOwner, readMember } from "./members.store.ts";
export type { Site } from "./site.ts";
export { siteRoutes } from "./sites.routes.ts";
export { holdSite, readSite } from "./sites.store.ts";
export type { NewSite, SiteContent, Sites } from "./sites.ts";
export { createSites } from "./sites.ts";
