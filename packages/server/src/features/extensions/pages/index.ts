export { pageRoutes } from "./page-url.routes.ts";
export { createPageUrls, type PageUrls } from "./page-url.ts";
