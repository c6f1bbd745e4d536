export { ContentWork } from "./content-work.ts";
export { findOwner, listSitesOfAccount, readMember, type SiteOfAccount } from "./members.queries.ts";
export { accountIdText, memberRoutes } from "./members.routes.ts";
export type { NewSite, Site } from "./site.ts";
export { findSite, lockSiteShared, readSite } from "./sites.queries.ts";
export { siteRoutes } from "./sites.routes.ts";
export { type SiteContent, type SiteInstances, Sites } from "./sites.ts";
