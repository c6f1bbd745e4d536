export { CallHistory } from "./call-history.ts";
export { callErrorCodes } from "./call-result.ts";
export { PluginCaller } from "./caller.ts";
export { listCalls, pruneCalls, pruneCallsAboveQuota } from "./calls.queries.ts";
export { servicePluginRoutes } from "./service-plugins.routes.ts";
