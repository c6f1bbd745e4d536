import "../engines.ts";

export type { Fault, NewFault, State } from "../wiring/development/index.ts";
export { type Stub, type StubCall, type StubResource, stubResource } from "../wiring/stub-resource.ts";
export { TestKitError, type TestKitErrorCode } from "./kit-error.ts";
export type {
  CreatedWebhook,
  Credentials,
  Deliveries,
  Delivery,
  DeliveryAttempt,
  DeliveryFilters,
  Installation,
  InstanceOfApp,
  Manage,
  NewEvent,
  NewEventType,
  NewExtension,
  NewWebhook,
  OpenedPage,
  PlatformActions,
  PluginCall,
  PluginResult,
  TestFaults,
} from "./methods/index.ts";
export type { TestPlatformOptions } from "./platform-options.ts";
export type { TestClock } from "./test-clock.ts";
export { createTestPlatform, type TestPlatform } from "./test-platform.ts";
