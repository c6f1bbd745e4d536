export { installLinkRoutes } from "./install-links.routes.ts";
export { InstallLinks } from "./install-links.ts";
export { type LinkPageDependencies, linkPageRoutes } from "./link-page.routes.ts";
