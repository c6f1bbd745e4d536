export { alwaysGrantedScope, builtInPermissions, builtInScopes, readAppInstallations } from "./built-in.ts";
export { ensurePermissions } from "./declared.queries.ts";
export {
  bundlesPermission,
  describeScopes,
  type Permission,
  type PermissionsOf,
  preparePermissionsOf,
  requireScopes,
  type Scope,
} from "./permissions.queries.ts";
export { permissionRoutes } from "./permissions.routes.ts";
export { resourceRoutes } from "./resources.routes.ts";
export { parseRolePermissions, requireRole } from "./roles.queries.ts";
export { roleName, roleRoutes } from "./roles.routes.ts";
