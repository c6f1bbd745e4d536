export { alwaysGrantedScope } from "./built-in.ts";
export { permissionRoutes } from "./permissions.routes.ts";
export {
  ensureBuiltIns,
  type PermissionsOf,
  preparePermissionsOf,
  requireScopes,
} from "./permissions.store.ts";
export { resourceRoutes } from "./resources.routes.ts";
export { roleName, roleRoutes } from "./roles.routes.ts";
export { ownerRole, parseRolePermissions, requireRole } from "./roles.store.ts";
