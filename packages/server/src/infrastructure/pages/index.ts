export { Html, html } from "./html.ts";
export { type Catalogue, chooseLanguage, type Language, languages } from "./languages.ts";
export type { ErrorTexts } from "./messages/index.ts";
export { type Branding, createPage, type PageOptions, type RenderPage, seeOther } from "./page.ts";
export { type PageCall, type PageDependencies, pageRoute } from "./page-route.ts";
export { SecretCookie } from "./secret-cookie.ts";
