/** The pages of the dashboard that a portal link can show: those of an app, and those of a site. */
export const portalPages = {
  app: ["overview", "oauth", "permissions", "webhooks", "extensions", "instances", "health", "logs"],
  site: ["apps", "approvals"],
} as const;

export type PortalPage = (typeof portalPages)["app" | "site"][number];

/** The portal links that may call a route: those with one of these pages, or every one. */
export type PortalRule = readonly PortalPage[] | "every";
