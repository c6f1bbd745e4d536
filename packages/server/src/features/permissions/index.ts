export { alwaysGrantedScope } from "./built-in.ts";
export {
  ensureBuiltIns,
  type PermissionsOf,
  preparePermissionsOf,
  requireScopes,
} from "./permissions.queries.ts";
export { permissionRoutes } from "./permissions.routes.ts";
export { resourceRoutes } from "./resources.routes.ts";
export { ownerRole, parseRolePermissions, requireRole } from "./roles.queries.ts";
export { roleName, roleRoutes } from "./roles.routes.ts";
