export { compileSchema, type SchemaCheck } from "./json-schema.ts";
export { componentTypeName, type PluginMethod } from "./plugin-type.ts";
export { pluginTypeRoutes } from "./plugin-types.routes.ts";
export { findPluginType, readPluginType } from "./plugin-types.store.ts";
