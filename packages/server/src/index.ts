import "./engines.ts";

export {
  canonicalGuid,
  decodeBase64url,
  type FieldViolation,
  nearestName,
  type ViolatedRule,
} from "@latchkey/protocol";
export type { Instance } from "./features/instances/index.ts";
export type { Permission, Scope } from "./features/permissions/index.ts";
export type {
  Cursors,
  Resource,
  ResourceDatabase,
  ResourceDefinition,
  ResourceDemo,
  ResourceEvent,
  ResourceEventType,
  ResourceMigration,
  ResourcePlatform,
  ResourceTag,
  SiteHooks,
} from "./features/resources/index.ts";
export { defineResource } from "./features/resources/index.ts";
export type { Site } from "./features/sites/index.ts";
export { isoTime, nextTurn, parseIsoTime } from "./infrastructure/clock/index.ts";
export { moveDatabaseAside } from "./infrastructure/database/index.ts";
export type { ApiErrorCode, ApiErrorOptions, ErrorDefinition } from "./infrastructure/errors/index.ts";
export { ApiError, defineErrors, ValidationError } from "./infrastructure/errors/index.ts";
export {
  itemTooLarge,
  jsonResponse,
  jsonTextResponse,
  maxListBytes,
  parseStrictJson,
  readJson,
} from "./infrastructure/http/index.ts";
export { createLog, type Log, type LogOptions } from "./infrastructure/observability/index.ts";
export type {
  Access,
  AccessTokenCall,
  AccessTokenRoute,
  Method,
  OpenApiDocument,
  Route,
  RouteResponse,
} from "./infrastructure/routes/index.ts";
export { parse, permissionDenied, schemaOf, time, webAddress } from "./infrastructure/routes/index.ts";
export { type Config, type Environment, readConfig } from "./wiring/config.ts";
export { loadResources } from "./wiring/load-resources.ts";
export { createPlatform, type Platform, type PlatformOptions } from "./wiring/platform.ts";
export { type ListenOptions, listen, type RunningServer } from "./wiring/server.ts";
export { type ShutdownOptions, shutDown, stopOnSignal } from "./wiring/shutdown.ts";
export { describeStartupError } from "./wiring/startup-error.ts";
export { type Stub, type StubCall, type StubResource, stubResource } from "./wiring/stub-resource.ts";
