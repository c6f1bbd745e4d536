export type { Fault, NewFault, State } from "../wiring/development/index.ts";
export { type Stub, type StubCall, type StubResource, stubResource } from "../wiring/stub-resource.ts";
export type { Credentials, InstanceOfApp } from "./credentials.ts";
export type { Deliveries, Delivery, DeliveryAttempt, DeliveryFilters } from "./deliveries.ts";
export { TestKitError, type TestKitErrorCode } from "./kit-error.ts";
export type { Manage } from "./manage.ts";
export type {
  CreatedWebhook,
  Installation,
  NewEvent,
  NewEventType,
  NewExtension,
  NewWebhook,
  OpenedPage,
  PlatformActions,
  PluginCall,
  PluginResult,
} from "./platform-actions.ts";
export type { TestClock } from "./test-clock.ts";
export type { TestFaults } from "./test-faults.ts";
export { createTestPlatform, type TestPlatform, type TestPlatformOptions } from "./test-platform.ts";
