export type { FieldViolation, ViolatedRule } from "@latchkey/protocol";
export type { ApiModule, ApiModules, BoundModules, CallOptions } from "./api-module.ts";
export { type AppAuth, AppStrategy, type AppStrategyOptions } from "./app-strategy.ts";
export type { Clock, Timer } from "./clock.ts";
export type { ConnectionOptions } from "./connection.ts";
export {
  type App,
  type AppOptions,
  createApp,
  type InstanceHandle,
  type InstanceOptions,
} from "./create-app.ts";
export { type AuthenticatedFetch, type Client, type ClientOptions, createClient } from "./create-client.ts";
export { LatchkeyError, type LatchkeyErrorCode, type LatchkeyErrorDetails } from "./errors.ts";
export type { TokenCache } from "./tokens/shared-token-cache.ts";
