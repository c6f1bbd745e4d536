export { type CallHistory, createCallHistory } from "./call-history.ts";
export { createPluginCaller, type PluginCaller } from "./caller.ts";
export { pruneCalls } from "./calls.queries.ts";
export { servicePluginRoutes } from "./service-plugins.routes.ts";
