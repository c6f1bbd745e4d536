export { createAppServers, type Serve } from "./app-servers.ts";
export { type Credentials, createCredentials, type InstanceOfApp } from "./credentials.ts";
export {
  createDeliveries,
  type Deliveries,
  type Delivery,
  type DeliveryAttempt,
  type DeliveryFilters,
} from "./deliveries.ts";
export { createManage, type Manage } from "./manage.ts";
export {
  type CreatedWebhook,
  createActions,
  type Installation,
  type NewEvent,
  type NewEventType,
  type NewExtension,
  type NewWebhook,
  type OpenedPage,
  type PlatformActions,
  type PluginCall,
  type PluginResult,
} from "./platform-actions.ts";
export { createTestFaults, type TestFaults } from "./test-faults.ts";
