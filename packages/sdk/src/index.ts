export type {
  FieldViolation,
  Identity,
  InstanceParameter,
  ServicePluginData,
  ServicePluginMetadata,
  TokenInfo,
  ViolatedRule,
} from "@latchkey/protocol";
export type { ApiHost, CallOptions } from "./api-call.ts";
export type { ApiModule, ApiModules, BoundModules } from "./api-module.ts";
export {
  type App,
  type AppOptions,
  createApp,
  type InstanceOptions,
} from "./app/create-app.ts";
export type { InstanceHandle } from "./app/instance-handle.ts";
export type { Authenticate, ReceiveOptions, Receiver, WithInstance, WithUser } from "./app/receive.ts";
export type { AppAuth, AuthMethods } from "./app-auth.ts";
export { AppStrategy, type AppStrategyOptions } from "./app-strategy.ts";
export type { Clock, Timer } from "./clock.ts";
export type { ConnectionOptions, ResourceOptions } from "./connection.ts";
export { type AuthenticatedFetch, type Client, type ClientOptions, createClient } from "./create-client.ts";
export {
  type InvalidDeliveryReason,
  LatchkeyError,
  type LatchkeyErrorCode,
  type LatchkeyErrorDetails,
} from "./errors.ts";
export { type EnvironmentCredentials, fromEnvironment } from "./options/environment.ts";
export type { PageOptions, PageRule, Viewer } from "./pages/authenticate-page.ts";
export type { ActingUser } from "./pages/authenticate-user.ts";
export { type InstanceParameterOptions, readInstanceParameter } from "./pages/instance-parameter.ts";
export type { OnRefused, RefusedRequest } from "./reports/refused-request.ts";
export type { ResourceCaller, ResourceHandle } from "./resource.ts";
export {
  defineServicePlugin,
  type ServicePluginContract,
  type ServicePluginDefinition,
  type ServicePluginMethod,
  type ServicePluginRequest,
} from "./service-plugins/definition.ts";
export { ServicePluginError } from "./service-plugins/service-plugin-error.ts";
export type {
  Implementation,
  ServicePluginCall,
  ServicePluginOptions,
  ServicePlugins,
} from "./service-plugins/service-plugins.ts";
export type { TokenCache } from "./tokens/shared-token-cache.ts";
export type { EventDefinition, EventEnvelope, EventMetadata } from "./webhooks/event-definition.ts";
export { type HandledEvents, rememberInMemory } from "./webhooks/handled-events.ts";
export { type NodeRequest, type NodeResponse, nodeHandler } from "./webhooks/node-handler.ts";
export type { WebhookPayloads } from "./webhooks/payloads.ts";
export type { MissingEvents } from "./webhooks/sequences.ts";
export type { WebhookEvent } from "./webhooks/webhook-event.ts";
export type {
  HandledEvent,
  ProcessedEvent,
  ProcessOptions,
  WebhookHandler,
  WebhookOptions,
  Webhooks,
} from "./webhooks/webhooks.ts";
