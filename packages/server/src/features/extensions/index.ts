export { type AppPage, findFrameOrigin, listPagesOf, readExtension } from "./extensions.queries.ts";
export { extensionRoutes } from "./extensions.routes.ts";
export { InstanceParameters } from "./instance-parameters.ts";
export { type PageDependencies, pageRoutes } from "./page-url.routes.ts";
export {
  builtInPluginType,
  componentTypeName,
  ownPluginType,
  type PluginMethod,
  type PluginType,
  pluginTypeRoutes,
  SchemaChecker,
} from "./plugin-types/index.ts";
