export { builtInPluginType } from "./built-in-types.ts";
export { componentTypeName, type PluginMethod, type PluginType } from "./plugin-type.ts";
export { ownPluginType, readPluginType } from "./plugin-types.queries.ts";
export { pluginTypeRoutes } from "./plugin-types.routes.ts";
export { SchemaChecker } from "./schema-checker.ts";
