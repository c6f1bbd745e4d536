/** Permissions that methods of this platform check. A new one is a line here and the method that requires it. */
export const builtInPermissions: Readonly<Record<string, string>> = {
  "WIX_STORES.READ_PRODUCTS": "Read products and collections of a store",
  "WIX_STORES.MODIFY_PRODUCTS": "Create, change and delete products and collections of a store",
  "WIX_STORES.CATALOG_VERSION_READ": "Read which version of the catalog a store has",
  "WIX_DEVELOPERS.MANAGE_APP_INSTANCE": "Read the app's own instance",
};

interface BuiltInScope {
  readonly name: string;
  readonly permissions: readonly string[];
}

// Who may use a store may ask which version it has: an app that serves both has to, before anything else.
const readStores = ["WIX_STORES.READ_PRODUCTS", "WIX_STORES.CATALOG_VERSION_READ"];
const manageStores = [...readStores, "WIX_STORES.MODIFY_PRODUCTS"];

/** Scopes that apps may ask for: bundles of permissions that an owner approves as one. */
export const builtInScopes: Readonly<Record<string, BuiltInScope>> = {
  "SCOPE.DC-STORES.READ-PRODUCTS": { name: "Read Products", permissions: readStores },
  "SCOPE.DC-STORES.MANAGE-PRODUCTS": { name: "Manage Products", permissions: manageStores },
  "SCOPE.DC-STORES-MEGA.READ-STORES": {
    name: "Read Stores - all read permissions",
    permissions: readStores,
  },
  "SCOPE.DC-STORES-MEGA.MANAGE-STORES": {
    name: "Manage Stores - all permissions",
    permissions: manageStores,
  },
  "SCOPE.STORES.CATALOG_READ_LIMITED": {
    name: "Read v3 catalog",
    permissions: ["WIX_STORES.CATALOG_VERSION_READ"],
  },
  "SCOPE.DC.MANAGE-YOUR-APP": {
    name: "Manage Your App",
    permissions: ["WIX_DEVELOPERS.MANAGE_APP_INSTANCE"],
  },
  "SCOPE.DEV_CENTER.APP-INSTANCE-READ-BASIC-INFO": {
    name: "Read basic information about the app's instance",
    permissions: ["WIX_DEVELOPERS.MANAGE_APP_INSTANCE"],
  },
};

/** Every instance has this scope, whatever its owner approved. */
export const alwaysGrantedScope = "SCOPE.DC.MANAGE-YOUR-APP";
