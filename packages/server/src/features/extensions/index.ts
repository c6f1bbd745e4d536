export { extensionRoutes } from "./extensions.routes.ts";
export { createPageUrls, type PageUrls, pageRoutes } from "./pages/index.ts";
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
