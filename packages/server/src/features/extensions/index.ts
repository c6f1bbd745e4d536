export { extensionRoutes } from "./extensions.routes.ts";
export { pageRoutes } from "./page-url.routes.ts";
export {
  builtInPluginType,
  compileSchema,
  componentTypeName,
  ownPluginType,
  type PluginMethod,
  type PluginType,
  pluginTypeRoutes,
  type SchemaCheck,
} from "./plugin-types/index.ts";
