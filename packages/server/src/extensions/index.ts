export { extensionRoutes } from "./extensions.routes.ts";
export { createPageUrls, type PageUrls, pageRoutes } from "./pages/index.ts";
export {
  compileSchema,
  componentTypeName,
  findPluginType,
  type PluginMethod,
  pluginTypeRoutes,
  type SchemaCheck,
} from "./plugin-types/index.ts";
