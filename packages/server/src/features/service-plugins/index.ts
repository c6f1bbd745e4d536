export { type CallLog, createCallLog } from "./call-log.ts";
export { createPluginCaller, type PluginCaller } from "./caller.ts";
export { pruneCalls } from "./calls.queries.ts";
export { servicePluginRoutes } from "./service-plugins.routes.ts";
