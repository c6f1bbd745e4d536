export type { FieldViolation, Identity, TokenInfo, ViolatedRule } from "@latchkey/protocol";
export type { ApiHost, CallOptions } from "./api-call.ts";
export type { ApiModule, ApiModules, BoundModules } from "./api-module.ts";
export type { AppAuth, AuthMethods } from "./app-auth.ts";
export { AppStrategy, type AppStrategyOptions } from "./app-strategy.ts";
export type { Clock, Timer } from "./clock.ts";
export type { ConnectionOptions, ResourceOptions } from "./connection.ts";
export {
  type App,
  type AppOptions,
  type Authenticate,
  createApp,
  type InstanceHandle,
  type InstanceOptions,
  type OfInstance,
} from "./create-app.ts";
export { type AuthenticatedFetch, type Client, type ClientOptions, createClient } from "./create-client.ts";
export {
  type DeliveryRefusal,
  LatchkeyError,
  type LatchkeyErrorCode,
  type LatchkeyErrorDetails,
} from "./errors.ts";
export type { ResourceCaller, ResourceHandle } from "./resource.ts";
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
