export { HostCookie } from "./host-cookie.ts";
export { Html, html } from "./html.ts";
export { type Catalogue, chooseLanguage, type Language } from "./languages.ts";
export type { ErrorTexts } from "./messages/index.ts";
export { isFromOwnOrigin } from "./own-origin.ts";
export { createPage, type PageOptions, seeOther } from "./page.ts";
export { type PageDependencies, pageRoute } from "./page-route.ts";
export { SecretCookie } from "./secret-cookie.ts";
