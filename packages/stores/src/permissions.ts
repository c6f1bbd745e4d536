import type { ResourceDefinition } from "@latchkey/server";
import type { StoresTables } from "./tables.ts";

/** The permission to read products and collections. */
export const readPermission = "WIX_STORES.READ_PRODUCTS";

/** The permission to change products, and to read hidden products and merchant data. */
export const managePermission = "WIX_STORES.MODIFY_PRODUCTS";

/** The permission to read the catalog version of a store. */
export const versionPermission = "WIX_STORES.CATALOG_VERSION_READ";

export const permissions: ResourceDefinition<StoresTables>["permissions"] = [
  { permissionId: readPermission, description: "Read products and collections of a store" },
  {
    permissionId: managePermission,
    description: "Create, change and delete products and collections of a store",
  },
  { permissionId: versionPermission, description: "Read which version of the catalog a store has" },
];

// Apps that support both catalog versions read the version first.
const readStores = [readPermission, versionPermission];
const manageStores = [...readStores, managePermission];

export const scopes: ResourceDefinition<StoresTables>["scopes"] = [
  { scopeId: "SCOPE.DC-STORES.READ-PRODUCTS", name: "Read Products", permissions: readStores },
  { scopeId: "SCOPE.DC-STORES.MANAGE-PRODUCTS", name: "Manage Products", permissions: manageStores },
  {
    scopeId: "SCOPE.DC-STORES-MEGA.READ-STORES",
    name: "Read Stores - all read permissions",
    permissions: readStores,
  },
  {
    scopeId: "SCOPE.DC-STORES-MEGA.MANAGE-STORES",
    name: "Manage Stores - all permissions",
    permissions: manageStores,
  },
  { scopeId: "SCOPE.STORES.CATALOG_READ_LIMITED", name: "Read v3 catalog", permissions: [versionPermission] },
];
