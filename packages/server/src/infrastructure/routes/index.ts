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
export { readBody, readForm, readQuery } from "./request.ts";
export {
  type AccountRule,
  type Method,
  type PortalPage,
  type PortalRule,
  portalPages,
  type Route,
  type RouteCall,
  type RouteResponse,
} from "./route.ts";
export { createRouter } from "./router.ts";
export { schemaOf } from "./schema-of.ts";
export { tagDescriptions } from "./tags.ts";
export { parse } from "./violations.ts";
