export { checkDeclarations, checkRoutes } from "./declarations.ts";
export { defineResource } from "./define-resource.ts";
export { type OpenResource, openResource } from "./open-resource.ts";
export {
  isResource,
  type Resource,
  type ResourceDefinition,
  type ResourceDemo,
  type ResourceEventType,
  type ResourceMigration,
  type ResourceTag,
  type SiteHooks,
} from "./resource.ts";
export type {
  Cursors,
  ResourceDatabase,
  ResourceEvent,
  ResourcePlatform,
} from "./resource-platform.ts";
