export { type Access, insufficientScope, permissionDenied } from "./access.ts";
export type { AccessTokenCall, AccessTokenRoute } from "./access-token-route.ts";
export { withVariables } from "./example-values.ts";
export {
  dottedName,
  guid,
  instant,
  pageAddressViolation,
  resourceIdentifier,
  someOf,
  text,
  time,
  webAddress,
} from "./fields.ts";
export { identity } from "./identity.ts";
export { type OpenApiDocument, openApiDocument } from "./openapi.ts";
export { type PortalPage, type PortalRule, portalPages } from "./portal-pages.ts";
export { readBody, readForm, readQuery } from "./request.ts";
export type { AccountRule, Method, Route, RouteCall, RouteResponse } from "./route.ts";
export { createRouter } from "./router.ts";
export { schemaOf } from "./schema-of.ts";
export { tagDescriptions } from "./tags.ts";
export { parse } from "./violations.ts";
